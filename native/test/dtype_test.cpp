// Conversions: all 65536 cases from half precision, and neighbours of rounding boundaries from f32.
#include "math/dtype.h"

#include <cmath>
#include <cstdint>
#include <limits>

#include "test/harness.h"
#include "test/values.h"

using namespace leash;

namespace {

// The value of a half by its definition: (-1)^sign 2^(exponent - 15) 1.fraction, or subnormal.
double f16_by_definition(uint16_t h) {
    const int exponent = (h >> 10) & 31;
    const int fraction = h & 1023;
    const double sign = (h & 0x8000) != 0 ? -1.0 : 1.0;
    if (exponent == 31) return fraction == 0 ? sign * INFINITY : NAN;
    if (exponent == 0) return sign * std::ldexp(fraction, -24);
    return sign * std::ldexp(1024 + fraction, exponent - 25);
}

bool same(double a, double b) { return a == b ? std::signbit(a) == std::signbit(b) : std::isnan(a) && std::isnan(b); }

struct Format {
    const char* name;
    float (*widen)(uint16_t);
    uint16_t (*narrow)(float);
    uint16_t infinity;
};

const Format kFormats[] = {{"bf16", bf16_to_float, float_to_bf16, 0x7f80}, {"f16", f16_to_float, float_to_f16, 0x7c00}};

// Checks narrow(value) against both neighbours in the format: neither is nearer, and ties go to even. Next to the largest finite
// value, infinity counts as one more step of the same size.
void check_rounding(const Format& format, float value) {
    const uint16_t got = format.narrow(value);
    const uint16_t magnitude = got & 0x7fff;
    CHECK_EQ(std::signbit(value), (got & 0x8000) != 0);
    if (std::isinf(value)) {
        CHECK_EQ(magnitude, format.infinity);
        return;
    }
    const auto value_of = [&](int bits) -> double {
        if (bits < format.infinity) return format.widen(static_cast<uint16_t>(bits));
        const double last = format.widen(static_cast<uint16_t>(format.infinity - 1));
        return last + (last - format.widen(static_cast<uint16_t>(format.infinity - 2)));
    };
    const double target = std::fabs(static_cast<double>(value));
    const double error = std::fabs(value_of(magnitude) - target);
    if (magnitude > 0) {
        const double below = std::fabs(value_of(magnitude - 1) - target);
        CHECK(error < below || (error == below && magnitude % 2 == 0));
    }
    if (magnitude < format.infinity) {
        const double above = std::fabs(value_of(magnitude + 1) - target);
        CHECK(error < above || (error == above && magnitude % 2 == 0));
    } else {
        CHECK_EQ(magnitude, format.infinity);
    }
}

}  // namespace

TEST(f16_values_widen_exactly) {
    for (int h = 0; h < 65536; h++) {
        const auto bits = static_cast<uint16_t>(h);
        CHECK(same(f16_to_float(bits), f16_by_definition(bits)));
    }
}

TEST(half_values_survive_a_round_trip) {
    for (const Format& format : kFormats) {
        const test::Context context(format.name);
        for (int h = 0; h < 65536; h++) {
            const auto bits = static_cast<uint16_t>(h);
            const bool nan = (bits & 0x7fff) > format.infinity;
            const uint16_t back = format.narrow(format.widen(bits));
            if (nan) {
                CHECK((back & 0x7fff) > format.infinity);
                CHECK_EQ(back & 0x8000, bits & 0x8000);
            } else {
                CHECK_EQ(back, bits);
            }
        }
    }
}

TEST(narrowing_rounds_to_nearest_even) {
    for (const Format& format : kFormats) {
        const test::Context context(format.name);
        // Each boundary between two neighbours, and the floats beside it.
        for (int h = 0; h < format.infinity; h++) {
            const double low = format.widen(static_cast<uint16_t>(h));
            const double high = h + 1 < format.infinity
                                    ? static_cast<double>(format.widen(static_cast<uint16_t>(h + 1)))
                                    : 2 * low - format.widen(static_cast<uint16_t>(h - 1));
            const auto middle = static_cast<float>((low + high) / 2);
            for (const float value : {middle, std::nextafter(middle, 0.0f), std::nextafter(middle, INFINITY)}) {
                check_rounding(format, value);
                check_rounding(format, -value);
            }
        }
        test::Random random(7);
        for (int i = 0; i < 200000; i++) {
            const float value = float_of(random.bits());
            if (!std::isnan(value)) check_rounding(format, value);
        }
    }
}

TEST(narrowing_preserves_nan) {
    test::Random random(11);
    for (const Format& format : kFormats) {
        const test::Context context(format.name);
        for (uint32_t payload = 1; payload < 0x800000; payload += 1 + random.bits() % 512) {
            for (const uint32_t sign : {0u, 0x80000000u}) {
                const uint16_t half = format.narrow(float_of(sign | 0x7f800000u | payload));
                CHECK((half & 0x7fff) > format.infinity);
                CHECK_EQ(half >> 15, static_cast<int>(sign >> 31));
            }
        }
    }
}

TEST(dtypes_have_their_sizes) {
    CHECK_EQ(dtype_bytes(LEASH_F32), 4);
    CHECK_EQ(dtype_bytes(LEASH_BF16), 2);
    CHECK_EQ(dtype_bytes(LEASH_F16), 2);
    CHECK_EQ(dtype_bytes(-1), 0);
    CHECK_EQ(dtype_bytes(3), 0);
}
