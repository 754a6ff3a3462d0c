// The operations from end to end, for every table of loops, against long double: values, gradients and sums of gradients.
#include "operations.h"

#include <cmath>
#include <vector>

#include "batch.h"
#include "harness.h"
#include "policy_loss.h"

using namespace leash;
using namespace leash::test;

namespace {

// What f32 logits arithmetic may cost: an exponent of size |z - max| is off by roundings of that size.
double value_tolerance(double value) { return 2e-6 * (1 + std::fabs(value)); }

// d(loss) with respect to a row's logprob, entropy and lse; that of logprob is known to logprob_error.
struct Coefficients {
    double logprob;
    double entropy;
    double lse;
    double logprob_error;
};

// Checks a row of gradients against the chain rule.
void check_gradient(const Batch& batch, const Reference& row, int64_t r, const Coefficients& g) {
    const double inverse_temperature = 1.0 / batch.temperatures[static_cast<size_t>(r)];
    const int32_t target = batch.targets[static_cast<size_t>(r)];
    const double spread = std::fabs(g.lse) + std::fabs(g.entropy * static_cast<double>(row.mean));
    double total = 0;
    for (int64_t j = 0; j < batch.vocab; j++) {
        const auto p = static_cast<double>(std::exp(row.logprob(j)));
        const double distance = p > 0 ? static_cast<double>(row.max - row.z[static_cast<size_t>(j)]) : 0;
        // dlogprob/dz_j = delta - p_j, without cancellation.
        const double d = j == target ? static_cast<double>(-std::expm1(row.logprob(j))) : -p;
        const double expected =
            inverse_temperature *
            (g.logprob * d + p * (g.entropy * (static_cast<double>(row.mean) + distance) + g.lse));
        // The terms by size; three roundings of the exponent, a few more of its power and of the sums.
        const double size = std::fabs(g.logprob * d) + p * (spread + std::fabs(g.entropy) * distance);
        const double relative = 4e-6 + 3 * 0x1p-24 * distance;
        CHECK_NEAR(static_cast<double>(batch.out(r, j)), expected,
                   inverse_temperature * (relative * size + g.logprob_error * std::fabs(d)) + 1e-30 +
                       rounding_error(expected, batch.dtype));
        total += static_cast<double>(batch.out(r, j));
    }
    const double scale = inverse_temperature * (std::fabs(g.logprob) + spread + std::fabs(g.entropy));
    if (batch.dtype == LEASH_F32) CHECK_NEAR(total, g.lse * inverse_temperature, 1e-5 * scale);
}

}  // namespace

TEST(log_softmax_agrees_with_long_double) {
    for_each_batch([](const cpu::Kernels& kernels, Batch& batch) {
        const leash_log_softmax_args args = {sizeof args, batch.row_arguments(), batch.output_argument()};
        cpu::log_softmax(device(3), kernels, args);
        for (int64_t r = 0; r < batch.rows; r++) {
            const Reference row(batch, r);
            for (int64_t j = 0; j < batch.vocab; j++) {
                const auto expected = static_cast<double>(row.logprob(j));
                const auto got = static_cast<double>(batch.out(r, j));
                if (std::isinf(expected)) {
                    CHECK_EQ(got, expected);
                } else {
                    CHECK_NEAR(got, expected, value_tolerance(expected) + rounding_error(expected, batch.dtype));
                }
            }
        }
        CHECK(batch.padding_untouched());
    });
}

