// Common parts of the tests of the ABI: an open device, and valid arguments of every operation, which tests can make invalid.
#ifndef LEASH_TEST_RIG_H
#define LEASH_TEST_RIG_H

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <vector>

#include "leash.h"

namespace leash::test {

class OpenDevice {
  public:
    explicit OpenDevice(int32_t threads = 2) {
        leash_device_options options = {};
        options.threads = threads;
        if (leash_device_open(LEASH_DEVICE_CPU, 0, &options, &device_) != LEASH_OK) {
            std::fprintf(stderr, "cannot open the CPU device: %s\n", leash_last_error());
            std::abort();
        }
    }
    ~OpenDevice() { leash_device_close(device_); }
    OpenDevice(const OpenDevice&) = delete;
    OpenDevice& operator=(const OpenDevice&) = delete;

    operator leash_device*() const { return device_; }

  private:
    leash_device* device_ = nullptr;
};

// 3 rows of 5 logits and all columns; every output starts as kUntouched.
struct Rig {
    static constexpr int64_t kRows = 3;
    static constexpr int64_t kVocab = 5;
    static constexpr float kUntouched = -77.0f;

    std::vector<float> logits = {1, 2, 3, 4, 5, 0, 0, 0, 0, 0, -1, 1, -1, 1, -1};
    std::vector<float> matrix = std::vector<float>(kRows * kVocab, kUntouched);
    std::vector<float> temperatures = {1, 2, 0.5};
    std::vector<uint8_t> mask = {1, 1, 1};
    std::vector<int32_t> targets = {4, 0, 2};
    std::vector<leash_row_statistics> given_statistics = {{5, 0.45f, -0.8f}, {0, 1.6f, 0}, {1, 0.9f, -0.5f}};
    std::vector<float> in = {0.5f, -0.25f, 1.0f};
    std::vector<float> out[5] = {column(), column(), column(), column(), column()};
    std::vector<leash_row_statistics> statistics{kRows, {kUntouched, kUntouched, kUntouched}};
    std::vector<uint8_t> clip_flags = {77, 77, 77};

    static std::vector<float> column() { return std::vector<float>(kRows, kUntouched); }

    leash_rows rows() {
        return {{logits.data(), kRows, kVocab, kVocab, LEASH_F32, 0}, nullptr, nullptr, 1.0f, LEASH_VARIANT_AUTO};
    }
    leash_matrix output() { return {matrix.data(), kRows, kVocab, kVocab, LEASH_F32, 0}; }

    leash_log_softmax_args log_softmax() { return {rows(), output()}; }
    leash_entropy_args entropy() { return {rows(), out[0].data()}; }
    leash_token_statistics_args token_statistics() {
        return {rows(),        targets.data(),    out[0].data(), out[1].data(),
                out[2].data(), statistics.data(), out[3].data()};
    }
    leash_logits_gradient_args logits_gradient() {
        return {rows(),
                targets.data(),
                given_statistics.data(),
                in.data(),
                in.data(),
                in.data(),
                output()};
    }
    leash_policy_gradient_args policy_gradient() {
        constexpr float kInfinity = std::numeric_limits<float>::infinity();
        return {rows(),
                {LEASH_LOSS_PPO_CLIP, LEASH_KL_K3, LEASH_ROLLOUT_TRUNCATE, 0.2f, 0.3f, kInfinity, 1.0f, 1.0f, 0.0f,
                 2.0f, 0.1f, 0.01f, kInfinity, 0},
                targets.data(),
                in.data(),
                nullptr,
                in.data(),
                in.data(),
                nullptr,
                out[0].data(),
                out[1].data(),
                out[2].data(),
                out[3].data(),
                out[4].data(),
                clip_flags.data(),
                output()};
    }

    bool untouched() const {
        for (const float value : matrix) {
            if (value != kUntouched) return false;
        }
        for (const std::vector<float>& values : out) {
            if (values != column()) return false;
        }
        for (const leash_row_statistics& row : statistics) {
            if (row.max != kUntouched || row.log_sum != kUntouched || row.mean != kUntouched) return false;
        }
        return clip_flags == std::vector<uint8_t>{77, 77, 77};
    }
};

}  // namespace leash::test

#endif
