// The sums of a row in one pass, without the largest term, so that rows with nearly all mass in one token keep full precision
// (see row_statistics.h).
//
// A thread sums 2^y and y 2^y over its vectors with y = x scale - offset, one fused multiply-add. The offset is scale times the
// largest logit at the time it was set, and stays until a logit exceeds that by more than kSlack in y; so the rounding of y is
// nearly as small as if it were relative to the maximum. A vector of n elements costs n/2 (half precision) or n maxima, and n times unpack,
// multiply-add, clamp, ex2, add, multiply-add, and with squares another one; four vectors, one comparison with the limit.
//
// At the end of its part of a row, a block knows the part's maximum, and the first thread that holds it. That thread's sums have
// lost everything below 2^-24 of the maximum: the block reads the thread's vectors once more, one vector in kBlockThreads of the
// row, and sums all terms except the maxima, which are counted. All other sums are taken relative to the maximum, and added in a
// fixed tree.
//
// Where scale times the maximum exceeds kLargestOffset, its rounding would shift every y: the block then reads all vectors again,
// with y = (x - maximum) scale.
#ifndef LEASH_CUDA_SUMS_CUH
#define LEASH_CUDA_SUMS_CUH

#include "cuda/gpu.h"
#include "cuda/rows.cuh"

namespace leash::cuda {

constexpr int kBlockThreads = 256;
constexpr int kBlockWarps = kBlockThreads / gpu::kWarpThreads;
constexpr int kTileVectors = 4;  // loaded and summed together

// The sums of a part of a row, relative to its maximum and without one instance of it.
template <bool kSquares>
struct PartialRow {
    float max;
    float rest;
    float weighted;
};
template <>
struct PartialRow<true> {
    float max;
    float rest;
    float weighted;
    float squares = 0.0f;
};

constexpr float kLowestExponent = -127.0f;  // exp2_fast gives exactly 0 for it
constexpr float kSlack = 8.0f;
constexpr float kLargestOffset = 67108864.0f;  // 2^26, where floats are 8 apart

template <bool kSquares>
__device__ PartialRow<kSquares> empty_row() {
    return {kMinusInfinity, 0.0f, 0.0f};
}

// Whether the rounding of an offset can be corrected afterwards.
__device__ inline bool is_exact(float offset) { return fabsf(offset) <= kLargestOffset; }

// x scale - offset; -127 for smaller values, -inf and NaN. A NaN has already made the maximum NaN, and with it the row.
__device__ inline float exponent_from(float x, float scale, float offset) {
    return fmaxf(fmaf(x, scale, -offset), kLowestExponent);
}

// (x - m) scale, likewise.
__device__ inline float exponent_of(float x, float m, float scale) { return fmaxf((x - m) * scale, kLowestExponent); }

// Sums of terms, and the number of maxima among the elements, which are not in the sums.
template <bool kSquares>
struct Terms {
    float sum;
    float weighted;
    int maxima;
};
template <>
struct Terms<true> {
    float sum;
    float weighted;
    int maxima;
    float squares = 0.0f;
};

template <int kDType, bool kSquares>
__device__ void add_terms(Terms<kSquares>& terms, const Bits128& v, float max, float scale) {
    float x[Element<kDType>::kPerVector];
    Element<kDType>::unpack(v, x);
#pragma unroll
    for (int i = 0; i < Element<kDType>::kPerVector; i++) {
        const bool is_max = x[i] == max;
        const float y = is_max ? kLowestExponent : exponent_of(x[i], max, scale);
        const float e = gpu::exp2_fast(y);
        terms.sum += e;
        terms.weighted += e * y;
        terms.maxima += is_max ? 1 : 0;
        if constexpr (kSquares) terms.squares += e * e;
    }
}

// The sums over a thread's vectors so far.
template <int kDType, bool kSquares>
class RunningSums {
  public:
    using Type = Element<kDType>;

    __device__ explicit RunningSums(float scale) : scale_(scale), slack_(kSlack / scale) {}

    template <int kCount>
    __device__ void add(const Bits128 (&v)[kCount]) {
#pragma unroll
        for (int i = 0; i < kCount; i++) max_ = Type::largest(max_, v[i]);
        if (Type::exceeds(max_, limit_)) raise_offset();
#pragma unroll
        for (int i = 0; i < kCount; i++) {
            float x[Type::kPerVector];
            Type::unpack(v[i], x);
#pragma unroll
            for (int k = 0; k < Type::kPerVector; k++) {
                const float y = exponent_from(x[k], scale_, offset_);
                const float e = gpu::exp2_fast(y);
                sum_ += e;
                weighted_ += e * y;
                if constexpr (kSquares) squares_ += e * e;
            }
        }
    }

