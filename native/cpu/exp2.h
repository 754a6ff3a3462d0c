// 2^y by one polynomial, for instruction sets without a faster way of their own. Include in their translation units only.
#ifndef LEASH_CPU_EXP2_H
#define LEASH_CPU_EXP2_H

namespace leash::cpu {
namespace {

// Adding 1.5 * 2^23 to a float of modest size leaves its integer part, to nearest, in the low bits of the sum.
constexpr float kRoundToInteger = 12582912.0f;

// At most 1.95 ulp off for -126 <= y < 127 (exhaustively: make exp2-sweep). With n the integer nearest to y and f = y - n,
// |f| <= 1/2, 2^f is a minimax polynomial of degree 5 with constant term 1, its coefficients fitted as floats. At
// y = -127 the polynomial is exactly 1 and the exponent field becomes exactly 0: what was clamped vanishes. NaN stays NaN.
template <class Simd>
inline typename Simd::Float exp2_by_polynomial(typename Simd::Float y) {
    using Float = typename Simd::Float;
    const Float magic = Simd::set(kRoundToInteger);
    const Float biased = Simd::add(y, magic);
    const Float f = Simd::sub(y, Simd::sub(biased, magic));
    Float p = Simd::set(0x1.5bd97cp-10f);
    p = Simd::fma(p, f, Simd::set(0x1.3ce8b2p-7f));
    p = Simd::fma(p, f, Simd::set(0x1.c6b6dap-5f));
    p = Simd::fma(p, f, Simd::set(0x1.ebf9c2p-3f));
    p = Simd::fma(p, f, Simd::set(0x1.62e42ap-1f));
    p = Simd::fma(p, f, Simd::set(1.0f));
    return Simd::add_to_exponent(p, biased);
}

}  // namespace
}  // namespace leash::cpu

#endif
