// log_softmax: out = (x - max) / T - log s, in place or not. At least 1R + 1W. An element costs three operations besides the sums
// (sums.cuh).
#include "cuda/host/operations.h"
#include "cuda/ops/launches.cuh"
#include "cuda/ops/operation.cuh"

namespace leash::cuda {

struct LogSoftmax {
    static constexpr bool kNeedsSums = true;
    static constexpr bool kWritesMatrix = true;
    static constexpr bool kSquares = false;
    RowParameters rows;
    void* output;
    int64_t output_stride;

    __device__ bool has_output() const { return true; }
    __device__ void masked(int64_t) const {}
    __device__ int32_t target_index(int64_t) const { return -1; }
    __device__ void prefetch(int64_t) const {}
    __device__ OutputRow finish(int64_t, const RowStatistics& s, const Target&, bool) const {
        return {static_cast<float>(s.max_logit), static_cast<float>(s.inverse_temperature), 0.0f, static_cast<float>(s.log_sum),
                0.0f, 0.0f, -1};
    }
    template <int kVectors, int kPerVector>
    static __device__ void elements(const OutputRow& row, float (&x)[kVectors][kPerVector]) {
        for_each(x, [&](float logit) { return (logit - row.max) * row.scale - row.base; });
    }
};

}  // namespace leash::cuda

#define LEASH_OPERATION log_softmax
#define LEASH_OPERATION_TYPE LogSoftmax
#define LEASH_OPERATION_SUMS 1
#define LEASH_OPERATION_OUTPUT 1
#include "cuda/ops/kernels.cuh"

namespace leash::cuda {

Plan plan_log_softmax(const leash_log_softmax_args& args, const Selection& selection, const DeviceLimits& limits, Fault* fault,
                      void* workspace) {
    const LogSoftmax operation = {row_parameters(args.rows, fault), args.logprobs.data, args.logprobs.row_stride};
    return plan_operation(operation, selection, args.rows, limits, workspace);
}

}  // namespace leash::cuda
