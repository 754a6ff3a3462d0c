// The element types of logits: their sizes, and conversions of one element to and from f32.
//
// Widening is exact. Narrowing rounds once, to nearest even; overflow becomes an infinity, and a NaN stays a NaN
// with its sign and leading payload bits, made quiet. No branch depends on the value, so that loops vectorise.
//
// Functions are static: translation units of different instruction sets must not share one compiled copy.
#ifndef LEASH_MATH_DTYPE_H
#define LEASH_MATH_DTYPE_H

#include <cstdint>
#include <cstring>

#include "leash.h"
#include "math/row_statistics.h"

namespace leash {

// Of one element; 0: there is no such dtype.
LEASH_HOST_DEVICE static inline int64_t dtype_bytes(int32_t dtype) {
    switch (dtype) {
#define LEASH_CASE(id, NAME, name, bytes) \
    case id:                              \
        return bytes;
        LEASH_DTYPES(LEASH_CASE)
#undef LEASH_CASE
        default:
            return 0;
    }
}

LEASH_HOST_DEVICE static inline uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

LEASH_HOST_DEVICE static inline float float_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

LEASH_HOST_DEVICE static inline float bf16_to_float(uint16_t element) {
    return float_of(static_cast<uint32_t>(element) << 16);
}

LEASH_HOST_DEVICE static inline uint16_t float_to_bf16(float value) {
    const uint32_t bits = bits_of(value);
    const uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    const uint32_t quiet_nan = (bits >> 16) | 0x40u;
    return static_cast<uint16_t>((bits & 0x7fffffffu) > 0x7f800000u ? quiet_nan : rounded);
}

LEASH_HOST_DEVICE static inline float f16_to_float(uint16_t element) {
    const uint32_t sign = (element & 0x8000u) << 16;
    const uint32_t magnitude = (element & 0x7fffu) << 13;
    // Exponent and fraction are now in the positions of f32, with a bias too small by 112: multiplication by a power of two
    // corrects it exactly, also for subnormals.
    const uint32_t finite = bits_of(float_of(magnitude) * 0x1p112f);
    const bool special = magnitude >= (0x7c00u << 13);
    return float_of(sign | (special ? magnitude | 0x7f800000u : finite));
}

LEASH_HOST_DEVICE static inline uint16_t float_to_f16(float value) {
    const uint32_t bits = bits_of(value);
    const uint32_t sign = (bits >> 16) & 0x8000u;
    const uint32_t magnitude = bits & 0x7fffffffu;
    // Rounding may carry into the exponent, up to infinity from 65520 on.
    const uint32_t normal = (magnitude - (112u << 23) + 0xfffu + ((magnitude >> 13) & 1u)) >> 13;
    // The last bit of 0.5 is the smallest subnormal, 2^-24, so the addition itself rounds.
    const uint32_t subnormal = bits_of(float_of(magnitude < 0x38800000u ? magnitude : 0u) + 0.5f) - bits_of(0.5f);
    const uint32_t quiet_nan = 0x7e00u | ((magnitude >> 13) & 0x3ffu);
    uint32_t result = magnitude < 0x38800000u ? subnormal : normal;
    result = magnitude >= 0x47800000u ? 0x7c00u : result;
    result = magnitude > 0x7f800000u ? quiet_nan : result;
    return static_cast<uint16_t>(sign | result);
}

}  // namespace leash

#endif
