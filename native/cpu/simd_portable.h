// Four lanes in the compiler's own vector extension: the vector type that row_loops.h is instantiated with in
// portable.cpp, for any processor. Multiplication and addition are rounded separately.
#ifndef LEASH_CPU_SIMD_PORTABLE_H
#define LEASH_CPU_SIMD_PORTABLE_H

#include <cstdint>
#include <cstring>

#include "dtype.h"
#include "elements.h"

namespace leash::cpu {
namespace {

struct Simd {
    typedef float Float __attribute__((vector_size(16)));
    typedef uint32_t Bits __attribute__((vector_size(16)));
    static constexpr int kLanes = 4;

    static Float set(float value) { return Float{value, value, value, value}; }
    static Float add(Float a, Float b) { return a + b; }
    static Float sub(Float a, Float b) { return a - b; }
    static Float mul(Float a, Float b) { return a * b; }
    static Float fma(Float a, Float b, Float c) { return a * b + c; }
    // b where either is NaN.
    static Float max(Float a, Float b) { return a > b ? a : b; }
    static bool any_greater(Float a, Float b) {
        const auto greater = a > b;
        return (greater[0] | greater[1] | greater[2] | greater[3]) != 0;
    }
    // Bit i set where lane i is equal.
    static uint32_t equal_mask(Float a, Float b) {
        uint32_t mask = 0;
        for (int i = 0; i < kLanes; ++i) mask |= static_cast<uint32_t>(a[i] == b[i]) << i;
        return mask;
    }
    // value 2^n for the integer n whose low bits are those of biased, a float near 1.5 * 2^23.
    static Float scale_by_biased(Float value, Float biased) {
        return reinterpret_cast<Float>(reinterpret_cast<Bits>(value) + (reinterpret_cast<Bits>(biased) << 23));
    }

    static float sum(Float v) { return (v[0] + v[2]) + (v[1] + v[3]); }
    static float max_lane(Float v) {
        const float a = v[0] > v[2] ? v[0] : v[2];
        const float b = v[1] > v[3] ? v[1] : v[3];
        return a > b ? a : b;
    }

    static Float load(const F32* p) {
        Float v;
        std::memcpy(&v, p, sizeof v);
        return v;
    }
    static Float load(const Bf16* p) { return Float{from(p[0]), from(p[1]), from(p[2]), from(p[3])}; }
    static Float load(const F16* p) { return Float{from(p[0]), from(p[1]), from(p[2]), from(p[3])}; }

    static void store(F32* p, Float v) { std::memcpy(p, &v, sizeof v); }
    static void store(Bf16* p, Float v) {
        for (int i = 0; i < kLanes; ++i) p[i].bits = float_to_bf16(v[i]);
    }
    static void store(F16* p, Float v) {
        for (int i = 0; i < kLanes; ++i) p[i].bits = float_to_f16(v[i]);
    }

    // There is no portable way past the caches.
    template <class T>
    static void stream(T* p, Float v) {
        store(p, v);
    }
    static void stream_fence() {}

  private:
    static float from(Bf16 h) { return bf16_to_float(h.bits); }
    static float from(F16 h) { return f16_to_float(h.bits); }
};

}  // namespace
}  // namespace leash::cpu

#endif
