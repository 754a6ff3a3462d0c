// 2^y by one polynomial, for instruction sets without a faster way of their own. Include in their translation units only.
#ifndef LEASH_CPU_EXP2_H
#define LEASH_CPU_EXP2_H

namespace leash::cpu {
namespace {

// Adding 1.5 * 2^23 to a float of modest size leaves its integer part, to nearest, in the low bits of the sum.
constexpr float kRoundToInteger = 12582912.0f;

// Minimax polynomials of 2^f on |f| <= 1/2 in relative error, constant term 1, fitted with coefficients that are floats;
// the highest power first. Largest errors for -126 <= y < 127, exhaustively (make exp2-sweep): 1.95 ulp for degree 5 with a
// fused multiply-add, 2.16 without; 1.08 for degree 6 without.
constexpr float kExp2Degree5[] = {0x1.5bd97cp-10f, 0x1.3ce8b2p-7f, 0x1.c6b6dap-5f,
                                  0x1.ebf9c2p-3f,  0x1.62e42ap-1f, 1.0f};
constexpr float kExp2Degree6[] = {0x1.416b52p-13f, 0x1.5f082ep-10f, 0x1.3b2dep-7f, 0x1.c6af7cp-5f,
                                  0x1.ebfbdcp-3f,  0x1.62e430p-1f,  1.0f};

// n is the integer nearest to y, f = y - n. At y = -127 the polynomial is exactly 1 and the exponent field becomes exactly
// 0: what was clamped vanishes. NaN stays NaN.
template <class Simd, int kTerms>
inline typename Simd::Float exp2_by_polynomial(typename Simd::Float y, const float (&coefficients)[kTerms]) {
    using Float = typename Simd::Float;
    const Float magic = Simd::set(kRoundToInteger);
    const Float biased = Simd::add(y, magic);
    const Float f = Simd::sub(y, Simd::sub(biased, magic));
    Float p = Simd::set(coefficients[0]);
    for (int i = 1; i < kTerms; ++i) p = Simd::fma(p, f, Simd::set(coefficients[i]));
    return Simd::add_to_exponent(p, biased);
}

}  // namespace
}  // namespace leash::cpu

#endif
