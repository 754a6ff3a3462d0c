// The operations from end to end, for every table of loops, against long double: values, gradients and sums of gradients;
// and, bitwise, that threads, rows around, mask, stride and in-place use change nothing.
#include "operations.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "harness.h"
#include "policy_loss.h"
#include "tested_kernels.h"
#include "values.h"

using namespace leash;
using namespace leash::test;
using Kinds = leash::test::Rows;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kUntouched = 12288.0f;  // in every dtype

// Logits with poisoned padding, and an output matrix, in one dtype.
struct Batch {
    int64_t rows;
    int64_t vocab;
    int64_t stride;
    int32_t dtype;
    std::vector<char> logits;
    std::vector<char> output;
    std::vector<float> temperatures;
    std::vector<uint8_t> mask;
    std::vector<int32_t> targets;
    std::vector<float> advantage, old_logprob, reference_logprob, rollout_logprob, weight;

    Batch(int64_t row_count, int64_t vocab_size, int32_t type, uint64_t seed)
        : rows(row_count), vocab(vocab_size), stride(vocab_size + 3), dtype(type) {
        Random random(seed);
        const size_t bytes = static_cast<size_t>(rows * stride * dtype_bytes(dtype));
        logits.resize(bytes);
        output.resize(bytes);
        for (int64_t r = 0; r < rows; r++) {
            const Kinds kind = kAllRows[static_cast<size_t>(r) % (sizeof kAllRows / sizeof *kAllRows)];
            for (int64_t j = 0; j < stride; j++) {
                put_element(logits.data(), r * stride + j, j < vocab ? logit_of(kind, j, vocab, random) : NAN, dtype);
                put_element(output.data(), r * stride + j, kUntouched, dtype);
            }
            temperatures.push_back(static_cast<float>(0.5 + random.uniform()));
            mask.push_back(1);
            targets.push_back(static_cast<int32_t>(r % 3 == 0   ? vocab - 1
                                                   : r % 3 == 1 ? random.below(vocab)
                                                                : vocab / 3));
            advantage.push_back(static_cast<float>(random.normal()));
            weight.push_back(static_cast<float>(random.uniform()));
        }
    }

    // Other policies' opinions of the targets, near this one's, so that ratios lie on both sides of the clips.
    void put_policies_near(const std::vector<double>& logprobs) {
        Random random(43);
        for (const double logprob : logprobs) {
            const double base = std::isfinite(logprob) ? logprob : -3;
            old_logprob.push_back(static_cast<float>(base + 0.4 * random.normal()));
            reference_logprob.push_back(static_cast<float>(base + random.normal()));
            rollout_logprob.push_back(static_cast<float>(old_logprob.back() + 0.7 * random.normal()));
        }
    }

    leash_rows row_arguments() {
        return {{logits.data(), rows, vocab, stride, dtype, 0}, temperatures.data(), mask.data(), 1.0f,
                LEASH_VARIANT_AUTO};
    }
    leash_matrix output_argument() { return {output.data(), rows, vocab, stride, dtype, 0}; }
    float logit(int64_t r, int64_t j) const { return get_element(logits.data(), r * stride + j, dtype); }
    float out(int64_t r, int64_t j) const { return get_element(output.data(), r * stride + j, dtype); }
    bool padding_untouched() const {
        for (int64_t r = 0; r < rows; r++) {
            for (int64_t j = vocab; j < stride; j++) {
                if (!std::isnan(logit(r, j)) || out(r, j) != kUntouched) return false;
            }
        }
        return true;
    }
};

// A row by its definition.
struct Reference {
    std::vector<long double> z;
    long double max = -std::numeric_limits<long double>::infinity();
    long double log_sum = 0;
    long double mean = 0;

    Reference(const Batch& batch, int64_t r) {
        for (int64_t j = 0; j < batch.vocab; j++) {
            z.push_back(static_cast<long double>(batch.logit(r, j)) / batch.temperatures[static_cast<size_t>(r)]);
            max = std::fmax(max, z.back());
        }
        long double rest = 0;
        long double weighted = 0;
        bool skipped = false;
        for (const long double value : z) {
            const long double e = std::exp(value - max);
            if (e > 0) weighted += e * (value - max);
            if (value == max && !skipped) {
                skipped = true;
            } else {
                rest += e;
            }
        }
        log_sum = std::log1p(rest);
        mean = weighted / (1 + rest);
    }

    long double logprob(int64_t j) const { return z[static_cast<size_t>(j)] - max - log_sum; }
    long double entropy() const { return log_sum - mean; }
};

