// The five operations as the variants see them: what becomes of a masked row, what follows from a row's statistics, and what
// is written for each element. The struct of an operation is the parameter of its kernels. The CPU's twin of this file is
// cpu/operations.cpp; loss and row arithmetic are common to both.
#ifndef LEASH_CUDA_OPERATIONS_CUH
#define LEASH_CUDA_OPERATIONS_CUH

#include "gpu.h"
#include "policy_loss.h"
#include "rows.cuh"

namespace leash::cuda {

// What the elements of an output row are made from. log_softmax: (x - max) scale - base. Gradients: y = (x - max) scale,
// 2^y (base + slope y), and at_target in the target's column where there is one.
struct OutputRow {
    float max;
    float scale;
    float base;
    float slope;
    float at_target;
    int target;  // -1: none
};

__device__ inline float not_a_number() { return __uint_as_float(0x7fc00000u); }

__device__ inline void put(float* column, int64_t row, double value) {
    if (column != nullptr) column[row] = static_cast<float>(value);
}
__device__ inline double take(const float* column, int64_t row, double otherwise) {
    return column != nullptr ? static_cast<double>(column[row]) : otherwise;
}

__device__ inline void report(Fault* fault, int64_t row, int32_t target) {
    atomicMax(&fault->first, ~(static_cast<unsigned long long>(row) << 32 | static_cast<uint32_t>(target)));
    atomicAdd(&fault->rows, 1ull);
}

// With `writes` false a thread only wants to know the output row, because another one writes the columns.
struct LogSoftmax {
    static constexpr bool kNeedsSums = true;
    RowParameters rows;
    void* output;
    int64_t output_stride;

    __device__ bool has_output() const { return true; }
    __device__ void masked(int64_t) const {}
    template <int kDType>
    __device__ OutputRow finish(int64_t, const RowStatistics& s, bool) const {
        return {static_cast<float>(s.max_logit), static_cast<float>(1 / s.temperature), static_cast<float>(s.log_sum), 0.0f,
                0.0f, -1};
    }
    static __device__ float element(const OutputRow& row, float x) { return (x - row.max) * row.scale - row.base; }
};

struct TokenStatistics {
    static constexpr bool kNeedsSums = true;
    RowParameters rows;
    const int32_t* targets;  // or NULL
    float* logprob;          // these may be NULL
    float* entropy;
    float* lse;
    leash_row_statistics* statistics;
    void* output;  // none
    int64_t output_stride;

    __device__ bool has_output() const { return false; }
    __device__ void write(int64_t row, double target_logprob, const RowStatistics& s) const {
        put(logprob, row, target_logprob);
        put(entropy, row, s.entropy());
        put(lse, row, s.lse());
        if (statistics != nullptr) {
            statistics[row] = {static_cast<float>(s.max_logit), static_cast<float>(s.log_sum), static_cast<float>(s.mean)};
        }
    }
    __device__ void masked(int64_t row) const { write(row, 0, {0, 1, 0, 0}); }
    template <int kDType>
    __device__ OutputRow finish(int64_t row, RowStatistics s, bool) const {
        double target_logprob = 0;
        if (targets != nullptr) {
            const int32_t target = targets[row];
            if (target >= 0 && target < rows.vocab) {
                target_logprob = s.logprob(Row<kDType>(rows.logits, row, rows.stride, rows.vocab).element(target));
            } else {
                report(rows.fault, row, target);
                s = nan_row();
                target_logprob = not_a_number();
            }
        }
        write(row, target_logprob, s);
        return {};
    }
    static __device__ float element(const OutputRow&, float x) { return x; }
};

// The output of the two gradients.
struct GradientElements {
    static __device__ float element(const OutputRow& row, float x) {
        const float y = fmaxf((x - row.max) * row.scale, -127.0f);
        // fmaxf drops a NaN, and a row that has one is NaN throughout: its base is.
        return gpu::exp2_fast(y) * (row.slope * y + row.base);
    }
    static __device__ OutputRow output_row(const RowStatistics& s, const GradientCoefficients& c, int target) {
        return {static_cast<float>(s.max_logit), loop_scale(s.temperature), c.base, c.slope, c.at_target, target};
    }
    static __device__ OutputRow nan_output_row() {
        const float nan = not_a_number();
        return {nan, nan, nan, nan, nan, -1};
    }
};

struct LogitsGradient : GradientElements {
    static constexpr bool kNeedsSums = false;
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
    template <int kDType>
    __device__ OutputRow finish(int64_t row, const RowStatistics&, bool writes) const {
        const leash_row_statistics saved = statistics[row];
        const RowStatistics s = {saved.max, rows.row_temperature(row), saved.log_sum, saved.mean};
        int32_t target = -1;
        double logprob = 0;
        if (grad_logprob != nullptr) {
            target = targets[row];
            if (target < 0 || target >= rows.vocab) {
                if (writes) report(rows.fault, row, target);
                return nan_output_row();
            }
            logprob = s.logprob(Row<kDType>(rows.logits, row, rows.stride, rows.vocab).element(target));
        }
        return output_row(s,
                          gradient_coefficients(s, target >= 0, logprob, take(grad_logprob, row, 0),
                                                take(grad_entropy, row, 0), take(grad_lse, row, 0)),
                          target);
    }
};

struct PolicyGradient : GradientElements {
    static constexpr bool kNeedsSums = true;
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
    template <int kDType>
    __device__ OutputRow finish(int64_t row, const RowStatistics& s, bool writes) const {
        const int32_t target = targets[row];
        if (target < 0 || target >= rows.vocab) {
            const double nan = not_a_number();
            if (writes) {
                report(rows.fault, row, target);
                write(row, nan, nan, {nan, nan, nan, 0, nan, nan});
            }
            return nan_output_row();
        }
        PolicyInputs<double> in;
        in.logprob = s.logprob(Row<kDType>(rows.logits, row, rows.stride, rows.vocab).element(target));
        in.entropy = s.entropy();
        in.advantage = advantage[row];
        in.old_logprob = take(old_logprob, row, in.logprob);
        in.reference_logprob = take(reference_logprob, row, 0);
        in.rollout_logprob = take(rollout_logprob, row, 0);
        in.weight = take(weight, row, 1);
        const PolicyResult<double> result = policy_loss(policy, in, rollout_logprob != nullptr);
        if (writes) write(row, in.logprob, in.entropy, result);
        return output_row(s, gradient_coefficients(s, true, in.logprob, result.grad_logprob, result.grad_entropy, 0), target);
    }
};

}  // namespace leash::cuda

#endif