    __device__ float max() const { return Type::value(max_); }

    // The sums relative to the maximum of more elements, whose offset is_exact.
    __device__ Terms<kSquares> relative_to(float max) const {
        const float shift = -fmaf(max, scale_, -offset_);
        if (!(shift > kLowestExponent && shift < kSlack)) return {0.0f, 0.0f, 0};  // too small to matter, or no vector seen
        const float factor = gpu::exp2_fast(shift);
        Terms<kSquares> terms = {sum_ * factor, (weighted_ + shift * sum_) * factor, 0};
        if constexpr (kSquares) terms.squares = squares_ * (factor * factor);
        return terms;
    }

  private:
    __device__ void raise_offset() {
        const float offset = max() * scale_;
        const float shift = fmaxf(fminf(offset_ - offset, 0.0f), kLowestExponent);
        const float factor = gpu::exp2_fast(shift);
        weighted_ = (weighted_ + shift * sum_) * factor;
        sum_ *= factor;
        if constexpr (kSquares) squares_ *= factor * factor;
        offset_ = offset;
        limit_ = Type::packed(max() + slack_);
    }

    const float scale_;
    const float slack_;  // as a logit
    typename Type::Packed max_ = Type::kLowest;
    typename Type::Packed limit_ = Type::kLowest;
    float offset_ = 0.0f;
    float sum_ = 0.0f;
    float weighted_ = 0.0f;
    float squares_ = 0.0f;  // with kSquares
};

template <bool kSquares>
__device__ PartialRow<kSquares> combine(const PartialRow<kSquares>& a, const PartialRow<kSquares>& b, float scale) {
    const float m = gpu::max_nan(a.max, b.max);
    if (m == kMinusInfinity) return a;
    const float shift_a = exponent_of(a.max, m, scale);
    const float shift_b = exponent_of(b.max, m, scale);
    const float displaced = exponent_of(fminf(a.max, b.max), m, scale);
    const float factor_a = gpu::exp2_fast(shift_a);
    const float factor_b = gpu::exp2_fast(shift_b);
    const float term = gpu::exp2_fast(displaced);
    PartialRow<kSquares> both = {
        m, a.rest * factor_a + b.rest * factor_b + term,
        (a.weighted + shift_a * a.rest) * factor_a + (b.weighted + shift_b * b.rest) * factor_b + term * displaced};
    if constexpr (kSquares) {
        both.squares = a.squares * (factor_a * factor_a) + b.squares * (factor_b * factor_b) + term * term;
    }
    return both;
}

// The whole of partial rows that each of the first `count` lanes, a power of 2, has one of, in a fixed tree; in lane 0. All lanes of
// the warp participate.
template <bool kSquares>
__device__ PartialRow<kSquares> combine_lanes(PartialRow<kSquares> row, int count, float scale) {
    for (int lanes = count / 2; lanes > 0; lanes /= 2) {
        PartialRow<kSquares> other = {__shfl_down_sync(gpu::kFullWarp, row.max, lanes),
                                      __shfl_down_sync(gpu::kFullWarp, row.rest, lanes),
                                      __shfl_down_sync(gpu::kFullWarp, row.weighted, lanes)};
        if constexpr (kSquares) other.squares = __shfl_down_sync(gpu::kFullWarp, row.squares, lanes);
        row = combine(row, other, scale);
    }
    return row;
}

__device__ inline float largest_of_warp(float x) {
    for (int lanes = gpu::kWarpThreads / 2; lanes > 0; lanes /= 2) x = gpu::max_nan(x, __shfl_xor_sync(gpu::kFullWarp, x, lanes));
    return x;
}

template <bool kSquares>
__device__ Terms<kSquares> sum_of_warp(Terms<kSquares> terms) {
    for (int lanes = gpu::kWarpThreads / 2; lanes > 0; lanes /= 2) {
        terms.sum += __shfl_xor_sync(gpu::kFullWarp, terms.sum, lanes);
        terms.weighted += __shfl_xor_sync(gpu::kFullWarp, terms.weighted, lanes);
        terms.maxima += __shfl_xor_sync(gpu::kFullWarp, terms.maxima, lanes);
        if constexpr (kSquares) terms.squares += __shfl_xor_sync(gpu::kFullWarp, terms.squares, lanes);
    }
    return terms;
}

template <bool kSquares>
__device__ PartialRow<kSquares> partial_row(float max, const Terms<kSquares>& terms) {
    const float other_maxima = static_cast<float>(terms.maxima - 1);
    PartialRow<kSquares> row = {max, terms.sum + other_maxima, terms.weighted};
    if constexpr (kSquares) row.squares = terms.squares + other_maxima;
    return row;
}

// Shared memory in which the warps of a block combine; free again after the block's next barrier.
template <bool kSquares>
struct BlockSums {
    struct Maximum {
        float value;
        int thread;  // the first that holds it
    };
    Maximum maxima[kBlockWarps];
    Terms<kSquares> terms[kBlockWarps];
};

// The sums of the vectors from `first` up to `last`, of which each thread has those congruent to its index. vector(v) is one of
// them. Thread 0 returns the whole. All threads of the block participate.
template <int kDType, bool kSquares, class Vector>
__device__ PartialRow<kSquares> combine_block(const RunningSums<kDType, kSquares>& sums, float scale, int first, int last,
                                              const Vector& vector, BlockSums<kSquares>& s) {
    const int t = static_cast<int>(threadIdx.x);
    const float of_warp = largest_of_warp(sums.max());
    const unsigned holders = __ballot_sync(gpu::kFullWarp, sums.max() == of_warp);
    if (t % gpu::kWarpThreads == 0) s.maxima[t / gpu::kWarpThreads] = {of_warp, t + __ffs(static_cast<int>(holders)) - 1};
    __syncthreads();
    float max = kMinusInfinity;
    int holder = 0;
#pragma unroll
    for (int w = 0; w < kBlockWarps; w++) {
        const typename BlockSums<kSquares>::Maximum other = s.maxima[w];
        if (other.value > max) holder = other.thread;
        max = gpu::max_nan(max, other.value);
    }
    if (!(fabsf(max) < -kMinusInfinity)) return {max, 0.0f, 0.0f};  // nothing but -inf, or a row of NaN

    const bool exact = is_exact(max * scale);
    Terms<kSquares> terms = {0.0f, 0.0f, 0};
    if (exact && t != holder) terms = sums.relative_to(max);
    const int step = exact ? kBlockThreads * kBlockThreads : kBlockThreads;
    for (int v = first + (exact ? holder + t * kBlockThreads : t); v < last; v += step) {
        add_terms<kDType>(terms, vector(v), max, scale);
    }
    terms = sum_of_warp(terms);
    if (t % gpu::kWarpThreads == 0) s.terms[t / gpu::kWarpThreads] = terms;
    __syncthreads();
    if (t == 0) {
        for (int w = 1; w < kBlockWarps; w++) {
            terms.sum += s.terms[w].sum;
            terms.weighted += s.terms[w].weighted;
            terms.maxima += s.terms[w].maxima;
            if constexpr (kSquares) terms.squares += s.terms[w].squares;
        }
    }
    return partial_row(max, terms);
}

// The sums of the vectors of a row from `first` up to `last`. Thread 0 returns the whole; all threads of the block participate.
template <bool kSquares, int kDType>
__device__ PartialRow<kSquares> sum_block(const Row<kDType>& row, int first, int last, float scale, BlockSums<kSquares>& s) {
    RunningSums<kDType, kSquares> sums(scale);
    int v = first + static_cast<int>(threadIdx.x);
    for (; v + (kTileVectors - 1) * kBlockThreads < last; v += kTileVectors * kBlockThreads) {
        Bits128 tile[kTileVectors];
        row.vectors(v, kBlockThreads, tile);
        sums.add(tile);
    }
    for (; v < last; v += kBlockThreads) {
        const Bits128 rest[1] = {row.vector(v)};
        sums.add(rest);
    }
    return combine_block(sums, scale, first, last, [&](int at) { return row.vector(at); }, s);
}

template <bool kSquares>
__device__ RowStatistics finish(const PartialRow<kSquares>& row, double inverse_temperature) {
    // A NaN temperature does not show in the sums, as clamping turns every term into 0.
    if (inverse_temperature != inverse_temperature) return nan_row();
    float squares = 0.0f;
    if constexpr (kSquares) squares = row.squares;
    return finish_row(row.max, inverse_temperature, row.rest, row.weighted, squares);
}

}  // namespace leash::cuda

#endif
