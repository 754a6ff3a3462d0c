// The launches of a call; plan.h is the contract. Compiled by nvcc for GPUs and by g++ for the emulator.
#include "plan.h"

#include <algorithm>
#include <cstring>

#include "kernel_names.h"
#include "operations.cuh"
#include "residency.h"
#include "resident.cuh"
#include "variants.cuh"

namespace leash::cuda {

namespace {

static_assert(kSliceOffset <= kResidentHeadBytes, "the head of resident's shared memory grew");

RowParameters row_parameters(const leash_rows& rows, Fault* fault) {
    return {rows.logits.data, rows.logits.rows, rows.logits.vocab, rows.logits.row_stride,
            rows.temperatures, rows.mask,       rows.temperature,  fault};
}

LogSoftmax operation_of(const leash_log_softmax_args& a, Fault* fault) {
    return {row_parameters(a.rows, fault), a.logprobs.data, a.logprobs.row_stride};
}
TokenStatistics operation_of(const leash_entropy_args& a, Fault* fault) {
    return {row_parameters(a.rows, fault), nullptr, nullptr, a.entropy, nullptr, nullptr, nullptr, 0};
}
TokenStatistics operation_of(const leash_token_statistics_args& a, Fault* fault) {
    return {row_parameters(a.rows, fault), a.targets, a.logprob, a.entropy, a.lse, a.statistics, nullptr, 0};
}
LogitsGradient operation_of(const leash_logits_gradient_args& a, Fault* fault) {
    LogitsGradient g;
    g.rows = row_parameters(a.rows, fault);
    g.targets = a.targets;
    g.statistics = a.statistics;
    g.grad_logprob = a.grad_logprob;
    g.grad_entropy = a.grad_entropy;
    g.grad_lse = a.grad_lse;
    g.output = a.gradient.data;
    g.output_stride = a.gradient.row_stride;
    return g;
}
PolicyGradient operation_of(const leash_policy_gradient_args& a, Fault* fault) {
    PolicyGradient g;
    g.rows = row_parameters(a.rows, fault);
    g.policy = a.policy;
    g.targets = a.targets;
    g.advantage = a.advantage;
    g.old_logprob = a.old_logprob;
    g.reference_logprob = a.reference_logprob;
    g.rollout_logprob = a.rollout_logprob;
    g.weight = a.weight;
    g.loss = a.loss;
    g.logprob = a.logprob;
    g.entropy = a.entropy;
    g.ratio = a.ratio;
    g.kl = a.kl;
    g.clip_flags = a.clip_flags;
    g.output = a.gradient.data;
    g.output_stride = a.gradient.row_stride;
    return g;
}

// blocks to cover `tasks`, the kernels looping over what is left.
uint32_t blocks_for(int64_t tasks) { return static_cast<uint32_t>(std::min(tasks, kMaxBlocks)); }

template <class Parameters>
void add(Plan& plan, const Kernel& kernel, int64_t blocks, uint32_t threads, uint32_t cluster, uint32_t shared_bytes,
         const Parameters& parameters) {
    static_assert(sizeof(Parameters) <= kMaxParameterBytes, "the parameters of a kernel grew");
    Launch& launch = plan.launch[plan.launches++];
    launch.kernel = kernel;
    launch.blocks = blocks_for(blocks);
    launch.threads = threads;
    launch.cluster = cluster;
    launch.shared_bytes = shared_bytes;
    launch.parameter_bytes = sizeof(Parameters);
    std::memcpy(launch.parameters, &parameters, sizeof(Parameters));
}

int64_t slices_of(const leash_rows& rows) {
    return (vectors_of(rows.logits.vocab, rows.logits.dtype) - 1) / kSplitVectors + 1;
}

constexpr int64_t round_up(int64_t bytes) { return (bytes + 255) / 256 * 256; }

template <class Operation>
void plan_split(Plan& plan, Kernel (*kernel)(Way, int32_t), const Operation& operation, const leash_rows& rows,
                void* workspace) {
    const int64_t slices = slices_of(rows);
    const int64_t partial_bytes = round_up(rows.logits.rows * slices * static_cast<int64_t>(sizeof(PartialRow)));
    const Split<Operation> split = {operation, static_cast<PartialRow*>(workspace),
                                    reinterpret_cast<OutputRow*>(static_cast<char*>(workspace) + partial_bytes),
                                    static_cast<int32_t>(slices), kSplitVectors};
    const int32_t dtype = rows.logits.dtype;
    const int64_t tasks = rows.logits.rows * slices;
    if (Operation::kNeedsSums) {
        add(plan, kernel(Way::k_split_sums, dtype), tasks, kBlockThreads, 1, sizeof(BlockShared), split);
    }
    add(plan, kernel(Way::k_split_finish, dtype), (rows.logits.rows - 1) / kWarpBlockThreads + 1, kWarpBlockThreads, 1, 0,
        split);
    const Kernel output = kernel(Way::k_split_output, dtype);
    if (operation.output != nullptr && output.function != nullptr) add(plan, output, tasks, kBlockThreads, 1, 0, split);
}

template <class Operation>
Plan plan_operation(const Selection& selection, Kernel (*kernel)(Way, int32_t), const Operation& operation,
                    const leash_rows& rows, const DeviceLimits& limits, void* workspace) {
    Plan plan = {};
    const int64_t n = rows.logits.rows;
    const int32_t dtype = rows.logits.dtype;
    if (n == 0) return plan;
    switch (variant(selection.index).technique) {
        case Technique::k_naive:
            add(plan, kernel(Way::k_naive, dtype), n, kBlockThreads, 1, sizeof(NaiveShared), operation);
            break;
        case Technique::k_two_read:
            add(plan, kernel(Way::k_two_read, dtype), n, kBlockThreads, 1, sizeof(BlockShared), operation);
            break;
        case Technique::k_warp: {
            constexpr int kRows = kWarpBlockThreads / gpu::kWarpThreads;
            add(plan, kernel(Way::k_warp, dtype), (n - 1) / kRows + 1, kWarpBlockThreads, 1, 0, operation);
            break;
        }
        case Technique::k_split:
            plan_split(plan, kernel, operation, rows, workspace);
            break;
        case Technique::k_resident: {
            const Residency residency = residency_of(rows.logits.vocab, dtype, limits, selection.cluster);
            const Resident<Operation> resident = {operation, residency.slice_vectors};
            add(plan, kernel(Way::k_resident, dtype), n * residency.cluster, kBlockThreads,
                static_cast<uint32_t>(residency.cluster),
                static_cast<uint32_t>(kSliceOffset + residency.slice_vectors * static_cast<int32_t>(sizeof(Bits128))),
                resident);
            break;
        }
    }
    return plan;
}

}  // namespace

int64_t workspace_bytes(const Selection& selection, const leash_rows& rows) {
    if (variant(selection.index).technique != Technique::k_split || rows.logits.rows == 0) return 0;
    return round_up(rows.logits.rows * slices_of(rows) * static_cast<int64_t>(sizeof(PartialRow))) +
           rows.logits.rows * static_cast<int64_t>(sizeof(OutputRow));
}

Plan plan(const Selection& selection, const void* args, const DeviceLimits& limits, Fault* fault, void* workspace) {
    const auto planned = [&](const auto& a, Kernel (*kernel)(Way, int32_t)) {
        return plan_operation(selection, kernel, operation_of(a, fault), a.rows, limits, workspace);
    };
    switch (variant(selection.index).operation) {
        case LEASH_LOG_SOFTMAX:
            return planned(*static_cast<const leash_log_softmax_args*>(args), log_softmax_kernel);
        case LEASH_ENTROPY:
            return planned(*static_cast<const leash_entropy_args*>(args), token_statistics_kernel);
        case LEASH_TOKEN_STATISTICS:
            return planned(*static_cast<const leash_token_statistics_args*>(args), token_statistics_kernel);
        case LEASH_LOGITS_GRADIENT:
            return planned(*static_cast<const leash_logits_gradient_args*>(args), logits_gradient_kernel);
        default:
            return planned(*static_cast<const leash_policy_gradient_args*>(args), policy_gradient_kernel);
    }
}

}  // namespace leash::cuda
