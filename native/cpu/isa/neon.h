// Four lanes of NEON, which every AArch64 processor has: the vector type of the loops (row_loops.h), compiled by loops.cpp.
// Include it there only: it defines the one Simd of its translation unit.
#ifndef LEASH_CPU_ISA_NEON_H
#define LEASH_CPU_ISA_NEON_H

#include <arm_neon.h>

#include <cstdint>

#include "cpu/isa/elements.h"

namespace leash::cpu {
namespace {

struct Simd {
    using Float = float32x4_t;
    static constexpr int kLanes = 4;
    static constexpr bool kFused = true;  // fma rounds once
    static constexpr bool kKeepsTermsOfF32 = true;

    static Float set(float value) { return vdupq_n_f32(value); }
    static Float add(Float a, Float b) { return vaddq_f32(a, b); }
    static Float sub(Float a, Float b) { return vsubq_f32(a, b); }
    static Float mul(Float a, Float b) { return vmulq_f32(a, b); }
    static Float fma(Float a, Float b, Float c) { return vfmaq_f32(c, a, b); }
    // b if either is NaN, unlike the one instruction fmax.
    static Float max(Float a, Float b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
    static bool any_equal(Float a, Float b) { return vmaxvq_u32(vceqq_f32(a, b)) != 0; }
    static bool any_greater(Float a, Float b) { return vmaxvq_u32(vcgtq_f32(a, b)) != 0; }

    // 2^y for -127 <= y < 127, at most 0.7997 ulp off from -126 on (exhaustively: make exp2-sweep), by the polynomial
    // of portable.h with fused multiply-adds. At y = -127 it gives exactly 0: clamped terms vanish. NaN stays NaN.
    static Float exp2(Float y) {
        const Float magic = set(12582912.0f);  // leaves n in the low bits of the sum
        const Float biased = add(y, magic);
        const Float f = sub(y, sub(biased, magic));
        Float p = fma(set(0x1.416b52p-13f), f, set(0x1.5f082ep-10f));
        p = fma(p, f, set(0x1.3b2dep-7f));
        p = fma(p, f, set(0x1.c6af7cp-5f));
        p = fma(p, f, set(0x1.ebfbdcp-3f));
        p = fma(p, f, set(0x1.62e430p-1f));
        p = fma(p, f, set(1.0f));
        return vreinterpretq_f32_u32(vaddq_u32(vreinterpretq_u32_f32(p), vshlq_n_u32(vreinterpretq_u32_f32(biased), 23)));
    }

    static float first_lane(Float v) { return vgetq_lane_f32(v, 0); }
    static float sum(Float v) { return vaddv_f32(vadd_f32(vget_low_f32(v), vget_high_f32(v))); }
    static float max_lane(Float v) {
        const Float halves = max(v, vextq_f32(v, v, 2));
        return first_lane(max(halves, vextq_f32(halves, halves, 1)));
    }

    // 2 kLanes elements. The order of the lanes is unspecified, but load and store agree on it.
    static void load_pair(const F32* p, Float* v) {
        v[0] = vld1q_f32(&p->value);
        v[1] = vld1q_f32(&p[kLanes].value);
    }
    static void load_pair(const F16* p, Float* v) {
        const float16x8_t both = vreinterpretq_f16_u16(vld1q_u16(&p->bits));
        v[0] = vcvt_f32_f16(vget_low_f16(both));
        v[1] = vcvt_high_f32_f16(both);
    }
    // Even elements, then odd ones: a shift and a mask issue more often than widening shifts.
    static void load_pair(const Bf16* p, Float* v) {
        const uint32x4_t both = vreinterpretq_u32_u16(vld1q_u16(&p->bits));
        v[0] = vreinterpretq_f32_u32(vshlq_n_u32(both, 16));
        v[1] = vreinterpretq_f32_u32(vandq_u32(both, vdupq_n_u32(0xFFFF0000)));
    }

    // Stores past the caches exist only as an instruction that no compiler offers to C++: streaming is ignored.
    template <bool kStreaming>
    static void store_pair(F32* p, const Float* v) {
        vst1q_f32(&p->value, v[0]);
        vst1q_f32(&p[kLanes].value, v[1]);
    }
    template <bool kStreaming>
    static void store_pair(F16* p, const Float* v) {
        vst1q_u16(&p->bits, vreinterpretq_u16_f16(vcvt_high_f16_f32(vcvt_f16_f32(v[0]), v[1])));
    }
    template <bool kStreaming>
    static void store_pair(Bf16* p, const Float* v) {
        vst1q_u16(&p->bits, round_to_bf16(vreinterpretq_u16_f32(v[0]), vreinterpretq_u16_f32(v[1])));
    }
    static void stream(const char* from, char* to) { __builtin_memcpy(to, from, kLanes * sizeof(float)); }
    static void stream_fence() {}
    // Force-inlined: g++ drops calls of a function that only prefetches.
    __attribute__((always_inline)) static void prefetch(const void* p) { __builtin_prefetch(p); }

  private:
    // The high halves of even elements and odd ones, in the order of load_pair, rounded to nearest even: one more where the
    // low half plus 0x7FFF plus the last bit kept carries, which is the top bit of an average. The low half of a NaN is clear
    // (plain_nan in row_loops.h), else the carry could turn it into a number.
    static uint16x8_t round_to_bf16(uint16x8_t even, uint16x8_t odd) {
        const uint16x8_t kept = vtrn2q_u16(even, odd);
        const uint16x8_t lost = vtrn1q_u16(even, odd);
        const uint16x8_t last_bit = vandq_u16(kept, vdupq_n_u16(1));
        const uint16x8_t average = vrhaddq_u16(lost, vorrq_u16(last_bit, vdupq_n_u16(0x7FFE)));
        return vsraq_n_u16(kept, average, 15);
    }
};

}  // namespace
}  // namespace leash::cpu

#endif
