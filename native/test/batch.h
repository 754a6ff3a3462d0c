// A batch of rows of all kinds with all arguments of the operations, its reference in long double, and the calls of tests on it.
#ifndef LEASH_TEST_BATCH_H
#define LEASH_TEST_BATCH_H

#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "test/harness.h"
#include "cpu/ops/operations.h"
#include "test/tested_kernels.h"
#include "test/values.h"

namespace leash::test {

constexpr float kUntouched = 12288.0f;  // in every dtype

struct Reference;

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
    std::shared_ptr<const std::vector<Reference>> references;  // of the rows as referenced() saw them

    Batch(int64_t row_count, int64_t vocab_size, int32_t type, uint64_t seed)
        : rows(row_count), vocab(vocab_size), stride(vocab_size + 3), dtype(type) {
        Random random(seed);
        const size_t bytes = static_cast<size_t>(rows * stride * dtype_bytes(dtype));
        logits.resize(bytes);
        output.resize(bytes);
        for (int64_t r = 0; r < rows; r++) {
            const Rows kind = kAllRows[static_cast<size_t>(r) % (sizeof kAllRows / sizeof *kAllRows)];
            for (int64_t j = 0; j < stride; j++) {
                put_logit(r, j, j < vocab ? logit_of(kind, j, vocab, random) : NAN);
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

    // Log-probabilities of the targets under other policies, near this one's, so that ratios lie on both sides of the clips.
    void put_policies_near(const std::vector<double>& logprobs) {
        Random random(43);
        for (const double logprob : logprobs) {
            const double base = std::isfinite(logprob) ? logprob : -3;
            old_logprob.push_back(static_cast<float>(base + 0.4 * random.normal()));
            reference_logprob.push_back(static_cast<float>(base + random.normal()));
            rollout_logprob.push_back(static_cast<float>(old_logprob.back() + 0.7 * random.normal()));
        }
    }

    void put_logit(int64_t r, int64_t j, float value) { put_element(logits.data(), r * stride + j, value, dtype); }

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

// A row computed from the definitions.
struct Reference {
    std::vector<long double> z;
    std::vector<long double> terms;  // e^(z - max)
    long double max = -std::numeric_limits<long double>::infinity();
    long double rest = 0;  // all terms but one of the maximum
    long double log_sum = 0;
    long double mean = 0;

    Reference(const Batch& batch, int64_t r) {
        for (int64_t j = 0; j < batch.vocab; j++) {
            z.push_back(static_cast<long double>(batch.logit(r, j)) / batch.temperatures[static_cast<size_t>(r)]);
            max = std::fmax(max, z.back());
        }
        long double weighted = 0;
        bool skipped = false;
        for (const long double value : z) {
            const long double e = std::exp(value - max);
            terms.push_back(e);
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
    long double probability(int64_t j) const { return terms[static_cast<size_t>(j)] / (1 + rest); }
    long double entropy() const { return log_sum - mean; }
    long double collision() const {
        long double sum = 0;
        for (const long double e : terms) sum += e * e;
        return sum / ((1 + rest) * (1 + rest));
    }
};

inline Batch referenced(Batch batch) {
    const auto references = std::make_shared<std::vector<Reference>>();
    std::vector<double> logprobs;
    for (int64_t r = 0; r < batch.rows; r++) {
        references->emplace_back(batch, r);
        logprobs.push_back(static_cast<double>(references->back().logprob(batch.targets[static_cast<size_t>(r)])));
    }
    batch.references = references;
    batch.put_policies_near(logprobs);
    return batch;
}

inline Batch referenced_batch(int64_t rows, int64_t vocab, int32_t dtype, uint64_t seed) {
    return referenced(Batch(rows, vocab, dtype, seed));
}

// A batch shared by many tests, made once.
inline Batch common_batch(int64_t rows, int64_t vocab, int32_t dtype) {
    static std::vector<Batch> made;
    for (const Batch& batch : made) {
        if (batch.rows == rows && batch.vocab == vocab && batch.dtype == dtype) return batch;
    }
    made.push_back(referenced_batch(rows, vocab, dtype, 41));
    return made.back();
}

template <class Body>
void for_each_batch(Body body) {
    constexpr int64_t kShapes[][2] = {{1, 1}, {3, 2}, {11, 33}, {40, 257}, {2, 4096}, {3, 4097}, {11, 9001}};
    for (const cpu::Kernels* kernels : tested_kernels()) {
        for (int32_t dtype = LEASH_F32; dtype <= LEASH_F16; dtype++) {
            if (!is_dtype_selected(dtype)) continue;
            for (const auto& shape : kShapes) {
                const Context context(std::string(kernels->name) + " " + dtype_name(dtype) + " " +
                                      std::to_string(shape[0]) + " x " + std::to_string(shape[1]));
                Batch batch = common_batch(shape[0], shape[1], dtype);
                body(*kernels, batch);
            }
        }
    }
}

// Devices with one and several threads, made once.
inline cpu::CpuDevice& device(int threads) {
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

inline cpu::TargetFault token_statistics(Batch& batch, const cpu::Kernels& kernels, int threads, Columns* out) {
    const leash_token_statistics_args args = {batch.row_arguments(),
                                              batch.targets.data(),
                                              out->a.data(),
                                              out->b.data(),
                                              out->c.data(),
                                              out->statistics.data(),
                                              out->d.data()};
    return cpu::token_statistics(device(threads), kernels, args);
}

inline leash_policy_loss policy() {
    leash_policy_loss policy = {};
    policy.kind = LEASH_LOSS_PPO_CLIP;
    policy.kl = LEASH_KL_K3;
    policy.rollout = LEASH_ROLLOUT_TRUNCATE;
    policy.clip_low = 0.2f;
    policy.clip_high = 0.3f;
    policy.dual_clip = 3.0f;
    policy.shape_positive = policy.shape_negative = 1.0f;
    policy.rollout_cap = 2.0f;
    policy.kl_bound = std::numeric_limits<float>::infinity();
    policy.kl_coefficient = 0.1f;
    policy.entropy_coefficient = 0.02f;
    return policy;
}

inline cpu::TargetFault policy_gradient(Batch& batch, const cpu::Kernels& kernels, int threads, leash_matrix gradient,
                                 Columns* out) {
    const leash_policy_gradient_args args = {batch.row_arguments(),
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

}  // namespace leash::test

#endif
