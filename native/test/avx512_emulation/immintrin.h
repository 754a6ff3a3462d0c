// Stands in for <immintrin.h> when avx512.cpp is compiled for the tests: the 512-bit intrinsics that simd_avx512.h uses,
// lane by lane, so that its loops also run on processors that have AVX2 only. Each does what Intel's guide says of it.
#ifndef LEASH_TEST_AVX512_EMULATION_H
#define LEASH_TEST_AVX512_EMULATION_H

#include_next <immintrin.h>

#include <cstdint>
#include <cstring>

namespace leash::test {

// Types of our own: the compiler's __m512 is not to be passed around without the instruction set.
struct M512 {
    float lane[16];
};
struct M512I {
    uint32_t lane[16];
};

template <class Result, class Function>
Result by_lane(Function f) {
    Result result;
    for (int i = 0; i < 16; i++) result.lane[i] = f(i);
    return result;
}

template <class To, class From>
To bits_as(From from) {
    static_assert(sizeof(To) == sizeof(From), "a cast keeps the bits");
    To to;
    std::memcpy(&to, &from, sizeof to);
    return to;
}

inline M512 set1_ps(float a) {
    return by_lane<M512>([=](int) { return a; });
}
inline M512I set1_epi32(int a) {
    return by_lane<M512I>([=](int) { return static_cast<uint32_t>(a); });
}
inline M512 add_ps(M512 a, M512 b) {
    return by_lane<M512>([&](int i) { return a.lane[i] + b.lane[i]; });
}
inline M512 sub_ps(M512 a, M512 b) {
    return by_lane<M512>([&](int i) { return a.lane[i] - b.lane[i]; });
}
inline M512 mul_ps(M512 a, M512 b) {
    return by_lane<M512>([&](int i) { return a.lane[i] * b.lane[i]; });
}
inline M512 fmadd_ps(M512 a, M512 b, M512 c) {
    return by_lane<M512>([&](int i) { return __builtin_fmaf(a.lane[i], b.lane[i], c.lane[i]); });
}
inline M512 max_ps(M512 a, M512 b) {
    return by_lane<M512>([&](int i) { return a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]; });
}
inline M512I add_epi32(M512I a, M512I b) {
    return by_lane<M512I>([&](int i) { return a.lane[i] + b.lane[i]; });
}
inline M512I and_si512(M512I a, M512I b) {
    return by_lane<M512I>([&](int i) { return a.lane[i] & b.lane[i]; });
}
inline M512I or_si512(M512I a, M512I b) {
    return by_lane<M512I>([&](int i) { return a.lane[i] | b.lane[i]; });
}
inline M512I slli_epi32(M512I a, unsigned count) {
    return by_lane<M512I>([&](int i) { return count > 31 ? 0 : a.lane[i] << count; });
}
inline M512I srli_epi32(M512I a, unsigned count) {
    return by_lane<M512I>([&](int i) { return count > 31 ? 0 : a.lane[i] >> count; });
}
inline M512I mask_mov_epi32(M512I otherwise, uint16_t mask, M512I a) {
    return by_lane<M512I>([&](int i) { return (mask >> i & 1) != 0 ? a.lane[i] : otherwise.lane[i]; });
}

template <int kPredicate>
uint16_t cmp_ps_mask(M512 a, M512 b) {
    static_assert(kPredicate == _CMP_GT_OQ || kPredicate == _CMP_EQ_OQ || kPredicate == _CMP_UNORD_Q,
                  "add the predicate here");
    uint16_t mask = 0;
    for (int i = 0; i < 16; i++) {
        const float x = a.lane[i];
        const float y = b.lane[i];
        const bool is = kPredicate == _CMP_GT_OQ   ? x > y
                        : kPredicate == _CMP_EQ_OQ ? x == y
                                                   : __builtin_isunordered(x, y);
        mask = static_cast<uint16_t>(mask | (is ? 1 << i : 0));
    }
    return mask;
}

