// Errors of an instruction set's vector exponential, over a range of f32 bit patterns.
#ifndef LEASH_TEST_EXP2_ERRORS_H
#define LEASH_TEST_EXP2_ERRORS_H

#include <cmath>
#include <cstdint>
#include <vector>

#include "math/dtype.h"
#include "cpu/isa/loops.h"

namespace leash::test {

struct Exp2Errors {
    static constexpr int kBins = 10;  // of a quarter ulp; the last one takes the rest

    int64_t bins[kBins] = {};
    double largest_ulp = 0;
    float worst_input = 0;
    double signed_ulp = 0;
    int64_t count = 0;

    void add(float x, double exact, float got) {
        int exponent = 0;
        std::frexp(exact, &exponent);
        const double error = std::ldexp(static_cast<double>(got) - exact, 24 - exponent);
        const double size = std::fabs(error);
        // Not size > largest_ulp, so that NaN counts.
        if (!(size <= largest_ulp)) {
            largest_ulp = size;
            worst_input = x;
        }
        bins[size < kBins / 4.0 ? static_cast<int>(size * 4) : kBins - 1]++;
        signed_ulp += error;
        count++;
    }

    void add(const Exp2Errors& other) {
        for (int i = 0; i < kBins; i++) bins[i] += other.bins[i];
        if (!(other.largest_ulp <= largest_ulp)) {
            largest_ulp = other.largest_ulp;
            worst_input = other.worst_input;
        }
        signed_ulp += other.signed_ulp;
        count += other.count;
    }
};

// Adds the errors of all variants, in order, at the bit patterns first, first + stride, .. below end.
inline void add_exp2_errors(const std::vector<const cpu::Kernels*>& variants, uint32_t first, uint32_t end,
                            uint32_t stride, std::vector<Exp2Errors>* errors) {
    constexpr int kBlock = 4096;
    std::vector<float> x;
    std::vector<double> exact;
    std::vector<float> got(kBlock);
    for (uint64_t bits = first; bits < end;) {
        x.clear();
        exact.clear();
        for (; bits < end && x.size() < kBlock; bits += stride) {
            x.push_back(float_of(static_cast<uint32_t>(bits)));
            exact.push_back(std::exp2(static_cast<double>(x.back())));
        }
        for (size_t variant = 0; variant < variants.size(); variant++) {
            variants[variant]->exp2(x.data(), got.data(), static_cast<int64_t>(x.size()));
            for (size_t i = 0; i < x.size(); i++) (*errors)[variant].add(x[i], exact[i], got[i]);
        }
    }
}

// Bit patterns of the exponents in sums of exponentials: from -0 down to -126, whose power is the smallest normal number.
constexpr uint32_t kFirstUsed = 0x80000000u;
constexpr uint32_t kLastUsed = 0xc2fc0000u;

constexpr double kAllowedUlp = 2.0;

}  // namespace leash::test

#endif
