// Test data: a small random generator, and rows of logits that are difficult for kernels.
#ifndef LEASH_TEST_VALUES_H
#define LEASH_TEST_VALUES_H

#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "math/dtype.h"

namespace leash::test {

// xorshift64*, so that rows are the same on every platform.
class Random {
  public:
    explicit Random(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}

    uint32_t bits() {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return static_cast<uint32_t>((state_ * 0x2545f4914f6cdd1du) >> 32);
    }
    double uniform() { return (bits() + 0.5) * 0x1p-32; }
    double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307179586 * uniform()); }
    int64_t below(int64_t bound) { return static_cast<int64_t>(uniform() * static_cast<double>(bound)); }

  private:
    uint64_t state_;
};

enum class Rows {
    kNormal,
    kBlocks,         // alternating stretches of +20 and -20
    kAscending,      // a new maximum all the time
    kSteep,          // a maximum that rises by thousands
    kDescending,
    kFarFromZero,    // offset 100
    kVeryNegative,   // about -1e4
    kOneHot,         // one of 1e4 among zeros
    kPeaked,         // one token with nearly all the mass
    kConstant,
    kLevel,          // one token, and equal others with as much mass together
    kHalfMasked,     // every other logit -inf
    kMaskedStart,    // all but the end -inf, and the end far below 0
};

constexpr Rows kAllRows[] = {Rows::kNormal,     Rows::kBlocks,      Rows::kAscending,    Rows::kSteep,
                             Rows::kDescending, Rows::kFarFromZero, Rows::kVeryNegative, Rows::kOneHot,
                             Rows::kPeaked,     Rows::kConstant,    Rows::kLevel,        Rows::kHalfMasked,
                             Rows::kMaskedStart};

inline float logit_of(Rows kind, int64_t j, int64_t count, Random& random) {
    const double normal = random.normal();
    switch (kind) {
        case Rows::kNormal:
            return static_cast<float>(3 * normal);
        case Rows::kBlocks:
            return static_cast<float>((j / 37 % 2 == 0 ? 20 : -20) + normal);
        case Rows::kAscending:
            return static_cast<float>(static_cast<double>(j) * 100 / static_cast<double>(count) + 0.01 * normal);
        case Rows::kSteep:
            return static_cast<float>(static_cast<double>(j) * 3e4 / static_cast<double>(count) - 1e4);
        case Rows::kDescending:
            return static_cast<float>(static_cast<double>(count - j) * 300 / static_cast<double>(count) + normal);
        case Rows::kFarFromZero:
            return static_cast<float>(100 + normal);
        case Rows::kVeryNegative:
            return static_cast<float>(-1e4 + normal);
        case Rows::kOneHot:
            return j == count / 2 ? 1e4f : 0.0f;
        case Rows::kPeaked:
            return static_cast<float>(j == count / 3 ? 24 : normal);
        case Rows::kConstant:
            return 0.5f;
        case Rows::kLevel:
            return j == count / 2 ? 0.0f : static_cast<float>(-std::log(static_cast<double>(count)));
        case Rows::kHalfMasked:
            return j % 2 == 0 && j + 1 < count ? -INFINITY : static_cast<float>(normal);
        case Rows::kMaskedStart:
            return j < count - 1 - count / 4 ? -INFINITY : static_cast<float>(normal - 200);
    }
    return 0;
}

inline void put_element(void* row, int64_t index, float value, int32_t dtype) {
    if (dtype == LEASH_F32) {
        std::memcpy(static_cast<char*>(row) + index * 4, &value, sizeof value);
    } else {
        const uint16_t half = dtype == LEASH_BF16 ? float_to_bf16(value) : float_to_f16(value);
        std::memcpy(static_cast<char*>(row) + index * 2, &half, sizeof half);
    }
}

inline float get_element(const void* row, int64_t index, int32_t dtype) {
    if (dtype == LEASH_F32) {
        float value;
        std::memcpy(&value, static_cast<const char*>(row) + index * 4, sizeof value);
        return value;
    }
    uint16_t half;
    std::memcpy(&half, static_cast<const char*>(row) + index * 2, sizeof half);
    return dtype == LEASH_BF16 ? bf16_to_float(half) : f16_to_float(half);
}

inline const char* dtype_name(int32_t dtype) {
    constexpr const char* kNames[] = {"f32", "bf16", "f16"};
    return kNames[dtype];
}

// The error of rounding an f32 value to the dtype: half a unit in the last place.
inline double rounding_error(double value, int32_t dtype) {
    if (dtype == LEASH_F32) return 0;
    const double magnitude = std::fabs(value);
    return dtype == LEASH_BF16 ? magnitude * 0x1p-8 + 0x1p-134 : magnitude * 0x1p-11 + 0x1p-25;
}

}  // namespace leash::test

#endif
