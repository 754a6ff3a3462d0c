// Four lanes of the compiler's vector extension: the vector type of the loops (row_loops.h) for any processor. Multiplication
// and addition are rounded separately.
#ifndef LEASH_CPU_ISA_PORTABLE_H
#define LEASH_CPU_ISA_PORTABLE_H

#include <cstdint>
#include <cstring>

#include "math/dtype.h"
#include "cpu/isa/elements.h"

namespace leash::cpu {
namespace {

struct Simd {
    typedef float Float __attribute__((vector_size(16)));
    typedef uint32_t Bits __attribute__((vector_size(16)));
    static constexpr int kLanes = 4;
    static constexpr bool kFused = false;  // fma rounds once
    static constexpr bool kKeepsTermsOfF32 = true;

    static Float set(float value) { return Float{value, value, value, value}; }
    static Float add(Float a, Float b) { return a + b; }
    static Float sub(Float a, Float b) { return a - b; }
    static Float mul(Float a, Float b) { return a * b; }
    static Float fma(Float a, Float b, Float c) { return a * b + c; }
    // b if either is NaN.
    static Float max(Float a, Float b) { return a > b ? a : b; }
    static bool any_equal(Float a, Float b) {
        const auto equal = a == b;
        return (equal[0] | equal[1] | equal[2] | equal[3]) != 0;
    }
    static bool any_greater(Float a, Float b) {
        const auto greater = a > b;
        return (greater[0] | greater[1] | greater[2] | greater[3]) != 0;
    }
    // 2^y for -127 <= y < 127, at most 1.08 ulp off from -126 on (exhaustively: make exp2-sweep). With n the integer nearest
    // to y and f = y - n, |f| <= 1/2: a polynomial of 2^f, minimax in relative error with a constant term of 1 and
    // coefficients that are floats, whose exponent is raised by n. At y = -127 the polynomial is exactly 1 and the exponent
    // field becomes exactly 0: clamped terms vanish. NaN stays NaN.
    static Float exp2(Float y) {
        const Float magic = set(12582912.0f);  // 1.5 * 2^23 leaves n in the low bits of the sum
        const Float biased = add(y, magic);
        const Float f = sub(y, sub(biased, magic));
        constexpr float kCoefficients[] = {0x1.416b52p-13f, 0x1.5f082ep-10f, 0x1.3b2dep-7f, 0x1.c6af7cp-5f,
                                           0x1.ebfbdcp-3f,  0x1.62e430p-1f,  1.0f};
        Float p = set(0.0f);
        for (const float c : kCoefficients) p = fma(p, f, set(c));
        return reinterpret_cast<Float>(reinterpret_cast<Bits>(p) + (reinterpret_cast<Bits>(biased) << 23));
    }

    static float first_lane(Float v) { return v[0]; }
    static float sum(Float v) { return (v[0] + v[2]) + (v[1] + v[3]); }
    static float max_lane(Float v) {
        const float a = v[0] > v[2] ? v[0] : v[2];
        const float b = v[1] > v[3] ? v[1] : v[3];
        return a > b ? a : b;
    }

    // 2 kLanes elements.
    template <class T>
    static void load_pair(const T* p, Float* v) {
        for (int i = 0; i < 2; ++i) {
            const T* const q = p + i * kLanes;
            v[i] = Float{from(q[0]), from(q[1]), from(q[2]), from(q[3])};
        }
    }
    // There are no portable streaming stores: streaming is ignored.
    template <bool kStreaming, class T>
    static void store_pair(T* p, const Float* v) {
        for (int i = 0; i < 2 * kLanes; ++i) to(v[i / kLanes][i % kLanes], p + i);
    }
    static void stream(const char* from, char* to) { __builtin_memcpy(to, from, kLanes * sizeof(float)); }
    static void stream_fence() {}
    // Force-inlined: g++ drops calls of a function that only prefetches.
    __attribute__((always_inline)) static void prefetch(const void* p) { __builtin_prefetch(p); }

  private:
    static float from(F32 x) { return x.value; }
    static float from(Bf16 x) { return bf16_to_float(x.bits); }
    static float from(F16 x) { return f16_to_float(x.bits); }
    static void to(float value, F32* out) { out->value = value; }
    static void to(float value, Bf16* out) { out->bits = float_to_bf16(value); }
    static void to(float value, F16* out) { out->bits = float_to_f16(value); }
};

}  // namespace
}  // namespace leash::cpu

#endif
