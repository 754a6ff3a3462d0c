// Blocks of calls and ceilings through the C ABI on emulated GPUs: launches, their order, and reports. Times are the emulator's,
// and only their presence is checked.
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "test/harness.h"
#include "leash.h"

using namespace leash::test;

namespace {

constexpr int64_t kRows = 2;
constexpr int64_t kVocab = 40;

bool error_says(const std::string& text) { return std::string(leash_last_error()).find(text) != std::string::npos; }

// Three sets of logits on an emulated GPU with different entropies.
struct Rig {
    leash_device* device = nullptr;
    float* logits[3] = {};
    float* entropy[3] = {};
    int32_t* targets = nullptr;
    float* logprob = nullptr;
    leash_entropy_args args[3] = {};
    const void* calls[3] = {};

    Rig() {
        CHECK_EQ(leash_device_open(LEASH_DEVICE_CUDA, 0, nullptr, &device), LEASH_OK);
        for (int i = 0; i < 3; i++) {
            std::vector<float> values(kRows * kVocab, 0.0f);
            values[0] = static_cast<float>(i);  // so that no two sets have the same entropy
            logits[i] = put(values);
            entropy[i] = put(std::vector<float>(kRows, -1.0f));
            args[i] = {{{logits[i], kRows, kVocab, kVocab, LEASH_F32, 0}, nullptr, nullptr, 1.0f, LEASH_VARIANT_AUTO},
                       entropy[i]};
            calls[i] = &args[i];
        }
        targets = put(std::vector<int32_t>{0, static_cast<int32_t>(kVocab)});
        logprob = put(std::vector<float>(kRows, -1.0f));
    }
    ~Rig() { leash_device_close(device); }
    Rig(const Rig&) = delete;
    Rig& operator=(const Rig&) = delete;

    template <class T>
    T* put(const std::vector<T>& host) {
        void* memory = nullptr;
        const auto bytes = static_cast<int64_t>(host.size() * sizeof(T));
        CHECK_EQ(leash_allocate(device, bytes, &memory), LEASH_OK);
        CHECK_EQ(leash_copy(device, memory, host.data(), bytes, LEASH_COPY_HOST_TO_DEVICE), LEASH_OK);
        return static_cast<T*>(memory);
    }
    float first_entropy(int set) const {
        float value = 0;
        CHECK_EQ(leash_copy(device, &value, entropy[set], sizeof value, LEASH_COPY_DEVICE_TO_HOST), LEASH_OK);
        return value;
    }
    leash_block block() const {
        leash_block b = {};
        b.operation = LEASH_ENTROPY;
        b.launches = 2;
        b.calls = calls;
        b.count = 3;
        b.first = 2;
        b.elapsed_ns = -1;
        return b;
    }
};

}  // namespace

TEST(block_launches_calls_in_rotation_and_waits) {
    Rig rig;
    leash_block block = rig.block();
    CHECK_EQ(leash_measure_block(rig.device, &block), LEASH_OK);
    // The third and, after wrapping around, the first; not the second.
    CHECK(rig.first_entropy(2) > 0);
    CHECK(rig.first_entropy(0) > 0);
    CHECK_EQ(rig.first_entropy(1), -1.0f);
    CHECK(rig.first_entropy(0) != rig.first_entropy(2));
    CHECK(block.elapsed_ns >= 0);
}

TEST(block_reports_sensors_as_unknown) {
    Rig rig;
    leash_block block = rig.block();
    CHECK_EQ(leash_measure_block(rig.device, &block), LEASH_OK);
    CHECK(std::isnan(block.sm_clock_mhz) && std::isnan(block.memory_clock_mhz));
    CHECK(std::isnan(block.temperature_c) && std::isnan(block.power_w));
    CHECK_EQ(block.throttle_reasons, -1);
}

TEST(block_flushes_before_measuring) {
    Rig rig;
    leash_block block = rig.block();
    // The memory of the second set is overwritten, and the call reads the new content.
    block.flush = rig.logits[1];
    block.flush_bytes = kRows * kVocab * 4;
    block.first = 1;
    block.launches = 1;
    CHECK_EQ(leash_measure_block(rig.device, &block), LEASH_OK);
    // All logits are equal: the entropy is the logarithm of their number.
    CHECK(std::fabs(rig.first_entropy(1) - std::log(static_cast<double>(kVocab))) < 1e-5);
}