// What f32 logits arithmetic may cost: an exponent of size |z - max| is off by roundings of that size.
double value_tolerance(double value) { return 2e-6 * (1 + std::fabs(value)); }

template <class Body>
void for_each_batch(Body body) {
    constexpr int64_t kShapes[][2] = {{1, 1}, {3, 2}, {11, 33}, {40, 257}, {2, 4096}, {3, 4097}, {11, 9001}};
    for (const cpu::Kernels* kernels : tested_kernels()) {
        for (int32_t dtype = LEASH_F32; dtype <= LEASH_F16; dtype++) {
            for (const auto& shape : kShapes) {
                const Context context(std::string(kernels->name) + " " + dtype_name(dtype) + " " +
                                      std::to_string(shape[0]) + " x " + std::to_string(shape[1]));
                Batch batch(shape[0], shape[1], dtype, 41);
                std::vector<double> logprobs;
                for (int64_t r = 0; r < batch.rows; r++) {
                    const int32_t target = batch.targets[static_cast<size_t>(r)];
                    logprobs.push_back(static_cast<double>(Reference(batch, r).logprob(target)));
                }
                batch.put_policies_near(logprobs);
                body(*kernels, batch);
            }
        }
    }
}

// One thread and several, made once.
cpu::CpuDevice& device(int threads) {
    static cpu::CpuDevice one(1);
    static cpu::CpuDevice three(3);
    return threads == 1 ? one : three;
}

struct Columns {
    std::vector<float> a, b, c, d, e;
    std::vector<uint8_t> flags;
    std::vector<leash_row_statistics> statistics;

    explicit Columns(int64_t rows) : flags(static_cast<size_t>(rows), 99) {
        for (std::vector<float>* column : {&a, &b, &c, &d, &e}) column->assign(static_cast<size_t>(rows), kUntouched);
        statistics.assign(static_cast<size_t>(rows), {kUntouched, kUntouched, kUntouched});
    }
    bool same_as(const Columns& other) const {
        const auto same = [](const auto& x, const auto& y) {
            return std::memcmp(x.data(), y.data(), x.size() * sizeof x[0]) == 0;
        };
        return same(a, other.a) && same(b, other.b) && same(c, other.c) && same(d, other.d) && same(e, other.e) &&
               same(flags, other.flags) && same(statistics, other.statistics);
    }
};

cpu::TargetFault token_statistics(Batch& batch, const cpu::Kernels& kernels, int threads, Columns* out) {
    const leash_token_statistics_args args = {sizeof args,    batch.row_arguments(), batch.targets.data(), out->a.data(),
                                              out->b.data(), out->c.data(),         out->statistics.data()};
    return cpu::token_statistics(device(threads), kernels, args);
}

leash_policy_loss policy() { return {LEASH_LOSS_PPO_CLIP, LEASH_KL_K3, 0.2f, 0.3f, 3.0f, 2.0f, 0.1f, 0.02f}; }

cpu::TargetFault policy_gradient(Batch& batch, const cpu::Kernels& kernels, int threads, leash_matrix gradient,
                                 Columns* out) {
    const leash_policy_gradient_args args = {sizeof args,
                                             batch.row_arguments(),
                                             policy(),
                                             batch.targets.data(),
                                             batch.advantage.data(),
                                             batch.old_logprob.data(),
                                             batch.reference_logprob.data(),
                                             batch.rollout_logprob.data(),
                                             batch.weight.data(),
                                             out->a.data(),
                                             out->b.data(),
                                             out->c.data(),
                                             out->d.data(),
                                             out->e.data(),
                                             out->flags.data(),
                                             gradient};
    return cpu::policy_gradient(device(threads), kernels, args);
}

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

TEST(threads_and_neighbours_change_no_bit) {
    for_each_batch([](const cpu::Kernels& kernels, Batch& batch) {
        Columns one(batch.rows);
        Columns three(batch.rows);
        Batch copy = batch;
        policy_gradient(batch, kernels, 1, batch.output_argument(), &one);
        policy_gradient(copy, kernels, 3, copy.output_argument(), &three);
        CHECK(one.same_as(three));
        CHECK(batch.output == copy.output);

        // The last row alone, with its neighbours masked.
        std::fill(copy.mask.begin(), copy.mask.end() - 1, 0);
        policy_gradient(copy, kernels, 3, copy.output_argument(), &three);
        const size_t last = static_cast<size_t>(batch.rows) - 1;
        CHECK_EQ(one.a[last], three.a[last]);
        const size_t row_bytes = static_cast<size_t>(batch.vocab * dtype_bytes(batch.dtype));
        const size_t at = last * static_cast<size_t>(batch.stride * dtype_bytes(batch.dtype));
        CHECK(std::memcmp(batch.output.data() + at, copy.output.data() + at, row_bytes) == 0);
    });
}

