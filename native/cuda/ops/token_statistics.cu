// token_statistics, and entropy, one of its columns: 1R. Sums of squares are taken only for the collision probabilities, by kernels
// of their own.
#include "cuda/host/operations.h"
#include "cuda/ops/launches.cuh"
#include "cuda/ops/operation.cuh"

namespace leash::cuda {

template <bool kTakesSquares>
struct TokenStatistics {
    static constexpr bool kNeedsSums = true;
    static constexpr bool kWritesMatrix = false;
    static constexpr bool kSquares = kTakesSquares;
    RowParameters rows;
    const int32_t* targets;  // or NULL
    float* logprob;          // these may be NULL
    float* entropy;
    float* lse;
    leash_row_statistics* statistics;
    float* collision;
    void* output;  // none
    int64_t output_stride;

    __device__ bool has_output() const { return false; }
    __device__ void write(int64_t row, double target_logprob, const RowStatistics& s) const {
        put(logprob, row, target_logprob);
        put(entropy, row, s.entropy());
        put(lse, row, s.lse());
        if (kSquares) put(collision, row, s.collision);
        if (statistics != nullptr) {
            statistics[row] = {static_cast<float>(s.max_logit), static_cast<float>(s.log_sum), static_cast<float>(s.mean)};
        }
    }
    __device__ void masked(int64_t row) const { write(row, 0, {0, 1, 0, 0, 1, 0}); }
    __device__ int32_t target_index(int64_t row) const { return targets != nullptr ? targets[row] : -1; }
    __device__ void prefetch(int64_t row) const { prefetch_of(targets, row); }
    __device__ OutputRow finish(int64_t row, RowStatistics s, const Target& target, bool writes) const {
        if (!writes) return {};
        double target_logprob = 0;
        if (targets != nullptr) {
            if (target.index >= 0 && target.index < rows.vocab) {
                target_logprob = s.logprob(target.logit);
            } else {
                report(rows.fault, row, target.index);
                s = nan_row();
                target_logprob = not_a_number();
            }
        }
        write(row, target_logprob, s);
        return {};
    }
    template <int kVectors, int kPerVector>
    static __device__ void elements(const OutputRow&, float (&)[kVectors][kPerVector]) {}
};

}  // namespace leash::cuda

#define LEASH_OPERATION token_statistics
#define LEASH_OPERATION_TYPE TokenStatistics<false>
#define LEASH_OPERATION_SUMS 1
#define LEASH_OPERATION_OUTPUT 0
#include "cuda/ops/kernels.cuh"

#define LEASH_OPERATION token_statistics_squares
#define LEASH_OPERATION_TYPE TokenStatistics<true>
#define LEASH_OPERATION_SUMS 1
#define LEASH_OPERATION_OUTPUT 0
#include "cuda/ops/kernels.cuh"

namespace leash::cuda {

Plan plan_token_statistics(const leash_token_statistics_args& args, const Selection& selection, const DeviceLimits& limits, Fault* fault,
                           void* workspace) {
    const auto plan_with = [&](auto operation) {
        operation = {row_parameters(args.rows, fault), args.targets, args.logprob, args.entropy, args.lse, args.statistics,
                     args.collision, nullptr, 0};
        return plan_operation(operation, selection, args.rows, limits, workspace);
    };
    return args.collision == nullptr ? plan_with(TokenStatistics<false>()) : plan_with(TokenStatistics<true>());
}

Plan plan_entropy(const leash_entropy_args& args, const Selection& selection, const DeviceLimits& limits, Fault* fault,
                  void* workspace) {
    const TokenStatistics<false> operation = {row_parameters(args.rows, fault), nullptr, nullptr, args.entropy,
                                              nullptr, nullptr, nullptr, nullptr, 0};
    return plan_operation(operation, selection, args.rows, limits, workspace);
}

}  // namespace leash::cuda
