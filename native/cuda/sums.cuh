// The sums of a row in one pass, without the largest term, so that rows with nearly all mass in one token keep full precision
// (see row_statistics.h).
//
// A partial row is the maximum m of some elements and, over all of them except one instance of m, the sums of 2^y and of y 2^y
// with y = (x - m) scale. Each new element is compared with the running maximum, and the smaller of the two becomes a term: after
// a vector, the terms are all elements except one instance of the new maximum, whatever their order and however often the maximum
// occurs. This takes one exponential per element, and one per vector for the earlier sums. Instructions per element, without
// unpacking: min, max, subtract, multiply, clamp, ex2, add, multiply-add, and 1/4 or 1/8 of the rescaling.
#ifndef LEASH_CUDA_SUMS_CUH
#define LEASH_CUDA_SUMS_CUH

#include "cuda/gpu.h"
#include "cuda/rows.cuh"

namespace leash::cuda {

struct PartialRow {
    float max;
    float rest;
    float weighted;
};

constexpr float kLowestExponent = -127.0f;  // exp2_fast gives exactly 0 for it

__device__ inline PartialRow empty_row() { return {kMinusInfinity, 0.0f, 0.0f}; }

// (x - m) scale; -127 for smaller values, -inf and NaN. A NaN has already made m NaN, and with it the row.
__device__ inline float exponent_of(float x, float m, float scale) { return fmaxf((x - m) * scale, kLowestExponent); }

template <int kCount>
__device__ void add_vector(PartialRow& row, const float (&x)[kCount], float scale) {
    float smaller[kCount];
    float m = row.max;
#pragma unroll
    for (int i = 0; i < kCount; i++) {
        smaller[i] = fminf(m, x[i]);
        m = gpu::max_nan(m, x[i]);
    }
    if (m == kMinusInfinity) return;
    const float shift = exponent_of(row.max, m, scale);
    const float factor = gpu::exp2_fast(shift);
    float rest = row.rest * factor;
    float weighted = (row.weighted + shift * row.rest) * factor;
#pragma unroll
    for (int i = 0; i < kCount; i++) {
        const float y = exponent_of(smaller[i], m, scale);
        const float e = gpu::exp2_fast(y);
        rest += e;
        weighted += e * y;
    }
    row = {m, rest, weighted};
}

__device__ inline PartialRow combine(const PartialRow& a, const PartialRow& b, float scale) {
    const float m = gpu::max_nan(a.max, b.max);
    if (m == kMinusInfinity) return a;
    const float shift_a = exponent_of(a.max, m, scale);
    const float shift_b = exponent_of(b.max, m, scale);
    const float displaced = exponent_of(fminf(a.max, b.max), m, scale);
    const float factor_a = gpu::exp2_fast(shift_a);
    const float factor_b = gpu::exp2_fast(shift_b);
    const float term = gpu::exp2_fast(displaced);
    return {m, a.rest * factor_a + b.rest * factor_b + term,
            (a.weighted + shift_a * a.rest) * factor_a + (b.weighted + shift_b * b.rest) * factor_b + term * displaced};
}

// Lane 0 returns the whole, other lanes parts.
__device__ inline PartialRow combine_warp(PartialRow row, float scale) {
    for (int offset = gpu::kWarpThreads / 2; offset > 0; offset /= 2) {
        const int source = static_cast<int>(threadIdx.x % gpu::kWarpThreads + offset) % gpu::kWarpThreads;
        const PartialRow other = {__shfl_sync(gpu::kFullWarp, row.max, source),
                                  __shfl_sync(gpu::kFullWarp, row.rest, source),
                                  __shfl_sync(gpu::kFullWarp, row.weighted, source)};
        row = combine(row, other, scale);
    }
    return row;
}

// Thread 0 returns the whole. `warps` is shared memory for one partial row per warp, in use until the block's next barrier. All
// threads of the block participate.
__device__ inline PartialRow combine_block(PartialRow row, float scale, PartialRow* warps) {
    row = combine_warp(row, scale);
    if (threadIdx.x % gpu::kWarpThreads == 0) warps[threadIdx.x / gpu::kWarpThreads] = row;
    __syncthreads();
    if (threadIdx.x == 0) {
        for (unsigned w = 1; w < blockDim.x / gpu::kWarpThreads; w++) row = combine(row, warps[w], scale);
    }
    return row;
}

__device__ inline RowStatistics finish(const PartialRow& row, double temperature) {
    // A NaN temperature does not show in the sums, as clamping turns every term into 0.
    return temperature == temperature ? finish_row(row.max, temperature, row.rest, row.weighted) : nan_row();
}

}  // namespace leash::cuda

#endif
