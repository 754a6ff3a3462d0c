// What every implementation of the operations has to give for a batch: its values, gradients and sums of gradients against
// long double.
#ifndef LEASH_TEST_OPERATION_CHECKS_H
#define LEASH_TEST_OPERATION_CHECKS_H

#include <cmath>
#include <functional>
#include <vector>

#include "test/batch.h"
#include "test/harness.h"
#include "math/policy_loss.h"

namespace leash::test {

// An implementation, each call with all rows of a batch and their targets in range.
struct Implementation {
    std::function<void(Batch&)> log_softmax;  // into batch.output
    std::function<void(Batch&, Columns*)> token_statistics;
    std::function<void(Batch&, std::vector<float>*)> entropy;
    // Of advantage, weight and old_logprob as the gradients of logprob, entropy and lse, into batch.output.
    std::function<void(Batch&, const std::vector<leash_row_statistics>&)> logits_gradient;
    std::function<void(Batch&, Columns*)> policy_gradient;  // gradient into batch.output
};

// What f32 logits arithmetic may cost: an exponent of size |z - max| is off by roundings of that size.
inline double value_tolerance(double value) { return 2e-6 * (1 + std::fabs(value)); }

// d(loss) with respect to a row's logprob, entropy and lse; that of logprob is known to logprob_error.
struct Coefficients {
    double logprob;
    double entropy;
    double lse;
    double logprob_error;
};

// Checks a row of gradients against the chain rule.
inline void check_gradient(const Batch& batch, const Reference& row, int64_t r, const Coefficients& g) {
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

inline void check_log_softmax(const Implementation& implementation, Batch& batch) {
    implementation.log_softmax(batch);
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
}

inline void check_token_statistics(const Implementation& implementation, Batch& batch) {
    Columns out(batch.rows);
    implementation.token_statistics(batch, &out);
    std::vector<float> entropy(static_cast<size_t>(batch.rows), kUntouched);
    implementation.entropy(batch, &entropy);
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
}

inline void check_logits_gradient(const Implementation& implementation, Batch& batch) {
    Columns saved(batch.rows);
    implementation.token_statistics(batch, &saved);
    implementation.logits_gradient(batch, saved.statistics);
    for (int64_t r = 0; r < batch.rows; r++) {
        const auto i = static_cast<size_t>(r);
        check_gradient(batch, Reference(batch, r), r, {batch.advantage[i], batch.weight[i], batch.old_logprob[i], 0});
    }
    CHECK(batch.padding_untouched());
}

// Returns how many rows had a gradient worth the name.
inline int check_policy_gradient(const Implementation& implementation, Batch& batch) {
    int moving = 0;
    Columns out(batch.rows);
    implementation.policy_gradient(batch, &out);
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
    return moving;
}

}  // namespace leash::test

#endif