TEST(in_place_is_out_of_place) {
    for_each_batch([](const cpu::Kernels& kernels, Batch& batch) {
        Columns apart(batch.rows);
        Columns together(batch.rows);
        policy_gradient(batch, kernels, 3, batch.output_argument(), &apart);
        Batch copy = batch;
        policy_gradient(copy, kernels, 3, copy.row_arguments().logits, &together);
        CHECK(apart.same_as(together));
        for (int64_t r = 0; r < batch.rows; r++) {
            const auto at = static_cast<size_t>(r * batch.stride * dtype_bytes(batch.dtype));
            const auto row_bytes = static_cast<size_t>(batch.vocab * dtype_bytes(batch.dtype));
            CHECK(std::memcmp(batch.output.data() + at, copy.logits.data() + at, row_bytes) == 0);
        }
    });
}

TEST(masked_rows_are_zero_and_not_read) {
    for_each_batch([](const cpu::Kernels& kernels, Batch& batch) {
        for (int64_t r = 0; r < batch.rows; r += 2) {
            const auto i = static_cast<size_t>(r);
            batch.mask[i] = 0;
            batch.targets[i] = -5;
            batch.temperatures[i] = -1;
            batch.advantage[i] = kInfinity;
            for (int64_t j = 0; j < batch.vocab; j++) put_element(batch.logits.data(), r * batch.stride + j, NAN, batch.dtype);
        }
        Columns out(batch.rows);
        CHECK_EQ(policy_gradient(batch, kernels, 3, batch.output_argument(), &out).rows, 0);
        for (int64_t r = 0; r < batch.rows; r++) {
            const auto i = static_cast<size_t>(r);
            const bool masked = r % 2 == 0;
            for (const std::vector<float>* column : {&out.a, &out.b, &out.c, &out.d, &out.e}) {
                if (masked) {
                    CHECK_EQ((*column)[i], 0.0f);
                } else {
                    CHECK(!std::isnan((*column)[i]));
                }
            }
            if (!masked) continue;
            CHECK_EQ(static_cast<int>(out.flags[i]), 0);
            for (int64_t j = 0; j < batch.vocab; j++) CHECK_EQ(batch.out(r, j), 0.0f);
        }
    });
}

TEST(bad_rows_are_nan_and_alone) {
    for_each_batch([](const cpu::Kernels& kernels, Batch& batch) {
        if (batch.rows < 11) return;
        Batch good = batch;
        Columns expected(batch.rows);
        policy_gradient(good, kernels, 3, good.output_argument(), &expected);

        put_element(batch.logits.data(), 1 * batch.stride + batch.vocab - 1, NAN, batch.dtype);
        put_element(batch.logits.data(), 3 * batch.stride + batch.vocab / 2, kInfinity, batch.dtype);
        for (int64_t j = 0; j < batch.vocab; j++) put_element(batch.logits.data(), 4 * batch.stride + j, -kInfinity, batch.dtype);
        batch.targets[6] = static_cast<int32_t>(batch.vocab);
        batch.targets[7] = -1;
        batch.temperatures[8] = 0;
        batch.temperatures[9] = NAN;
        Columns out(batch.rows);
        const cpu::TargetFault fault = policy_gradient(batch, kernels, 3, batch.output_argument(), &out);
        CHECK_EQ(fault.rows, 2);
        CHECK_EQ(fault.first_row, 6);
        CHECK_EQ(fault.target, batch.vocab);
        for (int64_t r = 0; r < batch.rows; r++) {
            const auto i = static_cast<size_t>(r);
            const Context context("row " + std::to_string(r));
            const bool bad = r == 1 || r == 3 || r == 4 || r == 6 || r == 7 || r == 8 || r == 9;
            CHECK_EQ(std::isnan(out.a[i]), bad);
            CHECK_EQ(std::isnan(out.b[i]), bad);
            CHECK_EQ(std::isnan(out.c[i]), bad);
            if (!bad) CHECK_EQ(out.a[i], expected.a[i]);
            for (int64_t j = 0; j < batch.vocab; j++) {
                if (bad) {
                    CHECK(std::isnan(batch.out(r, j)));
                } else {
                    CHECK_EQ(batch.out(r, j), good.out(r, j));
                }
            }
        }
    });
}
