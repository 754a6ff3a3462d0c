// Common parts of the operations on a GPU. An operation is a struct, the parameter of its kernels, in a separate file beside this
// one; its CPU counterpart has the same name in cpu/ops. Loss and row arithmetic are common to both (math/). Its members:
//
//   kNeedsSums, kWritesMatrix     its columns `sums` and `output` in spec/operations.h
//   kSquares                      whether its statistics have the collision probability
//   rows, output, output_stride   RowParameters; the matrix that is written, or NULL
//   has_output()                  whether there is an output matrix
//   masked(row)                   writes the columns of a masked row
//   target_index(row)             the target's column, unchecked; -1: none
//   prefetch(row)                 brings what finish() reads closer, early enough
//   finish(row, statistics, target, writes)
//                                 the output row; the one thread with `writes` also writes the columns
//   elements(output_row, x)       replaces logits by elements of the matrix, except the target's
#ifndef LEASH_CUDA_OPS_OPERATION_CUH
#define LEASH_CUDA_OPS_OPERATION_CUH

#include "cuda/gpu.h"
#include "cuda/rows.cuh"
#include "cuda/sums.cuh"
#include "math/policy_loss.h"

namespace leash::cuda {

// The coefficients of an output row. log_softmax: (x - max) scale - base. Gradients: 2^y (base + slope y), and at_target in the
// target's column where there is one; y is x scale - offset, or (x - max) scale where the offset is too large (sums.cuh).
struct OutputRow {
    float max;
    float scale;
    float offset;
    float base;
    float slope;
    float at_target;
    int target;  // -1: none
};

// The target of a row, and its logit; NaN if there is none, or it is out of range.
struct Target {
    int32_t index;
    float logit;
};

__device__ inline float not_a_number() { return __uint_as_float(0x7fc00000u); }

__device__ inline void put(float* column, int64_t row, double value) {
    if (column != nullptr) column[row] = static_cast<float>(value);
}
__device__ inline double take(const float* column, int64_t row, double otherwise) {
    return column != nullptr ? static_cast<double>(column[row]) : otherwise;
}

template <class Entry>
__device__ void prefetch_of(const Entry* column, int64_t row) {
    if (column != nullptr) gpu::prefetch(column + row);
}

__device__ inline void report(Fault* fault, int64_t row, int32_t target) {
    atomicMax(&fault->first, ~(static_cast<unsigned long long>(row) << 32 | static_cast<uint32_t>(target)));
    atomicAdd(&fault->rows, 1ull);
}

inline RowParameters row_parameters(const leash_rows& rows, Fault* fault) {
    return {rows.logits.data, rows.logits.rows, rows.logits.vocab, rows.logits.row_stride,
            rows.temperatures, rows.mask,       rows.temperature,  fault};
}

// Read early, as it takes two dependent loads.
template <int kDType, class Operation>
__device__ Target target_of(const Operation& operation, const Row<kDType>& row, int64_t r) {
    const int32_t index = operation.target_index(r);
    return {index, index >= 0 && index < row.count() ? row.element(index) : not_a_number()};
}

template <int kVectors, int kPerVector, class Function>
__device__ void for_each(float (&x)[kVectors][kPerVector], const Function& function) {
#pragma unroll
    for (int i = 0; i < kVectors; i++) {
#pragma unroll
        for (int k = 0; k < kPerVector; k++) x[i][k] = function(x[i][k]);
    }
}

// The output of the two gradients.
struct GradientElements {
    template <int kVectors, int kPerVector>
    static __device__ void elements(const OutputRow& row, float (&x)[kVectors][kPerVector]) {
        if (is_exact(row.offset)) {
            for_each(x, [&](float logit) { return element(row, exponent_from(logit, row.scale, row.offset)); });
        } else {
            for_each(x, [&](float logit) { return element(row, exponent_of(logit, row.max, row.scale)); });
        }
    }
    // The exponents have no NaN, but a row with a NaN is NaN throughout: its base is.
    static __device__ float element(const OutputRow& row, float y) { return gpu::exp2_fast(y) * (row.slope * y + row.base); }
    static __device__ OutputRow output_row(const RowStatistics& s, const GradientCoefficients& c, int target) {
        const float max = static_cast<float>(s.max_logit);
        const float scale = loop_scale(s.inverse_temperature);
        const float offset = max * scale;
        if (!is_exact(offset)) return {max, scale, offset, c.base, c.slope, c.at_target, target};
        // y is relative to the rounded offset.
        const float shift = -fmaf(max, scale, -offset);
        const float factor = exp2f(shift);
        return {max, scale, offset, factor * (c.base + c.slope * shift), factor * c.slope, c.at_target, target};
    }
    static __device__ OutputRow nan_output_row() {
        const float nan = not_a_number();
        return {nan, nan, nan, nan, nan, nan, -1};
    }
};

}  // namespace leash::cuda

#endif
