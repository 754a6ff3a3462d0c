// CUDA devices through the C ABI, on the emulator: memory, order, streams, events, plans, faults, and lost devices.
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "device/cuda_errors.h"
#include "emulator/emulator.h"
#include "test/cuda/opened_gpu.h"
#include "test/harness.h"
#include "leash.h"

using namespace leash;
using namespace leash::test;

namespace {

constexpr int64_t kRows = 3;
constexpr int64_t kVocab = 40;

std::vector<float> ramp() {
    std::vector<float> logits(kRows * kVocab);
    for (size_t i = 0; i < logits.size(); i++) logits[i] = static_cast<float>(i % 7);
    return logits;
}

struct Call {
    const OpenedGpu& gpu;
    float* logits = gpu.put(ramp());
    int32_t* targets = gpu.put(std::vector<int32_t>{1, 2, 3});
    float* logprob = gpu.put(std::vector<float>(kRows, -7.0f));

    leash_token_statistics_args args(int32_t variant = LEASH_VARIANT_AUTO) const {
        return {{{logits, kRows, kVocab, kVocab, LEASH_F32, 0}, nullptr, nullptr, 1.0f, variant},
                targets,
                logprob,
                nullptr,
                nullptr,
                nullptr,
                nullptr};
    }
    ~Call() {
        leash_free(gpu, logits);
        leash_free(gpu, targets);
        leash_free(gpu, logprob);
    }
};

}  // namespace

TEST(cuda_devices_describe_themselves) {
    int32_t count = 0;
    CHECK_EQ(leash_device_count(LEASH_DEVICE_CUDA, &count), LEASH_OK);
    CHECK_EQ(count, 4);
    leash_device* none = nullptr;
    CHECK_EQ(leash_device_open(LEASH_DEVICE_CUDA, 4, nullptr, &none), LEASH_ERROR_UNAVAILABLE);
    CHECK(error_says("CUDA device 4 does not exist; use one from 0 to 3"));
    CHECK_EQ(leash_device_open(LEASH_DEVICE_CUDA, -1, nullptr, &none), LEASH_ERROR_UNAVAILABLE);
    const OpenedGpu gpu(2);
    leash_device_properties properties = {};
    CHECK_EQ(leash_device_get_properties(gpu, &properties), LEASH_OK);
    CHECK_EQ(properties.kind, int32_t{LEASH_DEVICE_CUDA});
    CHECK_EQ(properties.ordinal, 2);
    CHECK_EQ(properties.compute_capability, 90);
    CHECK_EQ(properties.shared_bytes_per_block, int64_t{12000});
    CHECK_EQ(properties.driver_version, 13000);
    CHECK_EQ(properties.max_cluster, 16);
    leash_device_properties small = {};
    CHECK_EQ(leash_device_get_properties(OpenedGpu(3), &small), LEASH_OK);
    CHECK_EQ(small.max_cluster, 8);
    CHECK(std::strcmp(properties.instruction_sets, "sm_90") == 0);
    CHECK(properties.memory_bytes > 0 && properties.multiprocessors > 0);
    void* stream = nullptr;
    CHECK_EQ(leash_device_stream(gpu, &stream), LEASH_OK);
    CHECK(stream != nullptr);
}

