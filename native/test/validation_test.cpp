// Every invalid argument is rejected with its status and a message that names it, and nothing is written.
#include <cmath>
#include <cstring>
#include <string>

#include "leash_jvm.h"
#include "test/harness.h"
#include "test/rig.h"

using namespace leash::test;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
const int64_t kHuge = int64_t{1} << 62;

// Makes valid arguments invalid and expects their rejection.
template <class Args, class Call, class Spoil>
void refused(Call call, Args (Rig::*good)(), leash_status status, const char* says, Spoil spoil) {
    const OpenDevice device;
    Rig rig;
    Args args = (rig.*good)();
    spoil(args, rig);
    const Context context(says);
    const leash_status got = call(device, &args);
    CHECK_EQ(got, status);
    if (got == LEASH_OK) return;
    if (std::strstr(leash_last_error(), says) == nullptr) {
        report_failure(__FILE__, __LINE__, std::string("message: ") + leash_last_error());
    }
    CHECK(rig.untouched());
}

// The same with log_softmax, for the arguments common to all operations.
template <class Spoil>
void rows_refused(const char* says, Spoil spoil, leash_status status = LEASH_ERROR_INVALID_ARGUMENT) {
    refused(leash_log_softmax, &Rig::log_softmax, status, says, [&](leash_log_softmax_args& args, Rig& rig) {
        spoil(args.rows, args.logprobs, rig);
    });
}

template <class Spoil>
void policy_refused(const char* says, Spoil spoil) {
    refused(leash_policy_gradient, &Rig::policy_gradient, LEASH_ERROR_INVALID_ARGUMENT, says, spoil);
}

void* shifted(void* data, int64_t bytes) { return static_cast<char*>(data) + bytes; }

}  // namespace

TEST(valid_arguments_are_accepted) {
    const OpenDevice device;
    Rig rig;
    const auto log_softmax = rig.log_softmax();
    const auto entropy = rig.entropy();
    const auto token_statistics = rig.token_statistics();
    const auto logits_gradient = rig.logits_gradient();
    const auto policy_gradient = rig.policy_gradient();
    CHECK_EQ(leash_log_softmax(device, &log_softmax), LEASH_OK);
    CHECK_EQ(leash_entropy(device, &entropy), LEASH_OK);
    CHECK_EQ(leash_token_statistics(device, &token_statistics), LEASH_OK);
    CHECK_EQ(leash_logits_gradient(device, &logits_gradient), LEASH_OK);
    CHECK_EQ(leash_policy_gradient(device, &policy_gradient), LEASH_OK);
    CHECK(!rig.untouched());
}

