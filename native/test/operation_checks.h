// The values, gradients and sums of gradients that every implementation of the operations must produce for a batch, against long
// double.
#ifndef LEASH_TEST_OPERATION_CHECKS_H
#define LEASH_TEST_OPERATION_CHECKS_H

#include <cmath>
#include <vector>

#include "test/batch.h"
#include "test/harness.h"
#include "math/policy_loss.h"

namespace leash::test {

// Runs calls with an instruction set's loops or on an emulated GPU. Rows, output and columns of a call are put there first; run()
// copies the results back.
class Runner {
  public:
    virtual ~Runner() = default;
    virtual leash_rows rows(Batch& batch) = 0;
    virtual leash_matrix output(Batch& batch) = 0;
    // All targets are in range. Removes everything that was put.
    virtual void run(int32_t operation, const void* args, const leash_rows& rows) = 0;

    template <class T>
    T* put(std::vector<T>& column) {
        return static_cast<T*>(put_bytes(column.data(), column.size() * sizeof(T)));
    }

  private:
    virtual void* put_bytes(void* host, size_t bytes) = 0;
};

// Error bound of f32 arithmetic on logits: an exponent of size |z - max| has roundings of that size.
inline double value_tolerance(double value) { return 2e-6 * (1 + std::fabs(value)); }

// The gradient of the loss with respect to a row's logprob, entropy and lse; that of logprob is accurate to logprob_error.
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
        const auto p = static_cast<double>(row.probability(j));
        const double distance = p > 0 ? static_cast<double>(row.max - row.z[static_cast<size_t>(j)]) : 0;
        // dlogprob/dz_j = delta - p_j, without cancellation.
        const double d = j == target ? static_cast<double>(-std::expm1(row.logprob(j))) : -p;
        const double expected =
            inverse_temperature *
            (g.logprob * d + p * (g.entropy * (static_cast<double>(row.mean) + distance) + g.lse));
        // The sizes of the terms; three roundings of the exponent, a few more of its power and of the sums.
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

// check_NAME for each operation NAME: returns how many rows were put to the test.

inline int64_t check_log_softmax(Runner& on, Batch& batch) {
    const leash_log_softmax_args args = {on.rows(batch), on.output(batch)};
    on.run(LEASH_LOG_SOFTMAX, &args, args.rows);
    for (int64_t r = 0; r < batch.rows; r++) {
        const Reference& row = (*batch.references)[static_cast<size_t>(r)];
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
    return batch.rows;
}

inline std::vector<float> entropies(Runner& on, Batch& batch) {
    std::vector<float> entropy(static_cast<size_t>(batch.rows), kUntouched);
    const leash_entropy_args args = {on.rows(batch), on.put(entropy)};
    on.run(LEASH_ENTROPY, &args, args.rows);
    return entropy;
}

inline int64_t check_entropy(Runner& on, Batch& batch) {
    const std::vector<float> entropy = entropies(on, batch);
    for (size_t r = 0; r < entropy.size(); r++) {
        const auto expected = static_cast<double>((*batch.references)[r].entropy());
        CHECK_NEAR(entropy[r], expected, value_tolerance(0) * (1 + expected));
    }
    CHECK(batch.padding_untouched());
    return batch.rows;
}

// out.d: the collision probability, if asked for.
inline Columns token_statistics(Runner& on, Batch& batch, bool takes_collision) {
    Columns out(batch.rows);
    const leash_token_statistics_args args = {on.rows(batch),    on.put(batch.targets),
                                              on.put(out.a),     on.put(out.b),
                                              on.put(out.c),     on.put(out.statistics),
                                              takes_collision ? on.put(out.d) : nullptr};
    on.run(LEASH_TOKEN_STATISTICS, &args, args.rows);
    return out;
}

inline int64_t check_token_statistics(Runner& on, Batch& batch) {
    const std::vector<float> entropy = entropies(on, batch);
    const Columns without = token_statistics(on, batch, false);
    const Columns with = token_statistics(on, batch, true);
    for (size_t r = 0; r < entropy.size(); r++) {
        const Reference& row = (*batch.references)[r];
        const auto logprob = static_cast<double>(row.logprob(batch.targets[r]));
        for (const Columns* out : {&without, &with}) {
            if (std::isinf(logprob)) {
                CHECK_EQ(static_cast<double>(out->a[r]), logprob);
            } else {
                CHECK_NEAR(static_cast<double>(out->a[r]), logprob, 2e-6 * std::fabs(logprob) + 1e-12);
            }
            CHECK_NEAR(out->b[r], static_cast<double>(row.entropy()), value_tolerance(0) * (1 + out->b[r]));
            CHECK_NEAR(out->c[r], static_cast<double>(row.max + row.log_sum), value_tolerance(out->c[r]));
        }
        CHECK_EQ(without.b[r], entropy[r]);
        CHECK_EQ(without.d[r], kUntouched);
        const auto collision = static_cast<double>(row.collision());
        CHECK_NEAR(with.d[r], collision, 2 * value_tolerance(0) * collision);
    }
    CHECK(batch.padding_untouched());
    return batch.rows;
}

// With advantage, weight and old_logprob as the gradients of logprob, entropy and lse.
inline int64_t check_logits_gradient(Runner& on, Batch& batch) {
    Columns saved = token_statistics(on, batch, false);
    const leash_logits_gradient_args args = {on.rows(batch),
                                             on.put(batch.targets),
                                             on.put(saved.statistics),
                                             on.put(batch.advantage),
                                             on.put(batch.weight),
                                             on.put(batch.old_logprob),
                                             on.output(batch)};
    on.run(LEASH_LOGITS_GRADIENT, &args, args.rows);
    for (int64_t r = 0; r < batch.rows; r++) {
        const auto i = static_cast<size_t>(r);
        check_gradient(batch, (*batch.references)[i], r, {batch.advantage[i], batch.weight[i], batch.old_logprob[i], 0});
    }
    CHECK(batch.padding_untouched());
    return batch.rows;
}

// Returns the number of rows with a nontrivial gradient.
inline int64_t check_policy_gradient(Runner& on, Batch& batch) {
    Columns out(batch.rows);
    const leash_policy_gradient_args args = {on.rows(batch),
                                             policy(),
                                             on.put(batch.targets),
                                             on.put(batch.advantage),
                                             on.put(batch.old_logprob),
                                             on.put(batch.reference_logprob),
                                             on.put(batch.rollout_logprob),
                                             on.put(batch.weight),
                                             on.put(out.a),
                                             on.put(out.b),
                                             on.put(out.c),
                                             on.put(out.d),
                                             on.put(out.e),
                                             on.put(out.flags),
                                             on.output(batch)};
    on.run(LEASH_POLICY_GRADIENT, &args, args.rows);
    int64_t moving = 0;
    for (int64_t r = 0; r < batch.rows; r++) {
        const auto i = static_cast<size_t>(r);
        const Reference& row = (*batch.references)[i];
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
        // The change of the coefficient for an error of 1e-6 in logprob.
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
