// Eight lanes of AVX2 with FMA and F16C: the vector type that row_loops.h is instantiated with in avx2.cpp.
// Include it there only: its functions are compiled for instructions that the processor may lack.
#ifndef LEASH_CPU_SIMD_AVX2_H
#define LEASH_CPU_SIMD_AVX2_H

#include <immintrin.h>

#include <cstdint>

#include "elements.h"

namespace leash::cpu {
namespace {

struct Simd {
    using Float = __m256;
    static constexpr int kLanes = 8;

    static Float set(float value) { return _mm256_set1_ps(value); }
    static Float add(Float a, Float b) { return _mm256_add_ps(a, b); }
    static Float sub(Float a, Float b) { return _mm256_sub_ps(a, b); }
    static Float mul(Float a, Float b) { return _mm256_mul_ps(a, b); }
    static Float fma(Float a, Float b, Float c) { return _mm256_fmadd_ps(a, b, c); }
    // b where either is NaN.
    static Float max(Float a, Float b) { return _mm256_max_ps(a, b); }
    static bool any_greater(Float a, Float b) {
        return _mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ)) != 0;
    }
    // Bit i set where lane i is equal.
    static uint32_t equal_mask(Float a, Float b) {
        return static_cast<uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_EQ_OQ)));
    }
    // value 2^n for the integer n whose low bits are those of biased, a float near 1.5 * 2^23.
    static Float scale_by_biased(Float value, Float biased) {
        const __m256i exponent = _mm256_slli_epi32(_mm256_castps_si256(biased), 23);
        return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(value), exponent));
    }

    static float sum(Float v) {
        __m128 x = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
        x = _mm_add_ps(x, _mm_movehl_ps(x, x));
        return _mm_cvtss_f32(_mm_add_ss(x, _mm_movehdup_ps(x)));
    }
    static float max_lane(Float v) {
        __m128 x = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
        x = _mm_max_ps(x, _mm_movehl_ps(x, x));
        return _mm_cvtss_f32(_mm_max_ss(x, _mm_movehdup_ps(x)));
    }

    static Float load(const F32* p) { return _mm256_loadu_ps(&p->value); }
    static Float load(const Bf16* p) {
        const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
        return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(half), 16));
    }
    static Float load(const F16* p) {
        return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    }

    static void store(F32* p, Float v) { _mm256_storeu_ps(&p->value, v); }
    static void store(Bf16* p, Float v) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), to_bf16(v)); }
    static void store(F16* p, Float v) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), to_f16(v)); }

    // Past the caches; p is aligned to the bytes stored.
    static void stream(F32* p, Float v) { _mm256_stream_ps(&p->value, v); }
    static void stream(Bf16* p, Float v) { _mm_stream_si128(reinterpret_cast<__m128i*>(p), to_bf16(v)); }
    static void stream(F16* p, Float v) { _mm_stream_si128(reinterpret_cast<__m128i*>(p), to_f16(v)); }
    static void stream_fence() { _mm_sfence(); }

  private:
    // To nearest even: half an ulp less than a tie is added, and one more where the kept bits are odd.
    static __m128i to_bf16(Float v) {
        const __m256i bits = _mm256_castps_si256(v);
        const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
        __m256i rounded = _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7FFF)));
        const __m256i quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x00400000));
        const __m256 nan = _mm256_cmp_ps(v, v, _CMP_UNORD_Q);
        rounded = _mm256_blendv_epi8(rounded, quiet, _mm256_castps_si256(nan));
        const __m256i high = _mm256_srli_epi32(rounded, 16);
        return _mm_packus_epi32(_mm256_castsi256_si128(high), _mm256_extracti128_si256(high, 1));
    }
    static __m128i to_f16(Float v) { return _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
};

}  // namespace
}  // namespace leash::cpu

#endif