inline float cvtss_f32(M512 a) { return a.lane[0]; }

template <class Register>
Register load(const void* p) {
    Register a;
    std::memcpy(&a, p, sizeof a);
    return a;
}
template <class Register>
void store(void* p, Register a) {
    std::memcpy(p, &a, sizeof a);
}
// The instruction faults where p is not aligned.
template <class Register>
void stream(void* p, Register a) {
    if (reinterpret_cast<uintptr_t>(p) % 64 != 0) __builtin_trap();
    store(p, a);
}

inline __m256 half(M512 a, int index) {
    __m256 half;
    std::memcpy(&half, a.lane + 8 * index, sizeof half);
    return half;
}
inline M512 cvtph_ps(__m256i a) {
    const __m256 low = _mm256_cvtph_ps(_mm256_castsi256_si128(a));
    const __m256 high = _mm256_cvtph_ps(_mm256_extracti128_si256(a, 1));
    M512 result;
    std::memcpy(result.lane, &low, sizeof low);
    std::memcpy(result.lane + 8, &high, sizeof high);
    return result;
}
// The upper half is undefined after the cast; NaN patterns show where it is used.
inline M512I castsi256_si512(__m256i a) {
    M512I result = set1_epi32(-1);
    std::memcpy(result.lane, &a, sizeof a);
    return result;
}
inline M512I inserti64x4(M512I a, __m256i b, int index) {
    std::memcpy(a.lane + 8 * index, &b, sizeof b);
    return a;
}
template <int kRounding>
__m256i cvtps_ph(M512 a) {
    return _mm256_set_m128i(_mm256_cvtps_ph(half(a, 1), kRounding & 7), _mm256_cvtps_ph(half(a, 0), kRounding & 7));
}

}  // namespace leash::test

#define __m512 leash::test::M512
#define __m512i leash::test::M512I
#define _mm512_set1_ps leash::test::set1_ps
#define _mm512_set1_epi32 leash::test::set1_epi32
#define _mm512_add_ps leash::test::add_ps
#define _mm512_sub_ps leash::test::sub_ps
#define _mm512_mul_ps leash::test::mul_ps
#define _mm512_fmadd_ps leash::test::fmadd_ps
#define _mm512_max_ps leash::test::max_ps
#define _mm512_add_epi32 leash::test::add_epi32
#define _mm512_and_si512 leash::test::and_si512
#define _mm512_or_si512 leash::test::or_si512
#define _mm512_slli_epi32 leash::test::slli_epi32
#define _mm512_srli_epi32 leash::test::srli_epi32
#define _mm512_mask_mov_epi32 leash::test::mask_mov_epi32
#define _mm512_cmp_ps_mask(a, b, predicate) leash::test::cmp_ps_mask<predicate>(a, b)
#define _mm512_castps_si512 leash::test::bits_as<leash::test::M512I, leash::test::M512>
#define _mm512_castsi512_ps leash::test::bits_as<leash::test::M512, leash::test::M512I>
#define _mm512_cvtss_f32 leash::test::cvtss_f32
#define _mm512_loadu_ps leash::test::load<leash::test::M512>
#define _mm512_loadu_si512 leash::test::load<leash::test::M512I>
#define _mm512_storeu_ps leash::test::store<leash::test::M512>
#define _mm512_storeu_si512 leash::test::store<leash::test::M512I>
#define _mm512_stream_ps leash::test::stream<leash::test::M512>
#define _mm512_stream_si512 leash::test::stream<leash::test::M512I>
#define _mm512_castps512_ps256(a) leash::test::half(a, 0)
#define _mm512_extractf32x8_ps leash::test::half
#define _mm512_castsi256_si512 leash::test::castsi256_si512
#define _mm512_inserti64x4 leash::test::inserti64x4
#define _mm512_cvtph_ps leash::test::cvtph_ps
#define _mm512_cvtps_ph(a, rounding) leash::test::cvtps_ph<rounding>(a)

#endif
