// logits_gradient: the backward pass from saved statistics. There are no sums, so every variant is 1R + 1W; variants differ in the
// assignment of elements to threads. An element costs multiply-add, clamp, ex2, multiply-add and multiply.
#include "cuda/host/operations.h"
#include "cuda/ops/launches.cuh"
#include "cuda/ops/operation.cuh"

namespace leash::cuda {

struct LogitsGradient : GradientElements {
    static constexpr bool kNeedsSums = false;
    static constexpr bool kWritesMatrix = true;
    static constexpr bool kSquares = false;
    RowParameters rows;
    const int32_t* targets;
    const leash_row_statistics* statistics;
    const float* grad_logprob;  // these may be NULL
    const float* grad_entropy;
    const float* grad_lse;
    void* output;
    int64_t output_stride;

    __device__ bool has_output() const { return true; }
    __device__ void masked(int64_t) const {}
    __device__ int32_t target_index(int64_t row) const { return grad_logprob != nullptr ? targets[row] : -1; }
    __device__ void prefetch(int64_t row) const {
        prefetch_of(targets, row);
        prefetch_of(statistics, row);
        for (const float* column : {grad_logprob, grad_entropy, grad_lse}) prefetch_of(column, row);
    }
    __device__ OutputRow finish(int64_t row, const RowStatistics&, const Target& target, bool writes) const {
        const leash_row_statistics saved = statistics[row];
        const RowStatistics s = {saved.max, rows.inverse_temperature(row), saved.log_sum, saved.mean,
                                 exp(-static_cast<double>(saved.log_sum)), 0};
        double logprob = 0;
        if (grad_logprob != nullptr) {
            if (target.index < 0 || target.index >= rows.vocab) {
                if (writes) report(rows.fault, row, target.index);
                return nan_output_row();
            }
            logprob = s.logprob(target.logit);
        }
        return output_row(s,
                          gradient_coefficients(s, grad_logprob != nullptr, logprob, take(grad_logprob, row, 0),
                                                take(grad_entropy, row, 0), take(grad_lse, row, 0)),
                          target.index);
    }
};

}  // namespace leash::cuda

#define LEASH_OPERATION logits_gradient
#define LEASH_OPERATION_TYPE LogitsGradient
#define LEASH_OPERATION_SUMS 0
#define LEASH_OPERATION_OUTPUT 1
#include "cuda/ops/kernels.cuh"

namespace leash::cuda {

Plan plan_logits_gradient(const leash_logits_gradient_args& args, const Selection& selection, const DeviceLimits& limits, Fault* fault,
                          void* workspace) {
    LogitsGradient operation;
    operation.rows = row_parameters(args.rows, fault);
    operation.targets = args.targets;
    operation.statistics = args.statistics;
    operation.grad_logprob = args.grad_logprob;
    operation.grad_entropy = args.grad_entropy;
    operation.grad_lse = args.grad_lse;
    operation.output = args.gradient.data;
    operation.output_stride = args.gradient.row_stride;
    return plan_operation(operation, selection, args.rows, limits, workspace);
}

}  // namespace leash::cuda