TEST(block_reports_targets_out_of_range) {
    Rig rig;
    const leash_token_statistics_args args = {rig.args[0].rows, rig.targets, rig.logprob, nullptr, nullptr, nullptr, nullptr};
    const void* call = &args;
    leash_block block = rig.block();
    block.operation = LEASH_TOKEN_STATISTICS;
    block.calls = &call;
    block.count = 1;
    block.first = 0;
    CHECK_EQ(leash_measure_block(rig.device, &block), LEASH_ERROR_TARGET_OUT_OF_RANGE);
    CHECK(error_says("40"));
    block = rig.block();
    CHECK_EQ(leash_measure_block(rig.device, &block), LEASH_OK);
}

TEST(block_with_invalid_arguments_launches_nothing) {
    Rig rig;
    const auto refused = [&](void (*spoil)(leash_block&), const char* says) {
        leash_block block = rig.block();
        spoil(block);
        CHECK_EQ(leash_measure_block(rig.device, &block), LEASH_ERROR_INVALID_ARGUMENT);
        CHECK(error_says(says));
    };
    refused([](leash_block& b) { b.launches = 0; }, "launches = 0");
    refused([](leash_block& b) { b.launches = LEASH_MAX_BLOCK_LAUNCHES + 1; }, "launches = 1001");
    refused([](leash_block& b) { b.count = 0; }, "count = 0");
    refused([](leash_block& b) { b.first = 3; }, "first = 3");
    refused([](leash_block& b) { b.first = -1; }, "first = -1");
    refused([](leash_block& b) { b.calls = nullptr; }, "calls is NULL");
    refused([](leash_block& b) { b.flush_bytes = -1; }, "flush_bytes = -1");
    refused([](leash_block& b) { b.flush_bytes = 1; }, "flush is NULL");
    refused([](leash_block& b) { b.operation = 5; }, "operation = 5");
    CHECK_EQ(leash_measure_block(rig.device, nullptr), LEASH_ERROR_INVALID_ARGUMENT);
    for (int set = 0; set < 3; set++) CHECK_EQ(rig.first_entropy(set), -1.0f);
}

TEST(gpu_ceilings_access_all_bytes) {
    Rig rig;
    // 9/16 of a block's vectors beyond a full grid, which covers loops, tails and idle threads.
    constexpr int64_t kBytes = 9 * 4096;
    std::vector<uint8_t> host(kBytes);
    for (size_t i = 0; i < host.size(); i++) host[i] = static_cast<uint8_t>(i * 7 % 251);
    uint8_t* const memory = rig.put(host);
    const auto measured = [&](int32_t kind, void* at, int64_t bytes) {
        leash_ceiling_args args = {kind, 5, at, bytes, LEASH_VARIANT_AUTO, 0, -1, -1};
        CHECK_EQ(leash_measure_ceiling(rig.device, &args), LEASH_OK);
        CHECK(args.best_ns >= 0 && args.median_ns >= args.best_ns);
        std::vector<uint8_t> now(kBytes);
        CHECK_EQ(leash_copy(rig.device, now.data(), memory, kBytes, LEASH_COPY_DEVICE_TO_HOST), LEASH_OK);
        return now;
    };
    CHECK(measured(LEASH_CEILING_READ, memory, kBytes) == host);
    CHECK(measured(LEASH_CEILING_UPDATE, memory, kBytes) == host);
    CHECK(measured(LEASH_CEILING_LAUNCH, nullptr, 0) == host);
    const std::vector<uint8_t> copied = measured(LEASH_CEILING_COPY, memory, 8 * 4096);
    CHECK(std::memcmp(copied.data(), host.data(), 4 * 4096) == 0);
    CHECK(std::memcmp(copied.data() + 4 * 4096, host.data(), 4 * 4096) == 0);
    CHECK(std::memcmp(copied.data() + 8 * 4096, host.data() + 8 * 4096, 4096) == 0);

    leash_ceiling_args exp = {LEASH_CEILING_EXP, 1, memory, kBytes, LEASH_VARIANT_AUTO, 0, -1, -1};
    CHECK_EQ(leash_measure_ceiling(rig.device, &exp), LEASH_ERROR_UNSUPPORTED);
}
