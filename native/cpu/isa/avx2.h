// Eight lanes of AVX2 with FMA and F16C: the vector type of the loops (row_loops.h), compiled by loops.cpp.
// Include it there only: its functions are compiled for instructions that the processor may lack.
#ifndef LEASH_CPU_ISA_AVX2_H
#define LEASH_CPU_ISA_AVX2_H

#include <immintrin.h>

#include <cstdint>

#include "cpu/isa/elements.h"

namespace leash::cpu {
namespace {

struct Simd {
    using Float = __m256;
    static constexpr int kLanes = 8;
    static constexpr bool kFused = true;  // fma rounds once
    static constexpr bool kKeepsTermsOfF32 = true;

    static Float set(float value) { return _mm256_set1_ps(value); }
    static Float add(Float a, Float b) { return _mm256_add_ps(a, b); }
    static Float sub(Float a, Float b) { return _mm256_sub_ps(a, b); }
    static Float mul(Float a, Float b) { return _mm256_mul_ps(a, b); }
    static Float fma(Float a, Float b, Float c) { return _mm256_fmadd_ps(a, b, c); }
    // b if either is NaN.
    static Float max(Float a, Float b) { return _mm256_max_ps(a, b); }
    static bool any_equal(Float a, Float b) { return _mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_EQ_OQ)) != 0; }
    static bool any_greater(Float a, Float b) { return _mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ)) != 0; }

    // 2^y for -127 <= y < 127, at most 1.46 ulp off from -126 on (exhaustively: make exp2-sweep). With n / 8 the multiple
    // of 1/8 nearest to y and f = y - n / 8, |f| <= 1/16: a table of 2^(k/8), k = n mod 8, whose exponent is raised by the
    // rest of n, times a minimax polynomial 1 + f p of degree 3. Three multiply-adds instead of five: on Zen 3 each takes
    // the issue slots of two other operations, which makes sums 14 % faster. At y = -127 the table gives exactly 0: clamped
    // terms vanish. NaN stays NaN.
    static Float exp2(Float y) {
        const Float magic = set(12582912.0f / 8);  // leaves n in the low bits of the sum
        const Float biased = add(y, magic);
        const Float f = sub(y, sub(biased, magic));
        // The low three bits of n stay in the index when it is shifted into the exponent: each entry has them taken off.
        const __m256i table = _mm256_setr_epi32(0x3F800000, 0x3F8B95C2 - (1 << 20), 0x3F9837F0 - (2 << 20),
                                                0x3FA5FED7 - (3 << 20), 0x3FB504F3 - (4 << 20),
                                                0x3FC5672A - (5 << 20), 0x3FD744FD - (6 << 20),
                                                0x3FEAC0C7 - (7 << 20));
        const __m256i n = _mm256_castps_si256(biased);
        const Float power = _mm256_castsi256_ps(
            _mm256_add_epi32(_mm256_permutevar8x32_epi32(table, n), _mm256_slli_epi32(n, 20)));
        Float p = fma(set(0x1.c690e0p-5f), f, set(0x1.ec0c22p-3f));
        p = fma(p, f, set(0x1.62e432p-1f));
        return fma(p, mul(f, power), power);
    }

    static float first_lane(Float v) { return _mm256_cvtss_f32(v); }
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

    // 2 kLanes elements. The order of the lanes is unspecified, but load and store agree on it.
    static void load_pair(const F32* p, Float* v) {
        v[0] = _mm256_loadu_ps(&p->value);
        v[1] = _mm256_loadu_ps(&p[kLanes].value);
    }
    static void load_pair(const F16* p, Float* v) {
        v[0] = _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
        v[1] = _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p + kLanes)));
    }
    // Even elements, then odd ones: one operation each instead of a widening and a shift.
    static void load_pair(const Bf16* p, Float* v) {
        const __m256i both = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
        v[0] = _mm256_castsi256_ps(_mm256_slli_epi32(both, 16));
        v[1] = _mm256_castsi256_ps(_mm256_and_si256(both, high_half()));
    }

    template <bool kStreaming>
    static void store_pair(F32* p, const Float* v) {
        if (kStreaming) {
            _mm256_stream_ps(&p->value, v[0]);
            _mm256_stream_ps(&p[kLanes].value, v[1]);
        } else {
            _mm256_storeu_ps(&p->value, v[0]);
            _mm256_storeu_ps(&p[kLanes].value, v[1]);
        }
    }
    template <bool kStreaming>
    static void store_pair(F16* p, const Float* v) {
        store_bytes<kStreaming>(p, _mm256_setr_m128i(to_f16(v[0]), to_f16(v[1])));
    }
    template <bool kStreaming>
    static void store_pair(Bf16* p, const Float* v) {
        store_bytes<kStreaming>(p, round_to_bf16(_mm256_castps_si256(v[0]), _mm256_castps_si256(v[1])));
    }
    // Stores one vector past the caches; `to` is aligned.
    static void stream(const char* from, char* to) {
        _mm256_stream_si256(reinterpret_cast<__m256i*>(to), _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
    }
    // Makes streaming stores visible in order with others.
    static void stream_fence() { _mm_sfence(); }
    // Force-inlined: g++ drops calls of a function that only prefetches.
    __attribute__((always_inline)) static void prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0); }

  private:
    static __m256i high_half() { return _mm256_set1_epi32(static_cast<int>(0xFFFF0000)); }

    template <bool kStreaming>
    static void store_bytes(void* p, __m256i v) {
        if (kStreaming) {
            _mm256_stream_si256(static_cast<__m256i*>(p), v);
        } else {
            _mm256_storeu_si256(static_cast<__m256i*>(p), v);
        }
    }
    // The high halves of even elements and odd ones, in the order of load_pair, rounded to nearest even: one more where the
    // low half plus 0x7FFF plus the last bit kept carries, which is the top bit of an average. The low half of a NaN is clear
    // (plain_nan in row_loops.h), else the carry could turn it into a number.
    static __m256i round_to_bf16(__m256i even, __m256i odd) {
        const __m256i kept = _mm256_blend_epi16(_mm256_srli_epi32(even, 16), odd, 0xAA);
        const __m256i lost = _mm256_blend_epi16(even, _mm256_slli_epi32(odd, 16), 0xAA);
        const __m256i last_bit = _mm256_and_si256(kept, _mm256_set1_epi16(1));
        const __m256i average = _mm256_avg_epu16(lost, _mm256_or_si256(last_bit, _mm256_set1_epi16(0x7FFE)));
        return _mm256_add_epi16(kept, _mm256_srli_epi16(average, 15));
    }
    static __m128i to_f16(Float v) { return _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
};

}  // namespace
}  // namespace leash::cpu

#endif
