// Sixteen lanes of AVX-512 (F, BW, VL, DQ): the vector type of the loops (row_loops.h), compiled by loops.cpp.
// Include it there only: its functions are compiled for instructions that the processor may lack.
#ifndef LEASH_CPU_ISA_AVX512_H
#define LEASH_CPU_ISA_AVX512_H

#include <immintrin.h>

#include <cstdint>

#include "cpu/isa/elements.h"

namespace leash::cpu {
namespace {

struct Simd {
    using Float = __m512;
    static constexpr int kLanes = 16;
    static constexpr bool kFused = true;  // fma rounds once
    // With kept terms policy gradients of 32k to 262k logits are 1.1 to 1.4 times as fast in bf16 on Zen 5, but 0.7 to 1.1 times in
    // f32, whose rows and terms fill more of the caches.
    static constexpr bool kKeepsTermsOfF32 = false;

    static Float set(float value) { return _mm512_set1_ps(value); }
    static Float add(Float a, Float b) { return _mm512_add_ps(a, b); }
    static Float sub(Float a, Float b) { return _mm512_sub_ps(a, b); }
    static Float mul(Float a, Float b) { return _mm512_mul_ps(a, b); }
    static Float fma(Float a, Float b, Float c) { return _mm512_fmadd_ps(a, b, c); }
    // b if either is NaN.
    static Float max(Float a, Float b) { return _mm512_max_ps(a, b); }
    static bool any_equal(Float a, Float b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ) != 0; }
    static bool any_greater(Float a, Float b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ) != 0; }

    // 2^y for -127 <= y < 127, at most 1.9968 ulp off from -126 on (exhaustively: make exp2-sweep). As in avx2.h, with
    // the multiple n / 32 nearest to y, |f| <= 1/64, in two registers that one instruction looks up, and a minimax polynomial
    // 1 + f p of degree 2. On Zen 4 sums are 7 % faster than with five multiply-adds and no table; vscalefps and vreduceps
    // would save three operations, but take two cycles each there.
    static Float exp2(Float y) {
        const Float magic = set(12582912.0f / 32);  // leaves n in the low bits of the sum
        const Float biased = add(y, magic);
        const Float f = sub(y, sub(biased, magic));
        // 2^(k/32), less the low five bits of n = k that are shifted into the exponent with the rest of n.
        const __m512i low = _mm512_setr_epi32(0x3F800000, 0x3F7ECD87, 0x3F7DAAC3, 0x3F7C980F, 0x3F7B95C2, 0x3F7AA43A,
                                              0x3F79C3D3, 0x3F78F4F0, 0x3F7837F0, 0x3F778D3A, 0x3F76F532, 0x3F767043,
                                              0x3F75FED7, 0x3F75A15B, 0x3F75583F, 0x3F7523F6);
        const __m512i high = _mm512_setr_epi32(0x3F7504F3, 0x3F74FBAF, 0x3F7508A4, 0x3F752C4D, 0x3F75672A, 0x3F75B9BE,
                                               0x3F76248C, 0x3F76A81E, 0x3F7744FD, 0x3F77FBB8, 0x3F78CCDF, 0x3F79B907,
                                               0x3F7AC0C7, 0x3F7BE4BA, 0x3F7D257D, 0x3F7E83B3);
        const __m512i n = _mm512_castps_si512(biased);
        const Float power = _mm512_castsi512_ps(
            _mm512_add_epi32(_mm512_permutex2var_epi32(low, n, high), _mm512_slli_epi32(n, 18)));
        const Float p = fma(set(0x1.ebfbep-3f), f, set(0x1.62e584p-1f));
        return fma(p, mul(f, power), power);
    }

    static float first_lane(Float v) { return _mm512_cvtss_f32(v); }
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

