// Replaces <immintrin.h> for the AVX-512 loops in tests on processors with only AVX2: the 512-bit intrinsics used by
// cpu/isa/avx512.h, with the semantics of Intel's guide.
#ifndef LEASH_TEST_AVX512_EMULATION_IMMINTRIN_H
#define LEASH_TEST_AVX512_EMULATION_IMMINTRIN_H

#include_next <immintrin.h>

#include <cstdint>
#include <cstring>

namespace leash::test {

// Own types, as the compiler's __m512 is limited to functions that use the instruction set.
typedef float M512 __attribute__((vector_size(64)));
typedef uint32_t M512I __attribute__((vector_size(64)));

inline M512 set1_ps(float a) { return a - M512{}; }
inline M512I set1_epi32(int a) { return static_cast<uint32_t>(a) + M512I{}; }
inline M512 add_ps(M512 a, M512 b) { return a + b; }
inline M512 sub_ps(M512 a, M512 b) { return a - b; }
inline M512 mul_ps(M512 a, M512 b) { return a * b; }
inline M512 max_ps(M512 a, M512 b) { return a > b ? a : b; }
inline M512I add_epi32(M512I a, M512I b) { return a + b; }
inline M512I and_si512(M512I a, M512I b) { return a & b; }
inline M512I or_si512(M512I a, M512I b) { return a | b; }
inline M512I slli_epi32(M512I a, unsigned count) { return count > 31 ? M512I{} : a << count; }
inline M512I castps_si512(M512 a) { return reinterpret_cast<M512I>(a); }
inline M512 castsi512_ps(M512I a) { return reinterpret_cast<M512>(a); }
inline float cvtss_f32(M512 a) { return a[0]; }

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
// The instruction faults if p is unaligned.
template <class Register>
void stream(void* p, Register a) {
    if (reinterpret_cast<uintptr_t>(p) % sizeof a != 0) __builtin_trap();
    store(p, a);
}

template <class Half, class Register>
Half half_of(const Register& a, int index) {
    return load<Half>(reinterpret_cast<const char*>(&a) + 32 * index);
}
template <class Register, class Half>
Register from_halves(Half low, Half high) {
    Register a;
    store(&a, low);
    store(reinterpret_cast<char*>(&a) + 32, high);
    return a;
}

inline __m256 half(M512 a, int index) { return half_of<__m256>(a, index); }
// The upper half is undefined after the cast; all ones reveal its use.
inline M512I castsi256_si512(__m256i a) { return from_halves<M512I>(a, _mm256_set1_epi32(-1)); }
inline M512I inserti64x4(M512I a, __m256i b, int index) {
    return index == 0 ? from_halves<M512I>(b, half_of<__m256i>(a, 1)) : from_halves<M512I>(half_of<__m256i>(a, 0), b);
}
inline M512 fmadd_ps(M512 a, M512 b, M512 c) {
    return from_halves<M512>(_mm256_fmadd_ps(half(a, 0), half(b, 0), half(c, 0)),
                             _mm256_fmadd_ps(half(a, 1), half(b, 1), half(c, 1)));
}
inline M512 cvtph_ps(__m256i a) {
    return from_halves<M512>(_mm256_cvtph_ps(_mm256_castsi256_si128(a)),
                             _mm256_cvtph_ps(_mm256_extracti128_si256(a, 1)));
}
template <int kRounding>
__m256i cvtps_ph(M512 a) {
    return _mm256_set_m128i(_mm256_cvtps_ph(half(a, 1), kRounding & 7), _mm256_cvtps_ph(half(a, 0), kRounding & 7));
}

template <int kPredicate>
uint16_t cmp_ps_mask(M512 a, M512 b) {
    const int low = _mm256_movemask_ps(_mm256_cmp_ps(half(a, 0), half(b, 0), kPredicate));
    const int high = _mm256_movemask_ps(_mm256_cmp_ps(half(a, 1), half(b, 1), kPredicate));
    return static_cast<uint16_t>(high << 8 | low);
}

inline M512I setr_epi32(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f, uint32_t g, uint32_t h,
                        uint32_t i, uint32_t j, uint32_t k, uint32_t l, uint32_t m, uint32_t n, uint32_t o, uint32_t p) {
    return M512I{a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p};
}
// Bits 0 to 3 of an index choose the element, bit 4 the table.
inline M512I permutex2var_epi32(M512I low, M512I index, M512I high) {
    M512I out;
    for (int i = 0; i < 16; ++i) out[i] = (index[i] & 16) != 0 ? high[index[i] & 15] : low[index[i] & 15];
    return out;
}

typedef uint16_t M512Words __attribute__((vector_size(64)));
inline M512I words(M512Words a) { return reinterpret_cast<M512I>(a); }
inline M512Words words(M512I a) { return reinterpret_cast<M512Words>(a); }
inline M512I set1_epi16(short a) { return words(static_cast<uint16_t>(a) + M512Words{}); }
inline M512I add_epi16(M512I a, M512I b) { return words(words(a) + words(b)); }
inline M512I srli_epi16(M512I a, unsigned count) { return count > 15 ? M512I{} : words(words(a) >> count); }
inline M512I avg_epu16(M512I a, M512I b) {
    M512Words out;
    for (int i = 0; i < 32; ++i) out[i] = static_cast<uint16_t>((words(a)[i] + words(b)[i] + 1) >> 1);
    return words(out);
}
// Bits 0 to 4 of an index choose the element, bit 5 the table.
inline M512I permutex2var_epi16(M512I low, M512I index, M512I high) {
    M512Words out;
    for (int i = 0; i < 32; ++i) {
        out[i] = (words(index)[i] & 32) != 0 ? words(high)[words(index)[i] & 31] : words(low)[words(index)[i] & 31];
    }
    return words(out);
}

}  // namespace leash::test

// Macros of the compiler, some only without optimisation.
#undef _mm512_setr_epi32
#undef _mm512_srli_epi16
#undef _mm512_slli_epi32
#undef _mm512_cmp_ps_mask
#undef _mm512_extractf32x8_ps
#undef _mm512_inserti64x4
#undef _mm512_cvtps_ph

#define __m512 leash::test::M512
#define __m512i leash::test::M512I
#define _mm512_set1_ps leash::test::set1_ps
#define _mm512_set1_epi32 leash::test::set1_epi32
#define _mm512_set1_epi16 leash::test::set1_epi16
#define _mm512_setr_epi32 leash::test::setr_epi32
#define _mm512_permutex2var_epi32 leash::test::permutex2var_epi32
#define _mm512_add_epi16 leash::test::add_epi16
#define _mm512_srli_epi16 leash::test::srli_epi16
#define _mm512_avg_epu16 leash::test::avg_epu16
#define _mm512_permutex2var_epi16 leash::test::permutex2var_epi16
#define _mm512_add_ps leash::test::add_ps
#define _mm512_sub_ps leash::test::sub_ps
#define _mm512_mul_ps leash::test::mul_ps
#define _mm512_fmadd_ps leash::test::fmadd_ps
#define _mm512_max_ps leash::test::max_ps
#define _mm512_add_epi32 leash::test::add_epi32
#define _mm512_and_si512 leash::test::and_si512
#define _mm512_or_si512 leash::test::or_si512
#define _mm512_slli_epi32 leash::test::slli_epi32
#define _mm512_cmp_ps_mask(a, b, predicate) leash::test::cmp_ps_mask<predicate>(a, b)
#define _mm512_castps_si512 leash::test::castps_si512
#define _mm512_castsi512_ps leash::test::castsi512_ps
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