TEST(cuda_variants_are_listed_and_belong_to_cuda_devices) {
    const OpenedGpu gpu;
    const Call call{gpu};
    int listed = 0;
    for (int32_t id = 0; id < leash_variant_count(); id++) {
        const leash_variant variant = variant_of(id);
        if (variant.operation != LEASH_TOKEN_STATISTICS) continue;
        const leash_token_statistics_args args = call.args(id);
        if (variant.device_kind == LEASH_DEVICE_CPU) {
            CHECK_EQ(leash_token_statistics(gpu, &args), LEASH_ERROR_INVALID_ARGUMENT);
            CHECK(error_says("is for CPU devices"));
            continue;
        }
        listed++;
        CHECK_EQ(variant.available, 1);
        CHECK_EQ(leash_token_statistics(gpu, &args), LEASH_OK);
        CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
        CHECK(gpu.get(call.logprob, kRows)[2] < 0);
        CHECK_EQ(leash_fill(gpu, call.logprob, 0, kRows * 4), LEASH_OK);
    }
    CHECK(listed >= 5);  // naive, two_read, warp, split, auto
    leash_device* cpu = nullptr;
    CHECK_EQ(leash_device_open(LEASH_DEVICE_CPU, 0, nullptr, &cpu), LEASH_OK);
    const leash_token_statistics_args args = call.args(leash_variant_count() - 3);
    CHECK_EQ(leash_token_statistics(cpu, &args), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK(error_says("is for CUDA devices"));
    leash_device_close(cpu);
}

TEST(each_cause_of_a_missing_device_has_a_remedy) {
    const auto says = [](cudaError_t error, int driver, const char* what, const char* remedy) {
        const std::string reason = cuda::missing_device(error, driver);
        const size_t end = reason.find("; ");
        return reason.find(what) < end && reason.find(remedy, end) != std::string::npos &&
               reason.find("nvcc") == std::string::npos;
    };
    CHECK(says(cudaErrorInsufficientDriver, 0, "libcuda.so.1) was not found", "install it"));
    CHECK(says(cudaErrorNoDevice, 13000, "driver sees no GPU", "CUDA_VISIBLE_DEVICES"));
    CHECK(says(cudaSuccess, 13000, "driver sees no GPU", "nvidia-smi -L"));
    CHECK(says(cudaErrorInsufficientDriver, 12040, "is for CUDA 12.4, too old for this library, which is built with CUDA 13.0",
               "update the driver"));
    CHECK(says(cudaErrorLaunchFailure, 13000, "fails with error 719", "nvidia-smi works"));
}

TEST(table_of_choices_names_existing_variants) {
    CHECK(leash_choice_count() > 0);
    for (int32_t i = 0; i < leash_choice_count(); i++) {
        leash_choice choice = {};
        CHECK_EQ(leash_choice_get(i, &choice), LEASH_OK);
        CHECK(choice.min_vocab >= 1 && choice.min_vocab <= choice.max_vocab && *choice.evidence != '\0');
        const bool is_cluster = choice.cluster > 0 && choice.cluster <= 16 && (choice.cluster & (choice.cluster - 1)) == 0;
        CHECK(choice.cluster == 0 || (is_cluster && std::strcmp(choice.variant, "resident") == 0));
        bool exists = false;
        for (int32_t id = 0; id < leash_variant_count(); id++) {
            const leash_variant variant = variant_of(id);
            exists |= variant.device_kind == LEASH_DEVICE_CUDA && std::strcmp(variant.name, choice.variant) == 0 &&
                      (choice.operation == -1 || choice.operation == variant.operation);
        }
        CHECK(exists);
    }
    leash_choice choice = {};
    CHECK_EQ(leash_choice_get(leash_choice_count(), &choice), LEASH_ERROR_INVALID_ARGUMENT);
}

// Sets entries for the duration of a test.
struct Choices {
    explicit Choices(const std::vector<leash_choice>& entries) {
        CHECK_EQ(leash_choices_set(entries.data(), static_cast<int32_t>(entries.size())), LEASH_OK);
    }
    ~Choices() { leash_choices_set(nullptr, 0); }
};

TEST(auto_follows_choices_that_were_set) {
    const OpenedGpu gpu;
    const Call call{gpu};
    const auto planned = [&](int64_t rows, int64_t vocab) {
        leash_token_statistics_args args = call.args(LEASH_VARIANT_AUTO);
        args.rows.logits.vocab = args.rows.logits.row_stride = vocab;
        args.rows.logits.rows = rows;
        leash_plan plan = {};
        std::vector<float> logits(static_cast<size_t>(rows * vocab));
        args.rows.logits.data = logits.data();
        CHECK_EQ(leash_plan_call(gpu, LEASH_TOKEN_STATISTICS, &args, &plan), LEASH_OK);
        return std::string(variant_of(plan.variant).name) + " " +
               std::to_string(plan.launches == 0 ? 0 : plan.launch[0].cluster);
    };
    const std::string compiled_in = planned(1, 20000);
    const int32_t count = leash_choice_count();
    {
        std::string evidence = "measured";
        leash_choice entry = {LEASH_TOKEN_STATISTICS, 1u << LEASH_F32, 10000, 30000, 1, 90, 90, 2, 0, "resident", evidence.c_str()};
        leash_choice few_rows = entry;
        few_rows.cluster = 0;
        few_rows.variant = "naive";
        few_rows.max_rows = 2;
        const Choices choices({entry, few_rows});
        evidence = "XXXXXXXX";
        CHECK_EQ(leash_choice_count(), count + 2);
        leash_choice read = {};
        CHECK_EQ(leash_choice_get(0, &read), LEASH_OK);
        CHECK(std::strcmp(read.evidence, "measured") == 0 && read.max_compute_capability == 90 && read.cluster == 2);
        CHECK(planned(1, 20000) == "resident 2");
        CHECK(planned(2, 20000) == "naive 1");
        CHECK(planned(3, 20000) != "naive 1");
        CHECK(planned(1, 9999) != "resident 2" && planned(1, 30001) != "resident 2");
        // A row that does not fit into the cluster is the next entry's.
        entry.cluster = 1;
        entry.max_vocab = INT32_MAX;
        const Choices others({entry});
        CHECK(planned(1, 50000) == "resident 1");
        CHECK(planned(1, 60000) != "resident 1");
        entry.min_compute_capability = entry.max_compute_capability = 100;
        const Choices later({entry});
        CHECK(planned(1, 20000) == compiled_in);
    }
    CHECK_EQ(leash_choice_count(), count);
    CHECK(planned(1, 20000) == compiled_in);
}

TEST(invalid_choices_are_rejected_as_a_whole) {
    const leash_choice good = {-1, 7, 1, 100, 1, 80, 90, 0, 0, "split", "measured"};
    const int32_t count = leash_choice_count();
    const auto rejects = [&](auto change, const char* message) {
        leash_choice bad = good;
        change(bad);
        const leash_choice both[] = {good, bad};
        CHECK_EQ(leash_choices_set(both, 2), LEASH_ERROR_INVALID_ARGUMENT);
        CHECK(error_says(message));
        CHECK_EQ(leash_choice_count(), count);
    };
    rejects([](leash_choice& c) { c.operation = 5; }, "operation");
    rejects([](leash_choice& c) { c.operation = -2; }, "operation");
    rejects([](leash_choice& c) { c.dtypes = 0; }, "choices[1].dtypes = 0x0");
    rejects([](leash_choice& c) { c.dtypes = 8; }, "choices[1].dtypes = 0x8");
    rejects([](leash_choice& c) { c.min_vocab = 0; }, "choices[1] has min_vocab = 0");
    rejects([](leash_choice& c) { c.max_vocab = 0; }, "max_vocab = 0");
    rejects([](leash_choice& c) { c.max_rows = -1; }, "max_rows = -1");
    rejects([](leash_choice& c) { c.max_compute_capability = 75; }, "max_compute_capability = 75");
    rejects([](leash_choice& c) { c.variant = nullptr; }, "choices[1].variant is NULL");
    rejects([](leash_choice& c) { c.evidence = nullptr; }, "choices[1].evidence is NULL");
    rejects([](leash_choice& c) { c.variant = "fast"; }, "choices[1].variant = \"fast\" is not a CUDA variant of any operation");
    rejects([](leash_choice& c) { c.variant = "auto"; }, "\"auto\"");
    rejects([](leash_choice& c) { c.variant = "resident", c.operation = LEASH_LOGITS_GRADIENT; }, "of logits_gradient");
    rejects([](leash_choice& c) { c.cluster = 2; }, "choices[1].cluster = 2; must be 0 for \"split\"");
    rejects([](leash_choice& c) { c.variant = "resident", c.cluster = 3; }, "or a power of 2 up to 16 for \"resident\"");
    rejects([](leash_choice& c) { c.variant = "resident", c.cluster = 32; }, "choices[1].cluster = 32");
    rejects([](leash_choice& c) { c.cluster = -1; }, "choices[1].cluster = -1");
    CHECK_EQ(leash_choices_set(nullptr, 1), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_choices_set(&good, -1), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_choices_set(&good, 10001), LEASH_ERROR_INVALID_ARGUMENT);
}

TEST(plan_follows_table_of_choices) {
    const OpenedGpu gpu(3);
    leash_device_properties device = {};
    CHECK_EQ(leash_device_get_properties(gpu, &device), LEASH_OK);
    const Call call{gpu};
    for (const int64_t vocab : {int64_t{5}, int64_t{3000}, int64_t{40000}}) {
        leash_token_statistics_args args = call.args(LEASH_VARIANT_AUTO);
        args.rows.logits.vocab = args.rows.logits.row_stride = vocab;
        args.rows.logits.rows = 0;  // which need no memory
        leash_plan plan = {};
        CHECK_EQ(leash_plan_call(gpu, LEASH_TOKEN_STATISTICS, &args, &plan), LEASH_OK);
        leash_choice choice = {};
        int32_t index = -1;
        CHECK_EQ(leash_choose(LEASH_TOKEN_STATISTICS, args.rows.logits.dtype, args.rows.logits.rows, vocab,
                              device.compute_capability, device.shared_bytes_per_block, device.max_cluster, &index),
                 LEASH_OK);
        CHECK_EQ(leash_choice_get(index, &choice), LEASH_OK);
        CHECK(std::strcmp(choice.variant, variant_of(plan.variant).name) == 0);
    }
    int32_t index = -1;
    CHECK_EQ(leash_choose(LEASH_ENTROPY, LEASH_F32, 1, 32000, 75, 65536, 0, &index), LEASH_ERROR_UNSUPPORTED);
    CHECK(error_says("naive needs compute capability 8.0; this device has 7.5"));
    CHECK_EQ(leash_choose(LEASH_ENTROPY, LEASH_F32, 1, 0, 90, 232448, 16, &index), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK(error_says("logits.vocab = 0"));
    CHECK_EQ(leash_choose(5, LEASH_F32, 1, 1, 90, 232448, 16, &index), LEASH_ERROR_INVALID_ARGUMENT);
}

TEST(calls_beyond_limits_of_variant_are_rejected) {
    const OpenedGpu gpu(3);
    const Call call{gpu};
    for (int32_t id = 0; id < leash_variant_count(); id++) {
        const leash_variant variant = variant_of(id);
        if (variant.device_kind != LEASH_DEVICE_CUDA || variant.operation != LEASH_TOKEN_STATISTICS) continue;
        if (std::strcmp(variant.name, "warp") != 0) continue;
        leash_token_statistics_args args = call.args(id);
        args.rows.logits.vocab = args.rows.logits.row_stride = 2049;
        args.rows.logits.rows = 0;
        args.logprob = nullptr;
        args.entropy = call.logprob;
        CHECK_EQ(leash_token_statistics(gpu, &args), LEASH_ERROR_UNSUPPORTED);
        CHECK(error_says("vocab = 2049 is more than the 2048 that warp takes"));
    }
}

TEST(work_runs_in_order_and_only_when_waited_for) {
    const OpenedGpu gpu;
    const Call call{gpu};
    void* pinned = nullptr;
    CHECK_EQ(leash_allocate_host(gpu, kRows * 4, &pinned), LEASH_OK);
    auto* const seen = static_cast<float*>(pinned);
    std::fill(seen, seen + kRows, 5.0f);
    const leash_token_statistics_args args = call.args();
    CHECK_EQ(leash_token_statistics(gpu, &args), LEASH_OK);
    CHECK_EQ(leash_enqueue_copy(gpu, seen, call.logprob, kRows * 4, LEASH_COPY_DEVICE_TO_HOST), LEASH_OK);
    CHECK_EQ(leash_fill(gpu, call.logprob, 0, kRows * 4), LEASH_OK);
    CHECK_EQ(seen[0], 5.0f);
    CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
    CHECK(seen[0] < 0);
    CHECK_EQ(gpu.get(call.logprob, kRows)[0], 0.0f);
    CHECK_EQ(leash_free_host(gpu, pinned), LEASH_OK);
    CHECK_EQ(leash_free_host(gpu, seen), LEASH_ERROR_INVALID_ARGUMENT);
}

TEST(events_order_streams_of_a_gpu) {
    const OpenedGpu one;
    const OpenedGpu other;
    float* const memory = one.put(std::vector<float>{1, 2});
    leash_event* filled = nullptr;
    CHECK_EQ(leash_event_create(one, &filled), LEASH_OK);
    CHECK_EQ(leash_wait(other, filled), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK(error_says("has not been recorded"));
    CHECK_EQ(leash_fill(one, memory, 0, 8), LEASH_OK);
    CHECK_EQ(other.get(memory, 2)[1], 2.0f);  // another stream: not yet
    CHECK_EQ(leash_event_record(one, filled), LEASH_OK);
    CHECK_EQ(leash_wait(other, filled), LEASH_OK);
    CHECK_EQ(other.get(memory, 2)[1], 0.0f);
    leash_event* end = nullptr;
    double ns = -1;
    CHECK_EQ(leash_event_create(one, &end), LEASH_OK);
    CHECK_EQ(leash_event_record(one, end), LEASH_OK);
    CHECK_EQ(leash_event_elapsed_ns(filled, end, &ns), LEASH_OK);
    CHECK(ns >= 0);
    leash_event_destroy(filled);
    leash_event_destroy(end);
    leash_free(one, memory);
}

TEST(synchronize_reports_targets_out_of_range_with_their_call) {
    const OpenedGpu gpu;
    const Call good{gpu};
    const Call bad{gpu};
    const std::vector<int32_t> stray = {1, 99, -4};
    leash_copy(gpu, bad.targets, stray.data(), 12, LEASH_COPY_HOST_TO_DEVICE);
    const leash_token_statistics_args right = good.args();
    const leash_token_statistics_args wrong = bad.args();
    CHECK_EQ(leash_token_statistics(gpu, &wrong), LEASH_OK);
    CHECK_EQ(leash_synchronize(gpu), LEASH_ERROR_TARGET_OUT_OF_RANGE);
    CHECK("target[1] = 99 is outside [0, 40); its row is NaN (rows with such a target: 2)" == std::string(leash_last_error()));
    CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
    // Reports the first of several such calls; copies and frees wait, but leave the report to synchronize.
    CHECK_EQ(leash_token_statistics(gpu, &right), LEASH_OK);
    CHECK_EQ(leash_token_statistics(gpu, &wrong), LEASH_OK);
    CHECK_EQ(leash_token_statistics(gpu, &right), LEASH_OK);
    CHECK(gpu.get(bad.logprob, 3)[1] != gpu.get(bad.logprob, 3)[1]);
    CHECK_EQ(leash_synchronize(gpu), LEASH_ERROR_TARGET_OUT_OF_RANGE);
    CHECK(error_says("target[1] = 99"));
    CHECK(error_says("; in call 2 of 3 since the last synchronize, token_statistics by warp"));
    CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
}

TEST(more_calls_than_the_log_has_slots_are_reported_too) {
    const OpenedGpu gpu;
    const Call good{gpu};
    const Call bad{gpu};
    const std::vector<int32_t> stray = {1, 99, -4};
    leash_copy(gpu, bad.targets, stray.data(), 12, LEASH_COPY_HOST_TO_DEVICE);
    const leash_token_statistics_args right = good.args();
    const leash_token_statistics_args wrong = bad.args();
    const auto calls = [&](const leash_token_statistics_args& args, int count) {
        for (int i = 0; i < count; i++) CHECK_EQ(leash_token_statistics(gpu, &args), LEASH_OK);
    };
    calls(wrong, 1);
    calls(right, 1100);
    CHECK_EQ(leash_synchronize(gpu), LEASH_ERROR_TARGET_OUT_OF_RANGE);
    CHECK(error_says("in call 1 of 1101 since"));
    calls(right, 1100);
    calls(wrong, 2);
    CHECK_EQ(leash_synchronize(gpu), LEASH_ERROR_TARGET_OUT_OF_RANGE);
    CHECK("target[1] = 99 is outside [0, 40); its row is NaN (rows with such a target: 4); in a call after the first 1024 since the "
          "last synchronize, token_statistics by warp" == std::string(leash_last_error()));
    calls(right, 1100);
    CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
}

TEST(more_shapes_than_the_log_has_slots_are_reported_too) {
    const OpenedGpu gpu;
    const Call good{gpu};
    const Call bad{gpu};
    const std::vector<int32_t> stray = {1, 99, -4};
    leash_copy(gpu, bad.targets, stray.data(), 12, LEASH_COPY_HOST_TO_DEVICE);
    const leash_token_statistics_args wrong = bad.args();
    for (int64_t vocab = 1; vocab <= 1100; vocab++) {
        leash_token_statistics_args args = good.args();
        args.rows.logits.rows = 0;
        args.rows.logits.vocab = args.rows.logits.row_stride = vocab;
        leash_plan plan = {};
        CHECK_EQ(leash_plan_call(gpu, LEASH_TOKEN_STATISTICS, &args, &plan), LEASH_OK);
    }
    CHECK_EQ(leash_token_statistics(gpu, &wrong), LEASH_OK);
    CHECK_EQ(leash_synchronize(gpu), LEASH_ERROR_TARGET_OUT_OF_RANGE);
    CHECK("target[1] = 99 is outside its row, which is NaN (rows with such a target: 2); in a call, a plan or a graph of a shape "
          "seen after many others" == std::string(leash_last_error()));
    CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
}

TEST(plan_equals_launches_of_call) {
    const OpenedGpu gpu;
    const Call call{gpu};
    leash_plan plan = {};
    const leash_token_statistics_args args = call.args();
    CHECK_EQ(leash_plan_call(gpu, LEASH_TOKEN_STATISTICS, &args, nullptr), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_plan_call(gpu, LEASH_TOKEN_STATISTICS, &args, &plan), LEASH_OK);
    CHECK_EQ(plan.launches, 1);
    CHECK(std::strcmp(plan.launch[0].kernel, "leash_token_statistics_warp_f32") == 0);
    CHECK(std::strcmp(variant_of(plan.variant).name, "warp") == 0);
    CHECK_EQ(plan.launch[0].blocks, 1u);
    CHECK_EQ(plan.launch[0].cluster, 1u);
    CHECK(plan.launch[0].parameter_bytes > 0 && plan.launch[0].parameter_bytes <= LEASH_MAX_PARAMETER_BYTES);
    CHECK_EQ(leash_plan_call(gpu, 5, &args, &plan), LEASH_ERROR_INVALID_ARGUMENT);
    leash_device* cpu = nullptr;
    CHECK_EQ(leash_device_open(LEASH_DEVICE_CPU, 0, nullptr, &cpu), LEASH_OK);
    CHECK_EQ(leash_plan_call(cpu, LEASH_TOKEN_STATISTICS, &args, &plan), LEASH_ERROR_UNSUPPORTED);
    leash_device_close(cpu);
}

// More than the default shared memory of a kernel, first on one device, then on another.
TEST(rows_may_fill_shared_memory) {
    constexpr int64_t kLong = 40000;
    for (int round = 0; round < 2; round++) {
        const OpenedGpu gpu;
        float* const logits = gpu.put(std::vector<float>(kLong, 1.0f));
        leash_log_softmax_args args = {{{logits, 1, kLong, kLong, LEASH_F32, 0}, nullptr, nullptr, 1.0f, LEASH_VARIANT_AUTO},
                                       {logits, 1, kLong, kLong, LEASH_F32, 0}};
        for (int32_t id = 0; id < leash_variant_count(); id++) {
            const leash_variant variant = variant_of(id);
            if (variant.operation == LEASH_LOG_SOFTMAX && std::strcmp(variant.name, "resident") == 0) args.rows.variant = id;
        }
        leash_plan plan = {};
        CHECK_EQ(leash_plan_call(gpu, LEASH_LOG_SOFTMAX, &args, &plan), LEASH_OK);
        CHECK(plan.launch[0].shared_bytes > 48 << 10);
        CHECK_EQ(leash_log_softmax(gpu, &args), LEASH_OK);
        CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
        CHECK_NEAR(static_cast<double>(gpu.get(logits + kLong - 1, 1)[0]), -10.596634733, 1e-5);
        CHECK_EQ(leash_free(gpu, logits), LEASH_OK);
    }
}

TEST(any_thread_may_use_any_cuda_device) {
    const OpenedGpu gpu;
    const OpenedGpu other(1);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; t++) {
        threads.emplace_back([&, t] {
            const OpenedGpu& mine = t % 2 == 0 ? gpu : other;
            for (int i = 0; i < 20; i++) {
                const Call call{mine};
                const leash_token_statistics_args args = call.args();
                CHECK_EQ(leash_token_statistics(mine, &args), LEASH_OK);
                CHECK_EQ(leash_synchronize(mine), LEASH_OK);
                CHECK(mine.get(call.logprob, kRows)[0] < 0);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
}

TEST(allocated_memory_is_zero) {
    const OpenedGpu gpu;
    const OpenedGpu other_stream;
    for (int i = 0; i < 2; i++) {
        void* memory = nullptr;
        void* host = nullptr;
        CHECK_EQ(leash_allocate(gpu, 400, &memory), LEASH_OK);
        CHECK_EQ(leash_allocate_host(gpu, 400, &host), LEASH_OK);
        CHECK(other_stream.get(static_cast<char*>(memory), 400) == std::vector<char>(400));
        CHECK(std::memcmp(host, std::vector<char>(400).data(), 400) == 0);
        CHECK_EQ(leash_fill(gpu, memory, 0xff, 400), LEASH_OK);
        std::memset(host, 0xff, 400);
        CHECK_EQ(leash_free(gpu, memory), LEASH_OK);
        CHECK_EQ(leash_free_host(gpu, host), LEASH_OK);
    }
}

TEST(children_of_a_fork_refuse_cuda_and_close_its_devices) {
    leash_device* gpu = nullptr;
    leash_event* event = nullptr;
    void* memory = nullptr;
    CHECK_EQ(leash_device_open(LEASH_DEVICE_CUDA, 0, nullptr, &gpu), LEASH_OK);
    CHECK_EQ(leash_event_create(gpu, &event), LEASH_OK);
    CHECK_EQ(leash_event_record(gpu, event), LEASH_OK);
    CHECK_EQ(leash_allocate(gpu, 100, &memory), LEASH_OK);
    const auto in_child = [&] {
        alarm(20);
        leash_device* another = nullptr;
        leash_device_properties properties = {};
        double ns = 0;
        int32_t count = 0;
        if (leash_fill(gpu, memory, 0, 100) != LEASH_ERROR_DEVICE_LOST || !error_says("CUDA does not survive a fork")) return 1;
        if (leash_synchronize(gpu) != LEASH_ERROR_DEVICE_LOST) return 2;
        if (leash_device_get_properties(gpu, &properties) != LEASH_ERROR_DEVICE_LOST) return 3;
        if (leash_event_elapsed_ns(event, event, &ns) != LEASH_ERROR_DEVICE_LOST) return 4;
        if (leash_device_open(LEASH_DEVICE_CUDA, 0, nullptr, &another) != LEASH_ERROR_UNAVAILABLE) return 5;
        if (!error_says("used before the process was forked")) return 6;
        if (leash_device_count(LEASH_DEVICE_CUDA, &count) != LEASH_ERROR_UNAVAILABLE) return 7;
        if (leash_event_destroy(event) != LEASH_OK || leash_free(gpu, memory) != LEASH_OK) return 8;
        return leash_device_close(gpu) == LEASH_OK ? 0 : 9;
    };
    const pid_t child = fork();
    if (child == 0) _exit(in_child());
    int status = 0;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : 1000, 0);
    CHECK_EQ(leash_fill(gpu, memory, 0, 100), LEASH_OK);
    CHECK_EQ(leash_event_destroy(event), LEASH_OK);
    CHECK_EQ(leash_free(gpu, memory), LEASH_OK);
    CHECK_EQ(leash_device_close(gpu), LEASH_OK);
}

TEST(excessive_allocation_is_rejected) {
    const OpenedGpu gpu;
    void* memory = nullptr;
    CHECK_EQ(leash_allocate(gpu, int64_t{1} << 40, &memory), LEASH_ERROR_OUT_OF_MEMORY);
    CHECK(error_says("cannot allocate 1099511627776 bytes on CUDA device 0, which has "));
    float host = 0;
    CHECK_EQ(leash_copy(gpu, &host, &host, 4, LEASH_COPY_HOST_TO_DEVICE), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_free(gpu, &host), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
}

namespace {

// Loses a GPU by a call with logits outside its memory; the message names the call, and further calls fail.
void lose(float* logits) {
    const OpenedGpu gpu;
    const Call call{gpu};
    leash_token_statistics_args args = call.args();
    CHECK_EQ(leash_token_statistics(gpu, &args), LEASH_OK);
    args.rows.logits.data = logits;
    CHECK_EQ(leash_token_statistics(gpu, &args), LEASH_OK);
    CHECK_EQ(leash_synchronize(gpu), LEASH_ERROR_DEVICE_LOST);
    CHECK(error_says("CUDA device 0 is lost: error 719 (kernel leash::cuda::leash_token_statistics_warp_f32"));
    CHECK(error_says("in one of the 2 calls since the last synchronize: token_statistics by warp 3 x 40 f32"));
    const std::string first = leash_last_error();
    void* memory = nullptr;
    CHECK_EQ(leash_token_statistics(gpu, &args), LEASH_ERROR_DEVICE_LOST);
    CHECK_EQ(leash_allocate(gpu, 4, &memory), LEASH_ERROR_DEVICE_LOST);
    CHECK_EQ(leash_synchronize(gpu), LEASH_ERROR_DEVICE_LOST);
    CHECK(first == leash_last_error());
    CHECK_EQ(leash_free(gpu, call.logprob), LEASH_OK);
}

}  // namespace

TEST(lost_gpu_names_the_call_and_rejects_further_work) {
    std::vector<float> on_host = ramp();
    lose(on_host.data());
    emulator::reset();
}

TEST(memory_of_another_gpu_faults_all_devices_of_the_gpu) {
    const OpenedGpu elsewhere(1);
    float* const foreign = elsewhere.put(ramp());
    lose(foreign);
    CHECK_EQ(leash_synchronize(elsewhere), LEASH_ERROR_DEVICE_LOST);
    CHECK(error_says("in no call of this device"));
    emulator::reset();
}