TEST(null_devices_and_arguments_are_rejected) {
    const OpenDevice device;
    Rig rig;
    const auto args = rig.entropy();
    CHECK_EQ(leash_entropy(nullptr, &args), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK(std::strstr(leash_last_error(), "device is NULL") != nullptr);
    CHECK_EQ(leash_entropy(device, nullptr), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK(std::strstr(leash_last_error(), "args is NULL") != nullptr);
    CHECK_EQ(leash_log_softmax(device, nullptr), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_token_statistics(device, nullptr), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_logits_gradient(device, nullptr), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_policy_gradient(device, nullptr), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK(rig.untouched());
}

TEST(invalid_shapes_are_rejected) {
    rows_refused("logits.rows = -1", [](leash_rows& rows, leash_matrix&, Rig&) { rows.logits.rows = -1; });
    rows_refused("logits.vocab = 0", [](leash_rows& rows, leash_matrix&, Rig&) { rows.logits.vocab = 0; });
    rows_refused("logits.vocab = 2147483648", [](leash_rows& rows, leash_matrix&, Rig&) {
        rows.logits.vocab = rows.logits.row_stride = int64_t{1} << 31;
    });
    rows_refused("logits.row_stride = 4 is less than vocab = 5",
                 [](leash_rows& rows, leash_matrix&, Rig&) { rows.logits.row_stride = 4; });
    rows_refused("logits.dtype = 3", [](leash_rows& rows, leash_matrix&, Rig&) { rows.logits.dtype = 3; });
    rows_refused("logits.dtype = -1", [](leash_rows& rows, leash_matrix&, Rig&) { rows.logits.dtype = -1; });
    rows_refused("2^63 bytes", [](leash_rows& rows, leash_matrix&, Rig&) { rows.logits.row_stride = kHuge; });
    rows_refused("2^63 bytes", [](leash_rows& rows, leash_matrix&, Rig&) { rows.logits.rows = kHuge; });
    rows_refused("end of the address space", [](leash_rows& rows, leash_matrix&, Rig&) {
        rows.logits.data = reinterpret_cast<void*>(~uintptr_t{31});
    });
    rows_refused("logprobs is 2 x 5, but logits are 3 x 5",
                 [](leash_rows&, leash_matrix& logprobs, Rig&) { logprobs.rows = 2; });
    rows_refused("logprobs is 3 x 4", [](leash_rows&, leash_matrix& logprobs, Rig&) { logprobs.vocab = 4; });
    rows_refused("logprobs has dtype bf16, but logits have f32",
                 [](leash_rows&, leash_matrix& logprobs, Rig&) { logprobs.dtype = LEASH_BF16; });
}

TEST(invalid_pointers_are_rejected) {
    rows_refused("logits.data is NULL", [](leash_rows& rows, leash_matrix&, Rig&) { rows.logits.data = nullptr; });
    rows_refused("logprobs.data is NULL", [](leash_rows&, leash_matrix& logprobs, Rig&) { logprobs.data = nullptr; });
    rows_refused("not aligned", [](leash_rows& rows, leash_matrix&, Rig&) {
        rows.logits.data = shifted(rows.logits.data, 2);
    });
    rows_refused("temperatures", [](leash_rows& rows, leash_matrix&, Rig& rig) {
        rows.temperatures = static_cast<const float*>(shifted(rig.temperatures.data(), 1));
    });
    refused(leash_entropy, &Rig::entropy, LEASH_ERROR_INVALID_ARGUMENT, "entropy is NULL",
            [](leash_entropy_args& args, Rig&) { args.entropy = nullptr; });
    refused(leash_token_statistics, &Rig::token_statistics, LEASH_ERROR_INVALID_ARGUMENT, "targets is NULL",
            [](leash_token_statistics_args& args, Rig&) { args.targets = nullptr; });
    refused(leash_token_statistics, &Rig::token_statistics, LEASH_ERROR_INVALID_ARGUMENT, "all NULL",
            [](leash_token_statistics_args& args, Rig&) {
                args.logprob = args.entropy = args.lse = nullptr;
                args.statistics = nullptr;
                args.collision = nullptr;
            });
    refused(leash_logits_gradient, &Rig::logits_gradient, LEASH_ERROR_INVALID_ARGUMENT, "targets is NULL",
            [](leash_logits_gradient_args& args, Rig&) { args.targets = nullptr; });
    refused(leash_logits_gradient, &Rig::logits_gradient, LEASH_ERROR_INVALID_ARGUMENT, "statistics is NULL",
            [](leash_logits_gradient_args& args, Rig&) { args.statistics = nullptr; });
    policy_refused("targets is NULL", [](leash_policy_gradient_args& args, Rig&) { args.targets = nullptr; });
    policy_refused("advantage is NULL", [](leash_policy_gradient_args& args, Rig&) { args.advantage = nullptr; });
    policy_refused("reference_logprob is NULL",
                   [](leash_policy_gradient_args& args, Rig&) { args.reference_logprob = nullptr; });
    policy_refused("weight", [](leash_policy_gradient_args& args, Rig& rig) {
        args.weight = static_cast<const float*>(shifted(rig.in.data(), 3));
    });
}

TEST(optional_columns_may_be_omitted) {
    const OpenDevice device;
    Rig rig;
    auto statistics = rig.token_statistics();
    statistics.targets = nullptr;
    statistics.logprob = nullptr;
    CHECK_EQ(leash_token_statistics(device, &statistics), LEASH_OK);
    auto gradient = rig.logits_gradient();
    gradient.targets = nullptr;
    gradient.grad_logprob = nullptr;
    CHECK_EQ(leash_logits_gradient(device, &gradient), LEASH_OK);
    auto policy = rig.policy_gradient();
    policy.policy.kl = LEASH_KL_NONE;
    policy.reference_logprob = policy.rollout_logprob = policy.weight = policy.old_logprob = nullptr;
    policy.logprob = policy.entropy = policy.ratio = policy.kl = nullptr;
    policy.clip_flags = nullptr;
    policy.gradient = {};
    CHECK_EQ(leash_policy_gradient(device, &policy), LEASH_OK);
}

TEST(zero_rows_are_accepted) {
    const OpenDevice device;
    Rig rig;
    auto softmax = rig.log_softmax();
    softmax.rows.logits.rows = softmax.logprobs.rows = 0;
    softmax.rows.logits.data = softmax.logprobs.data = nullptr;
    CHECK_EQ(leash_log_softmax(device, &softmax), LEASH_OK);
    auto entropy = rig.entropy();
    entropy.rows.logits.rows = 0;
    entropy.entropy = nullptr;
    CHECK_EQ(leash_entropy(device, &entropy), LEASH_OK);
    auto policy = rig.policy_gradient();
    policy.rows.logits.rows = policy.gradient.rows = 0;
    CHECK_EQ(leash_policy_gradient(device, &policy), LEASH_OK);
    CHECK(rig.untouched());
}

TEST(outputs_overlapping_logits_are_rejected) {
    rows_refused("overlaps logits", [](leash_rows& rows, leash_matrix& logprobs, Rig&) {
        logprobs.data = shifted(rows.logits.data, 4);
        rows.logits.rows = logprobs.rows = 2;
    });
    rows_refused("overlaps logits", [](leash_rows& rows, leash_matrix& logprobs, Rig&) {
        rows.logits.vocab = rows.logits.row_stride = logprobs.vocab = 3;
        logprobs.data = rows.logits.data;
        logprobs.row_stride = 4;
    });
    refused(leash_entropy, &Rig::entropy, LEASH_ERROR_INVALID_ARGUMENT, "entropy at",
            [](leash_entropy_args& args, Rig& rig) { args.entropy = rig.logits.data() + 4; });
    policy_refused("overlaps gradient",
                   [](leash_policy_gradient_args& args, Rig& rig) { args.loss = rig.matrix.data() + 1; });
}

TEST(strides_of_any_size_are_safe) {
    const OpenDevice device;
    for (const int64_t rows : {0, 1}) {
        for (const int64_t stride : {int64_t{1} << 61, kHuge, kHuge + 1, INT64_MAX - 1, INT64_MAX}) {
            const Context context(std::to_string(rows) + " rows, stride " + std::to_string(stride));
            Rig rig;
            leash_log_softmax_args args = rig.log_softmax();
            args.rows.logits.rows = args.logprobs.rows = rows;
            args.rows.logits.row_stride = args.logprobs.row_stride = stride;
            args.logprobs.data = rig.logits.data() + 2;
            CHECK_EQ(leash_log_softmax(device, &args), rows == 0 ? LEASH_OK : LEASH_ERROR_INVALID_ARGUMENT);
            args.logprobs.data = rig.logits.data() + Rig::kVocab;
            CHECK_EQ(leash_log_softmax(device, &args), LEASH_OK);
        }
    }
    for (const int64_t stride : {int64_t{1} << 61, kHuge, INT64_MAX}) {
        rows_refused("2^63 bytes", [&](leash_rows& rows, leash_matrix&, Rig&) {
            rows.logits.rows = 2;
            rows.logits.row_stride = stride;
        });
    }
}

TEST(buffers_end_within_the_address_space) {
    const OpenDevice device;
    void* const last = reinterpret_cast<void*>(~uintptr_t{63});
    char byte = 0;
    const auto refused_as = [](leash_status status) {
        CHECK_EQ(status, LEASH_ERROR_INVALID_ARGUMENT);
        CHECK(std::strstr(leash_last_error(), "end of the address space") != nullptr);
    };
    refused_as(leash_fill(device, last, 0, 64));
    refused_as(leash_fill(device, last, 0, INT64_MAX));
    refused_as(leash_copy(device, last, &byte, 64, LEASH_COPY_HOST_TO_DEVICE));
    refused_as(leash_enqueue_copy(device, &byte, last, 64, LEASH_COPY_HOST_TO_DEVICE));
    leash_ceiling_args ceiling = {LEASH_CEILING_READ, 1, last, 4096, LEASH_VARIANT_AUTO, 0, 0, 0};
    refused_as(leash_measure_ceiling(device, &ceiling));
    Rig rig;
    const leash_entropy_args args = rig.entropy();
    const void* const calls[] = {&args};
    leash_block block = {};
    block.operation = LEASH_ENTROPY;
    block.launches = 1;
    block.calls = calls;
    block.count = 1;
    block.flush = last;
    block.flush_bytes = 64;
    refused_as(leash_measure_block(device, &block));
    block.flush_bytes = 0;
    block.count = INT64_MAX;
    refused_as(leash_measure_block(device, &block));
    CHECK(rig.untouched());
    refused(leash_entropy, &Rig::entropy, LEASH_ERROR_INVALID_ARGUMENT, "entropy = ", [&](leash_entropy_args& bad, Rig&) {
        bad.entropy = static_cast<float*>(shifted(last, 56));
    });
}

namespace {

// A buffer of a call that a test can move, with the bytes that it has.
struct Moved {
    const char* name;
    void** data;
    int64_t bytes;
    bool written;
};

template <class Pointer>
Moved moved(const char* name, Pointer*& data, bool written, int64_t bytes = Rig::kRows * static_cast<int64_t>(sizeof(Pointer))) {
    return {name, const_cast<void**>(reinterpret_cast<const void* const*>(&data)), bytes, written};
}

std::vector<Moved> common(leash_rows& rows) {
    return {moved("logits", rows.logits.data, false, Rig::kRows * Rig::kVocab * 4), moved("temperatures", rows.temperatures, false),
            moved("mask", rows.mask, false)};
}

constexpr int64_t kMatrixBytes = Rig::kRows * Rig::kVocab * 4;

// Moves each buffer over an end of each other one: refused if one of them is written, with both names and addresses.
template <class Args, class Call>
void check_all_pairs(Call call, Args (Rig::*good)(), std::vector<Moved> (*list)(Args&)) {
    const OpenDevice device;
    Rig prototype;
    Args sizes = (prototype.*good)();
    const size_t count = list(sizes).size();
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            for (const bool at_end : {false, true}) {
                Rig rig;
                // Buffers that are apart, with room for any of them.
                std::vector<float> memory((count + 2) * 64, 0.5f);
                Args args = (rig.*good)();
                std::vector<Moved> buffers = list(args);
                for (size_t k = 0; k < count; k++) *buffers[k].data = &memory[(k + 1) * 64];
                const std::vector<float> before = memory;
                CHECK(call(device, &args) != LEASH_ERROR_INVALID_ARGUMENT);
                if (i == j) continue;
                memory = before;
                const Context context(std::string(buffers[i].name) + " over " + buffers[j].name);
                // Only the first or the last entry of the other; masks and flags are smaller, and begin together.
                const bool small = buffers[i].bytes < 4 || buffers[j].bytes < 4;
                const int64_t shift = at_end ? buffers[j].bytes - 4 : 4 - buffers[i].bytes;
                *buffers[i].data = shifted(*buffers[j].data, small ? 0 : shift);
                const leash_status status = call(device, &args);
                if (!buffers[i].written && !buffers[j].written) {
                    CHECK(status != LEASH_ERROR_INVALID_ARGUMENT);
                    continue;
                }
                CHECK_EQ(status, LEASH_ERROR_INVALID_ARGUMENT);
                char address[64];
                for (const size_t named : {i, j}) {
                    std::snprintf(address, sizeof address, "%s at %p", buffers[named].name, *buffers[named].data);
                    CHECK(std::strstr(leash_last_error(), address) != nullptr);
                }
                CHECK(memory == before);
            }
        }
    }
}

}  // namespace

TEST(outputs_overlap_no_other_buffer) {
    check_all_pairs<leash_log_softmax_args>(leash_log_softmax, &Rig::log_softmax, [](leash_log_softmax_args& args) {
        std::vector<Moved> all = common(args.rows);
        all.push_back(moved("logprobs", args.logprobs.data, true, kMatrixBytes));
        return all;
    });
    check_all_pairs<leash_entropy_args>(leash_entropy, &Rig::entropy, [](leash_entropy_args& args) {
        std::vector<Moved> all = common(args.rows);
        all.push_back(moved("entropy", args.entropy, true));
        return all;
    });
    check_all_pairs<leash_token_statistics_args>(leash_token_statistics, &Rig::token_statistics, [](leash_token_statistics_args& args) {
        std::vector<Moved> all = common(args.rows);
        for (const Moved& each : {moved("targets", args.targets, false), moved("logprob", args.logprob, true),
                                  moved("entropy", args.entropy, true), moved("lse", args.lse, true),
                                  moved("statistics", args.statistics, true), moved("collision", args.collision, true)}) {
            all.push_back(each);
        }
        return all;
    });
    check_all_pairs<leash_logits_gradient_args>(leash_logits_gradient, &Rig::logits_gradient, [](leash_logits_gradient_args& args) {
        std::vector<Moved> all = common(args.rows);
        for (const Moved& each : {moved("targets", args.targets, false), moved("statistics", args.statistics, false),
                                  moved("grad_logprob", args.grad_logprob, false), moved("grad_entropy", args.grad_entropy, false),
                                  moved("grad_lse", args.grad_lse, false), moved("gradient", args.gradient.data, true, kMatrixBytes)}) {
            all.push_back(each);
        }
        return all;
    });
    check_all_pairs<leash_policy_gradient_args>(leash_policy_gradient, &Rig::policy_gradient, [](leash_policy_gradient_args& args) {
        std::vector<Moved> all = common(args.rows);
        for (const Moved& each :
             {moved("targets", args.targets, false), moved("advantage", args.advantage, false),
              moved("old_logprob", args.old_logprob, false), moved("reference_logprob", args.reference_logprob, false),
              moved("rollout_logprob", args.rollout_logprob, false), moved("weight", args.weight, false),
              moved("loss", args.loss, true), moved("logprob", args.logprob, true), moved("entropy", args.entropy, true),
              moved("ratio", args.ratio, true), moved("kl", args.kl, true), moved("clip_flags", args.clip_flags, true),
              moved("gradient", args.gradient.data, true, kMatrixBytes)}) {
            all.push_back(each);
        }
        return all;
    });
}

TEST(in_place_calls_compare_their_matrix_with_columns) {
    refused(leash_log_softmax, &Rig::log_softmax, LEASH_ERROR_INVALID_ARGUMENT, "logprobs at", [](leash_log_softmax_args& args, Rig& rig) {
        args.logprobs = args.rows.logits;
        args.rows.temperatures = rig.logits.data() + 3;
    });
}

TEST(matrices_in_each_others_padding_do_not_overlap) {
    const OpenDevice device;
    std::vector<float> memory(6 * 4, 0.25f);
    leash_log_softmax_args args = {{}, {}};
    args.rows.temperature = 1;
    args.rows.variant = LEASH_VARIANT_AUTO;
    args.rows.logits = {memory.data(), 4, 3, 6, LEASH_F32, 0};
    args.logprobs = {memory.data() + 3, 4, 3, 6, LEASH_F32, 0};
    CHECK_EQ(leash_log_softmax(device, &args), LEASH_OK);
    for (size_t i = 0; i < memory.size(); i++) {
        CHECK_NEAR(memory[i], i % 6 < 3 ? 0.25f : -std::log(3.0f), 1e-6f);
    }
    args.rows.logits.vocab = args.logprobs.vocab = 4;
    args.rows.logits.rows = args.logprobs.rows = 3;
    CHECK_EQ(leash_log_softmax(device, &args), LEASH_ERROR_INVALID_ARGUMENT);
}

TEST(invalid_temperatures_are_rejected) {
    for (const float temperature : {0.0f, -1.0f, kNan, kInfinity}) {
        rows_refused("temperature = ",
                     [&](leash_rows& rows, leash_matrix&, Rig&) { rows.temperature = temperature; });
    }
    const OpenDevice device;
    Rig rig;
    auto args = rig.entropy();
    args.rows.temperature = 0;
    args.rows.temperatures = rig.temperatures.data();
    CHECK_EQ(leash_entropy(device, &args), LEASH_OK);
}

TEST(invalid_loss_parameters_are_rejected) {
    using Args = leash_policy_gradient_args;
    policy_refused("policy.kind = 11", [](Args& args, Rig&) { args.policy.kind = 11; });
    policy_refused("policy.kl = 9", [](Args& args, Rig&) { args.policy.kl = 9; });
    policy_refused("policy.rollout = 2", [](Args& args, Rig&) { args.policy.rollout = 2; });
    policy_refused("policy.kl = -1", [](Args& args, Rig&) { args.policy.kl = -1; });
    for (const float bad : {-0.1f, 1.5f, kNan}) {
        policy_refused("policy.clip_low", [&](Args& args, Rig&) { args.policy.clip_low = bad; });
    }
    for (const float bad : {-0.1f, kNan}) {
        policy_refused("policy.clip_high", [&](Args& args, Rig&) { args.policy.clip_high = bad; });
    }
    for (const float bad : {0.9f, -kInfinity, kNan}) {
        policy_refused("policy.dual_clip", [&](Args& args, Rig&) { args.policy.dual_clip = bad; });
    }
    for (const float bad : {0.0f, -1.0f, kNan}) {
        policy_refused("policy.rollout_cap", [&](Args& args, Rig&) { args.policy.rollout_cap = bad; });
    }
    for (const float bad : {-0.1f, 2.5f, kNan}) {
        policy_refused("policy.rollout_floor", [&](Args& args, Rig&) { args.policy.rollout_floor = bad; });
    }
    for (const float bad : {0.0f, -1.0f, kInfinity, kNan}) {
        policy_refused("policy.shape_positive", [&](Args& args, Rig&) { args.policy.shape_positive = bad; });
        policy_refused("policy.shape_negative", [&](Args& args, Rig&) { args.policy.shape_negative = bad; });
    }
    for (const float bad : {-0.1f, kInfinity, kNan}) {
        policy_refused("policy.kl_coefficient", [&](Args& args, Rig&) { args.policy.kl_coefficient = bad; });
    }
    for (const float bad : {0.0f, -1.0f, kNan}) {
        policy_refused("policy.kl_bound", [&](Args& args, Rig&) { args.policy.kl_bound = bad; });
    }
    for (const float bad : {-kInfinity, kInfinity, kNan}) {
        policy_refused("policy.entropy_coefficient", [&](Args& args, Rig&) { args.policy.entropy_coefficient = bad; });
    }
}

TEST(targets_out_of_range_are_reported_after_the_call) {
    const OpenDevice device;
    Rig rig;
    rig.targets = {4, 5, -1};
    const auto args = rig.token_statistics();
    CHECK_EQ(leash_token_statistics(device, &args), LEASH_ERROR_TARGET_OUT_OF_RANGE);
    CHECK(std::strstr(leash_last_error(), "target[1] = 5 is outside [0, 5)") != nullptr);
    CHECK(std::isfinite(rig.out[0][0]));
    CHECK(std::isnan(rig.out[0][1]));
    CHECK(std::isnan(rig.out[0][2]));
}

TEST(run_pinned_runs_operations_and_rejects_unknown_ids) {
    const OpenDevice device;
    Rig rig;
    const auto args = rig.entropy();
    const auto run = [&](int32_t operation, const void* a) {
        return leash_run_pinned(device, operation, a, rig.out[0].data(), nullptr, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a);
    };
    CHECK_EQ(run(7, &args), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK(std::strstr(leash_last_error(), "operation = 7") != nullptr);
    CHECK(rig.untouched());
    CHECK_EQ(run(LEASH_ENTROPY, &args), LEASH_OK);
    CHECK_NEAR(rig.out[0][1], std::log(5.0f), 1e-6f);
    CHECK_EQ(run(LEASH_ENTROPY, nullptr), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_run_pinned(device, LEASH_ENTROPY, &args), LEASH_OK);
    const auto softmax = rig.log_softmax();
    CHECK_EQ(run(LEASH_LOG_SOFTMAX, &softmax), LEASH_OK);
    CHECK_NEAR(rig.matrix[5], -std::log(5.0f), 1e-6f);
}