TEST(token_statistics_and_entropy_agree_with_long_double) {
    for_each_batch([](const cpu::Kernels& kernels, Batch& batch) {
        Columns out(batch.rows);
        CHECK_EQ(token_statistics(batch, kernels, 3, &out).rows, 0);
        std::vector<float> entropy(static_cast<size_t>(batch.rows), kUntouched);
        const leash_entropy_args args = {sizeof args, batch.row_arguments(), entropy.data()};
        cpu::entropy(device(3), kernels, args);
        for (size_t r = 0; r < entropy.size(); r++) {
            const Reference row(batch, static_cast<int64_t>(r));
            const auto logprob = static_cast<double>(row.logprob(batch.targets[r]));
            if (std::isinf(logprob)) {
                CHECK_EQ(static_cast<double>(out.a[r]), logprob);
            } else {
                CHECK_NEAR(static_cast<double>(out.a[r]), logprob, 2e-6 * std::fabs(logprob) + 1e-12);
            }
            CHECK_NEAR(out.b[r], static_cast<double>(row.entropy()), value_tolerance(0) * (1 + out.b[r]));
            CHECK_NEAR(out.c[r], static_cast<double>(row.max + row.log_sum), value_tolerance(out.c[r]));
            CHECK_EQ(out.b[r], entropy[r]);
        }
        CHECK(batch.padding_untouched());
    });
}

TEST(logits_gradient_agrees_with_the_chain_rule) {
    for_each_batch([](const cpu::Kernels& kernels, Batch& batch) {
        Columns saved(batch.rows);
        token_statistics(batch, kernels, 3, &saved);
        const leash_logits_gradient_args args = {sizeof args,
                                                 batch.row_arguments(),
                                                 batch.targets.data(),
                                                 saved.statistics.data(),
                                                 batch.advantage.data(),
                                                 batch.weight.data(),
                                                 batch.old_logprob.data(),
                                                 batch.output_argument()};
        CHECK_EQ(cpu::logits_gradient(device(3), kernels, args).rows, 0);
        for (int64_t r = 0; r < batch.rows; r++) {
            const auto i = static_cast<size_t>(r);
            check_gradient(batch, Reference(batch, r), r,
                           {batch.advantage[i], batch.weight[i], batch.old_logprob[i], 0});
        }
        CHECK(batch.padding_untouched());
    });
}

TEST(policy_gradient_is_the_loss_and_its_chain_rule) {
    int moving = 0;
    for_each_batch([&](const cpu::Kernels& kernels, Batch& batch) {
        Columns out(batch.rows);
        CHECK_EQ(policy_gradient(batch, kernels, 3, batch.output_argument(), &out).rows, 0);
        for (int64_t r = 0; r < batch.rows; r++) {
            const auto i = static_cast<size_t>(r);
            const Reference row(batch, r);
            PolicyInputs<double> in = {};
            in.logprob = static_cast<double>(row.logprob(batch.targets[i]));
            in.entropy = static_cast<double>(row.entropy());
            in.advantage = batch.advantage[i];
            in.old_logprob = batch.old_logprob[i];
            in.reference_logprob = batch.reference_logprob[i];
            in.rollout_logprob = batch.rollout_logprob[i];
            in.weight = batch.weight[i];
            const PolicyResult<double> expected = policy_loss(policy(), in, true);
            CHECK_NEAR(static_cast<double>(out.a[i]), expected.loss, 1e-5 * (1 + std::fabs(expected.loss)));
            CHECK_NEAR(static_cast<double>(out.d[i]), expected.ratio, 1e-5 * expected.ratio);
            CHECK_NEAR(static_cast<double>(out.e[i]), expected.kl, 1e-5 * (1 + expected.kl));
            CHECK_EQ(static_cast<int>(out.flags[i]), expected.clip_flags);
            // How fast the coefficient itself moves with a logprob that is off by 1e-6.
            const double slope = in.weight * (policy().rollout_cap * expected.ratio * std::fabs(in.advantage) +
                                              policy().kl_coefficient * (2 + expected.kl));
            check_gradient(batch, row, r, {expected.grad_logprob, expected.grad_entropy, 0, 1e-6 * slope});
            if (std::fabs(expected.grad_logprob) > 1e-3) moving++;
        }
        CHECK(batch.padding_untouched());
    });
    CHECK(moving > 100);
}
