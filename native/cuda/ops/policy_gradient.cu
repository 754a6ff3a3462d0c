// policy_gradient: loss and gradient of a row. At least 1R + 1W, in place. One thread per row computes the loss
// (math/policy_loss.h) in f64.
#include "cuda/host/operations.h"
#include "cuda/ops/launches.cuh"
#include "cuda/ops/operation.cuh"

namespace leash::cuda {

struct PolicyGradient : GradientElements {
    static constexpr bool kNeedsSums = true;
    static constexpr bool kWritesMatrix = true;
    static constexpr bool kSquares = false;
    RowParameters rows;
    leash_policy_loss policy;
    const int32_t* targets;
    const float* advantage;
    const float* old_logprob;  // these may be NULL
    const float* reference_logprob;
    const float* rollout_logprob;
    const float* weight;
    float* loss;
    float* logprob;
    float* entropy;
    float* ratio;
    float* kl;
    uint8_t* clip_flags;
    void* output;
    int64_t output_stride;

    __device__ bool has_output() const { return output != nullptr; }
    __device__ void write(int64_t row, double target_logprob, double row_entropy, const PolicyResult<double>& result) const {
        put(loss, row, result.loss);
        put(logprob, row, target_logprob);
        put(entropy, row, row_entropy);
        put(ratio, row, result.ratio);
        put(kl, row, result.kl);
        if (clip_flags != nullptr) clip_flags[row] = static_cast<uint8_t>(result.clip_flags);
    }
    __device__ void masked(int64_t row) const { write(row, 0, 0, {}); }
    __device__ int32_t target_index(int64_t row) const { return targets[row]; }
    __device__ void prefetch(int64_t row) const {
        prefetch_of(targets, row);
        for (const float* column : {advantage, old_logprob, reference_logprob, rollout_logprob, weight}) prefetch_of(column, row);
    }
    __device__ OutputRow finish(int64_t row, const RowStatistics& s, const Target& target, bool writes) const {
        if (target.index < 0 || target.index >= rows.vocab) {
            const double nan = not_a_number();
            if (writes) {
                report(rows.fault, row, target.index);
                write(row, nan, nan, {nan, nan, nan, 0, nan, nan});
            }
            return nan_output_row();
        }
        PolicyInputs<double> in;
        in.logprob = s.logprob(target.logit);
        in.entropy = s.entropy();
        in.advantage = advantage[row];
        in.old_logprob = take(old_logprob, row, in.logprob);
        in.reference_logprob = take(reference_logprob, row, 0);
        in.rollout_logprob = take(rollout_logprob, row, 0);
        in.weight = take(weight, row, 1);
        const PolicyResult<double> result = policy_loss(policy, in, rollout_logprob != nullptr);
        if (writes) write(row, in.logprob, in.entropy, result);
        return output_row(s, gradient_coefficients(s, true, in.logprob, result.grad_logprob, result.grad_entropy, 0), target.index);
    }
};

}  // namespace leash::cuda

#define LEASH_OPERATION policy_gradient
#define LEASH_OPERATION_TYPE PolicyGradient
#define LEASH_OPERATION_SUMS 1
#define LEASH_OPERATION_OUTPUT 1
#include "cuda/ops/kernels.cuh"

namespace leash::cuda {

Plan plan_policy_gradient(const leash_policy_gradient_args& args, const Selection& selection, const DeviceLimits& limits, Fault* fault,
                          void* workspace) {
    PolicyGradient operation;
    operation.rows = row_parameters(args.rows, fault);
    operation.policy = args.policy;
    operation.targets = args.targets;
    operation.advantage = args.advantage;
    operation.old_logprob = args.old_logprob;
    operation.reference_logprob = args.reference_logprob;
    operation.rollout_logprob = args.rollout_logprob;
    operation.weight = args.weight;
    operation.loss = args.loss;
    operation.logprob = args.logprob;
    operation.entropy = args.entropy;
    operation.ratio = args.ratio;
    operation.kl = args.kl;
    operation.clip_flags = args.clip_flags;
    operation.output = args.gradient.data;
    operation.output_stride = args.gradient.row_stride;
    return plan_operation(operation, selection, args.rows, limits, workspace);
}

}  // namespace leash::cuda
