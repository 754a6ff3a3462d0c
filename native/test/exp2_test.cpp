// The vector exponential on a sample of its range; exp2_sweep.cpp covers all of it.
#include <cmath>
#include <string>
#include <vector>

#include "test/exp2_errors.h"
#include "test/harness.h"
#include "test/tested_kernels.h"
#include "test/values.h"

using namespace leash;
using namespace leash::test;

VARIANT_TEST(exp2_is_within_two_ulp) {
    const std::vector<const cpu::Kernels*>& variants = tested_kernels();
    std::vector<Exp2Errors> errors(variants.size());
    add_exp2_errors(variants, kFirstUsed, kLastUsed + 1, 4093, &errors);
    for (size_t i = 0; i < variants.size(); i++) {
        const Context context(std::string(variants[i]->name) + " at " + std::to_string(errors[i].worst_input));
        CHECK(errors[i].count > 250000);
        CHECK(errors[i].largest_ulp <= kAllowedUlp);
    }
}

VARIANT_TEST(exp2_maps_special_values) {
    for (const cpu::Kernels* kernels : tested_kernels()) {
        const Context context(kernels->name);
        const float in[] = {0.0f, -0.0f, -1.0f, -126.0f, -127.0f, -1000.0f, -INFINITY, std::nanf("")};
        float out[8];
        kernels->exp2(in, out, 8);
        CHECK_EQ(out[0], 1.0f);
        CHECK_EQ(out[1], 1.0f);
        CHECK_EQ(out[2], 0.5f);
        CHECK_EQ(out[3], 0x1p-126f);
        CHECK_EQ(out[4], 0.0f);
        CHECK_EQ(out[5], 0.0f);
        CHECK_EQ(out[6], 0.0f);
        CHECK(std::isnan(out[7]));
    }
}

VARIANT_TEST(exp2_of_subnormal_results_is_negligible) {
    for (const cpu::Kernels* kernels : tested_kernels()) {
        const Context context(kernels->name);
        for (float x = -126.0f; x > -127.5f; x -= 0x1p-10f) {
            float got = NAN;
            kernels->exp2(&x, &got, 1);
            CHECK(got >= 0 && got <= 0x1p-126f);
        }
    }
}

VARIANT_TEST(exp2_sum_agrees_with_exp2) {
    Random random(21);
    for (const cpu::Kernels* kernels : tested_kernels()) {
        const Context context(kernels->name);
        for (const int64_t count : {1, 7, 16, 63, 64, 65, 1000}) {
            std::vector<float> in(static_cast<size_t>(count));
            long double exact = 0;
            for (float& x : in) {
                x = static_cast<float>(-20 * random.uniform());
                exact += std::exp2(static_cast<long double>(x));
            }
            CHECK_NEAR(static_cast<long double>(kernels->exp2_sum(in.data(), count)), exact, exact * 0x1p-20L);
        }
    }
}
