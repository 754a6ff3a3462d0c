// Sixteen lanes of AVX-512 (F, BW, VL, DQ): the vector type that row_loops.h is instantiated with in avx512.cpp.
// Include it there only: its functions are compiled for instructions that the processor may lack.
#ifndef LEASH_CPU_SIMD_AVX512_H
#define LEASH_CPU_SIMD_AVX512_H

#include <immintrin.h>

#include <cstdint>

#include "elements.h"

namespace leash::cpu {
namespace {

struct Simd {
    using Float = __m512;
    static constexpr int kLanes = 16;

    static Float set(float value) { return _mm512_set1_ps(value); }
    static Float add(Float a, Float b) { return _mm512_add_ps(a, b); }
    static Float sub(Float a, Float b) { return _mm512_sub_ps(a, b); }
    static Float mul(Float a, Float b) { return _mm512_mul_ps(a, b); }
    static Float fma(Float a, Float b, Float c) { return _mm512_fmadd_ps(a, b, c); }
    // b where either is NaN.
    static Float max(Float a, Float b) { return _mm512_max_ps(a, b); }
    static bool any_greater(Float a, Float b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ) != 0; }
    // Bit i set where lane i is equal.
    static uint32_t equal_mask(Float a, Float b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
    // value 2^n for the integer n whose low bits are those of biased, a float near 1.5 * 2^23.
    static Float scale_by_biased(Float value, Float biased) {
        const __m512i exponent = _mm512_slli_epi32(_mm512_castps_si512(biased), 23);
        return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(value), exponent));
    }

    static float sum(Float v) {
        const __m256 y = _mm256_add_ps(low(v), high(v));
        __m128 x = _mm_add_ps(_mm256_castps256_ps128(y), _mm256_extractf128_ps(y, 1));
        x = _mm_add_ps(x, _mm_movehl_ps(x, x));
        return _mm_cvtss_f32(_mm_add_ss(x, _mm_movehdup_ps(x)));
    }
    static float max_lane(Float v) {
        const __m256 y = _mm256_max_ps(low(v), high(v));
        __m128 x = _mm_max_ps(_mm256_castps256_ps128(y), _mm256_extractf128_ps(y, 1));
        x = _mm_max_ps(x, _mm_movehl_ps(x, x));
        return _mm_cvtss_f32(_mm_max_ss(x, _mm_movehdup_ps(x)));
    }

    static Float load(const F32* p) { return _mm512_loadu_ps(&p->value); }
    static Float load(const Bf16* p) {
        const __m256i half = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
        return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
    }
    static Float load(const F16* p) {
        return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
    }

    static void store(F32* p, Float v) { _mm512_storeu_ps(&p->value, v); }
    static void store(Bf16* p, Float v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), to_bf16(v)); }
    static void store(F16* p, Float v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), to_f16(v)); }

    // Past the caches; p is aligned to the bytes stored.
    static void stream(F32* p, Float v) { _mm512_stream_ps(&p->value, v); }
    static void stream(Bf16* p, Float v) { _mm256_stream_si256(reinterpret_cast<__m256i*>(p), to_bf16(v)); }
    static void stream(F16* p, Float v) { _mm256_stream_si256(reinterpret_cast<__m256i*>(p), to_f16(v)); }
    static void stream_fence() { _mm_sfence(); }

  private:
    static __m256 low(Float v) { return _mm512_castps512_ps256(v); }
    static __m256 high(Float v) { return _mm512_extractf32x8_ps(v, 1); }

    // To nearest even: half an ulp less than a tie is added, and one more where the kept bits are odd.
    static __m256i to_bf16(Float v) {
        const __m512i bits = _mm512_castps_si512(v);
        const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
        __m512i rounded = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF)));
        const __m512i quiet = _mm512_or_si512(bits, _mm512_set1_epi32(0x00400000));
        rounded = _mm512_mask_mov_epi32(rounded, _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q), quiet);
        return _mm512_cvtepi32_epi16(_mm512_srli_epi32(rounded, 16));
    }
    static __m256i to_f16(Float v) { return _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
};

}  // namespace
}  // namespace leash::cpu

#endif