    // 2 kLanes elements. The order of the lanes is unspecified, but load and store agree on it.
    static void load_pair(const F32* p, Float* v) {
        v[0] = _mm512_loadu_ps(&p->value);
        v[1] = _mm512_loadu_ps(&p[kLanes].value);
    }
    static void load_pair(const F16* p, Float* v) {
        v[0] = _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
        v[1] = _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + kLanes)));
    }
    // Even elements, then odd ones: one operation each instead of a widening and a shift.
    static void load_pair(const Bf16* p, Float* v) {
        const __m512i both = _mm512_loadu_si512(p);
        v[0] = _mm512_castsi512_ps(_mm512_slli_epi32(both, 16));
        v[1] = _mm512_castsi512_ps(_mm512_and_si512(both, high_half()));
    }

    template <bool kStreaming>
    static void store_pair(F32* p, const Float* v) {
        if (kStreaming) {
            _mm512_stream_ps(&p->value, v[0]);
            _mm512_stream_ps(&p[kLanes].value, v[1]);
        } else {
            _mm512_storeu_ps(&p->value, v[0]);
            _mm512_storeu_ps(&p[kLanes].value, v[1]);
        }
    }
    template <bool kStreaming>
    static void store_pair(F16* p, const Float* v) {
        store_bytes<kStreaming>(p, _mm512_inserti64x4(_mm512_castsi256_si512(to_f16(v[0])), to_f16(v[1]), 1));
    }
    template <bool kStreaming>
    static void store_pair(Bf16* p, const Float* v) {
        store_bytes<kStreaming>(p, round_to_bf16(_mm512_castps_si512(v[0]), _mm512_castps_si512(v[1])));
    }
    // Stores one vector past the caches; `to` is aligned.
    static void stream(const char* from, char* to) { _mm512_stream_si512(reinterpret_cast<__m512i*>(to), _mm512_loadu_si512(from)); }
    // Makes streaming stores visible in order with others.
    static void stream_fence() { _mm_sfence(); }
    // Force-inlined: g++ drops calls of a function that only prefetches.
    __attribute__((always_inline)) static void prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0); }

  private:
    static __m256 low(Float v) { return _mm512_castps512_ps256(v); }
    static __m256 high(Float v) { return _mm512_extractf32x8_ps(v, 1); }
    static __m512i high_half() { return _mm512_set1_epi32(static_cast<int>(0xFFFF0000)); }

    template <bool kStreaming>
    static void store_bytes(void* p, __m512i v) {
        if (kStreaming) {
            _mm512_stream_si512(static_cast<__m512i*>(p), v);
        } else {
            _mm512_storeu_si512(p, v);
        }
    }
    // The high halves of even elements and odd ones, in the order of load_pair, rounded to nearest even: one more where the
    // low half plus 0x7FFF plus the last bit kept carries, which is the top bit of an average. The low half of a NaN is clear
    // (plain_nan in row_loops.h), else the carry could turn it into a number.
    static __m512i round_to_bf16(__m512i even, __m512i odd) {
        const __m512i low_halves = _mm512_setr_epi32(0x00200000, 0x00220002, 0x00240004, 0x00260006, 0x00280008, 0x002A000A,
                                                     0x002C000C, 0x002E000E, 0x00300010, 0x00320012, 0x00340014, 0x00360016,
                                                     0x00380018, 0x003A001A, 0x003C001C, 0x003E001E);
        const __m512i high_halves = _mm512_or_si512(low_halves, _mm512_set1_epi16(1));
        const __m512i kept = _mm512_permutex2var_epi16(even, high_halves, odd);
        const __m512i lost = _mm512_permutex2var_epi16(even, low_halves, odd);
        const __m512i last_bit = _mm512_and_si512(kept, _mm512_set1_epi16(1));
        const __m512i average = _mm512_avg_epu16(lost, _mm512_or_si512(last_bit, _mm512_set1_epi16(0x7FFE)));
        return _mm512_add_epi16(kept, _mm512_srli_epi16(average, 15));
    }
    static __m256i to_f16(Float v) { return _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
};

}  // namespace
}  // namespace leash::cpu

#endif
