// Devices, memory, events, variants, layouts and measurements through the ABI.
#include <pthread.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <thread>

#include "test/harness.h"
#include "cpu/isa/instruction_sets.h"
#include "cpu/processor.h"
#include "spec/names.h"
#include "test/rig.h"

using namespace leash::test;

namespace {

bool error_says(const char* text) { return std::strstr(leash_last_error(), text) != nullptr; }

leash_variant variant_of(int32_t id) {
    leash_variant variant = {};
    CHECK_EQ(leash_variant_get(id, &variant), LEASH_OK);
    return variant;
}

}  // namespace

TEST(abi_version_matches_header) { CHECK_EQ(leash_abi_version(), uint32_t{LEASH_ABI_VERSION}); }

TEST(devices_open_with_requested_threads) {
    leash_device* device = nullptr;
    CHECK_EQ(leash_device_open(LEASH_DEVICE_CUDA, 0, nullptr, &device), LEASH_ERROR_UNAVAILABLE);
    CHECK(error_says("not available: this library was built without CUDA"));
    CHECK_EQ(leash_device_open(2, 0, nullptr, &device), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_device_open(LEASH_DEVICE_CPU, 1, nullptr, &device), LEASH_ERROR_UNAVAILABLE);
    CHECK_EQ(leash_device_open(LEASH_DEVICE_CPU, 0, nullptr, nullptr), LEASH_ERROR_INVALID_ARGUMENT);
    leash_device_options options = {};
    options.threads = -1;
    CHECK_EQ(leash_device_open(LEASH_DEVICE_CPU, 0, &options, &device), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK(error_says("threads = -1"));
    options = {};
    options.stream = &options;
    CHECK_EQ(leash_device_open(LEASH_DEVICE_CPU, 0, &options, &device), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK(error_says("is for CUDA devices; must be NULL for the CPU"));
    CHECK(device == nullptr);
    CHECK_EQ(leash_device_close(nullptr), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_synchronize(nullptr), LEASH_ERROR_INVALID_ARGUMENT);
}

TEST(available_processors_are_limited_by_max_threads) {
    const int32_t available = leash::cpu::available_processors();
    const auto opened_with = [](int32_t threads, int32_t max_threads) {
        leash_device_options options = {};
        options.threads = threads;
        options.max_threads = max_threads;
        leash_device* device = nullptr;
        CHECK_EQ(leash_device_open(LEASH_DEVICE_CPU, 0, &options, &device), LEASH_OK);
        leash_device_properties properties = {};
        CHECK_EQ(leash_device_get_properties(device, &properties), LEASH_OK);
        CHECK_EQ(leash_device_close(device), LEASH_OK);
        return properties.threads;
    };
    CHECK_EQ(opened_with(0, 0), available);
    CHECK_EQ(opened_with(0, 1), 1);
    CHECK_EQ(opened_with(0, available), available);
    CHECK_EQ(opened_with(0, available + 1), available);
    CHECK_EQ(opened_with(0, INT32_MAX), available);
    CHECK_EQ(opened_with(3, 1), 3);
    for (const int32_t max_threads : {-1, INT32_MIN}) {
        leash_device_options options = {};
        options.max_threads = max_threads;
        leash_device* device = nullptr;
        CHECK_EQ(leash_device_open(LEASH_DEVICE_CPU, 0, &options, &device), LEASH_ERROR_INVALID_ARGUMENT);
        CHECK(error_says(("max_threads = " + std::to_string(max_threads)).c_str()));
        CHECK(device == nullptr);
    }
}

TEST(properties_describe_the_device) {
    const OpenDevice device(3);
    leash_device_properties properties = {};
    CHECK_EQ(leash_device_get_properties(device, nullptr), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_device_get_properties(device, &properties), LEASH_OK);
    CHECK_EQ(properties.kind, int32_t{LEASH_DEVICE_CPU});
    CHECK_EQ(properties.threads, 3);
    CHECK(properties.memory_bytes > 0);
    CHECK(leash::cpu::processor_name().rfind(properties.name, 0) == 0);
    CHECK(leash::cpu::available_features() == properties.instruction_sets);

    const OpenDevice all(0);
    CHECK_EQ(leash_device_get_properties(all, &properties), LEASH_OK);
    CHECK_EQ(properties.threads, leash::cpu::available_processors());
}

TEST(memory_is_aligned_filled_and_copied) {
    const OpenDevice device;
    for (const int64_t bytes : {int64_t{0}, int64_t{1}, int64_t{1000}, int64_t{5} << 20}) {
        void* memory = nullptr;
        CHECK_EQ(leash_allocate(device, bytes, &memory), LEASH_OK);
        CHECK(memory != nullptr);
        CHECK_EQ(reinterpret_cast<uintptr_t>(memory) % 64, uintptr_t{0});
        CHECK_EQ(leash_fill(device, memory, 0xab, bytes), LEASH_OK);
        if (bytes > 0) CHECK_EQ(static_cast<unsigned char*>(memory)[bytes - 1], 0xab);
        CHECK_EQ(leash_free(device, memory), LEASH_OK);
    }
    char from[] = "leash";
    char to[6] = {};
    CHECK_EQ(leash_copy(device, to, from, 6, LEASH_COPY_HOST_TO_DEVICE), LEASH_OK);
    CHECK(std::strcmp(to, "leash") == 0);
    CHECK_EQ(leash_copy(device, to, from, 6, 3), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_copy(device, to, from, -1, 0), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_copy(device, nullptr, from, 1, 0), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_copy(device, to, nullptr, 1, 0), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_copy(device, nullptr, nullptr, 0, 0), LEASH_OK);
    CHECK_EQ(leash_fill(device, to, 256, 1), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_fill(device, nullptr, 0, 1), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_free(device, nullptr), LEASH_OK);
}

namespace {

int64_t resident_bytes() {
    std::FILE* const file = std::fopen("/proc/self/statm", "re");
    long long size = 0;
    long long resident = 0;
    CHECK(file != nullptr && std::fscanf(file, "%lld %lld", &size, &resident) == 2);
    if (file != nullptr) std::fclose(file);
    return resident * sysconf(_SC_PAGESIZE);
}

}  // namespace

TEST(large_memory_is_zero_but_takes_no_space) {
    const OpenDevice device;
    constexpr int64_t kBytes = int64_t{1} << 30;
    const int64_t before = resident_bytes();
    void* memory = nullptr;
    CHECK_EQ(leash_allocate(device, kBytes, &memory), LEASH_OK);
    const char* const bytes = static_cast<const char*>(memory);
    for (const int64_t at : {int64_t{0}, kBytes / 2, kBytes - 1}) CHECK_EQ(bytes[at], 0);
    CHECK(resident_bytes() - before < int64_t{64} << 20);
    CHECK_EQ(leash_free(device, memory), LEASH_OK);
}

TEST(reused_memory_is_zero_again) {
    const OpenDevice device;
    for (const int64_t bytes : {int64_t{1}, int64_t{64}, int64_t{4000}, int64_t{300} << 10, int64_t{5} << 20}) {
        const Context context(std::to_string(bytes) + " bytes");
        for (int i = 0; i < 20; i++) {
            void* memory = nullptr;
            void* host = nullptr;
            CHECK_EQ(leash_allocate(device, bytes, &memory), LEASH_OK);
            CHECK_EQ(leash_allocate_host(device, bytes, &host), LEASH_OK);
            const std::string zeros(static_cast<size_t>(bytes), 0);
            CHECK(std::memcmp(memory, zeros.data(), zeros.size()) == 0);
            CHECK(std::memcmp(host, zeros.data(), zeros.size()) == 0);
            leash_fill(device, memory, 0xff, bytes);
            leash_fill(device, host, 0xff, bytes);
            CHECK_EQ(leash_free(device, memory), LEASH_OK);
            CHECK_EQ(leash_free_host(device, host), LEASH_OK);
        }
    }
}

TEST(impossible_allocations_are_rejected) {
    const OpenDevice device;
    void* memory = nullptr;
    CHECK_EQ(leash_allocate(device, -1, &memory), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_allocate(device, INT64_MAX, &memory), LEASH_ERROR_OUT_OF_MEMORY);
    CHECK(error_says("9223372036854775807 bytes"));
    CHECK_EQ(leash_allocate(device, INT64_MAX - (int64_t{2} << 20), &memory), LEASH_ERROR_OUT_OF_MEMORY);
    CHECK_EQ(leash_allocate_host(device, INT64_MAX, &memory), LEASH_ERROR_OUT_OF_MEMORY);
    CHECK_EQ(leash_allocate(device, 1, nullptr), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK(memory == nullptr);
}

TEST(events_measure_time) {
    const OpenDevice device;
    const OpenDevice other;
    leash_event* begin = nullptr;
    leash_event* end = nullptr;
    double ns = -1;
    CHECK_EQ(leash_event_create(device, &begin), LEASH_OK);
    CHECK_EQ(leash_event_create(device, &end), LEASH_OK);
    CHECK_EQ(leash_event_record(device, begin), LEASH_OK);
    CHECK_EQ(leash_event_elapsed_ns(begin, end, &ns), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK(error_says("end has not been recorded"));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    CHECK_EQ(leash_event_record(other, end), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_event_record(device, end), LEASH_OK);
    CHECK_EQ(leash_event_elapsed_ns(begin, end, &ns), LEASH_OK);
    CHECK(ns >= 5e6 && ns < 5e9);
    CHECK_EQ(leash_event_elapsed_ns(begin, end, nullptr), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_event_elapsed_ns(nullptr, end, &ns), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_event_destroy(begin), LEASH_OK);
    CHECK_EQ(leash_event_destroy(end), LEASH_OK);
    CHECK_EQ(leash_event_destroy(nullptr), LEASH_ERROR_INVALID_ARGUMENT);
}

TEST(variants_are_listed_with_reasons) {
    std::set<std::string> names;
    std::map<int32_t, int> available;
    for (int32_t id = 0; id < leash_variant_count(); id++) {
        const leash_variant variant = variant_of(id);
        const Context context(variant.name);
        CHECK(names.insert(std::to_string(variant.operation) + std::to_string(variant.device_kind) + variant.name).second);
        CHECK_EQ(variant.available != 0, std::strlen(variant.reason) == 0);
        CHECK_EQ(variant.dtypes, 7u);
        if (variant.available != 0) available[variant.operation]++;
        if (std::strcmp(variant.name, "portable") == 0) CHECK_EQ(variant.available, 1);
        for (const leash::cpu::InstructionSet& set : leash::cpu::instruction_sets()) {
            if (variant.device_kind != LEASH_DEVICE_CPU || std::strcmp(variant.name, set.name) != 0) continue;
            CHECK(std::strlen(variant.description) > 0);
            const std::string missing = leash::cpu::missing_features(set.features);
            CHECK_EQ(variant.available != 0, set.kernels != nullptr && missing.empty());
            const std::string reason = set.kernels == nullptr ? "not built for" : missing.empty() ? "" : "needs " + missing;
            CHECK(std::string(variant.reason).find(reason) == 0);
        }
    }
    CHECK_EQ(available.size(), size_t{5});
    leash_variant variant = {};
    CHECK_EQ(leash_variant_get(leash_variant_count(), &variant), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_variant_get(-1, &variant), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_variant_get(0, nullptr), LEASH_ERROR_INVALID_ARGUMENT);
}

TEST(cpu_variants_read_rows_once_for_sums_and_once_for_output) {
    const std::map<int32_t, std::pair<int32_t, int32_t>> passes = {{LEASH_LOG_SOFTMAX, {2, 1}},
                                                                   {LEASH_ENTROPY, {1, 0}},
                                                                   {LEASH_TOKEN_STATISTICS, {1, 0}},
                                                                   {LEASH_LOGITS_GRADIENT, {1, 1}},
                                                                   {LEASH_POLICY_GRADIENT, {2, 1}}};
    for (int32_t id = 0; id < leash_variant_count(); id++) {
        const leash_variant variant = variant_of(id);
        if (variant.device_kind != LEASH_DEVICE_CPU) continue;
        const Context context(std::to_string(id));
        CHECK_EQ(variant.reads, passes.at(variant.operation).first);
        CHECK_EQ(variant.writes, passes.at(variant.operation).second);
    }
}

TEST(lists_name_their_entries) {
    const auto named = [](int32_t list, int32_t id, const char* name) {
        const char* const found = leash_name(list, id);
        CHECK(found != nullptr && std::strcmp(found, name) == 0);
    };
    named(LEASH_LIST_OPERATIONS, LEASH_TOKEN_STATISTICS, "token_statistics");
    named(LEASH_LIST_DTYPES, LEASH_BF16, "bf16");
    named(LEASH_LIST_LOSSES, LEASH_LOSS_CISPO, "cispo");
    named(LEASH_LIST_KL_ESTIMATORS, LEASH_KL_K3_STRAIGHT, "k3_straight");
    named(LEASH_LIST_ROLLOUTS, LEASH_ROLLOUT_MASK, "mask");
    CHECK(leash_name(LEASH_LIST_DTYPES, 3) == nullptr);
    CHECK(leash_name(LEASH_LIST_DTYPES, -1) == nullptr);
    CHECK(leash_name(-1, 0) == nullptr);
    CHECK(leash_name(5, 0) == nullptr);
}

TEST(forced_variant_runs_or_states_reason) {
    const OpenDevice device;
    for (int32_t id = 0; id < leash_variant_count(); id++) {
        const leash_variant variant = variant_of(id);
        const Context context(std::to_string(id));
        Rig rig;
        auto args = rig.entropy();
        args.rows.variant = id;
        const leash_status status = leash_entropy(device, &args);
        if (variant.operation != LEASH_ENTROPY) {
            CHECK_EQ(status, LEASH_ERROR_INVALID_ARGUMENT);
            CHECK(error_says("not entropy"));
        } else if (variant.device_kind != LEASH_DEVICE_CPU) {
            CHECK_EQ(status, LEASH_ERROR_INVALID_ARGUMENT);
            CHECK(error_says("is for CUDA devices"));
        } else if (variant.available != 0) {
            CHECK_EQ(status, LEASH_OK);
        } else {
            CHECK_EQ(status, LEASH_ERROR_UNAVAILABLE);
            CHECK(error_says(variant.reason));
            CHECK(rig.untouched());
        }
    }
    Rig rig;
    auto args = rig.entropy();
    for (const int32_t id : {-2, leash_variant_count()}) {
        args.rows.variant = id;
        CHECK_EQ(leash_entropy(device, &args), LEASH_ERROR_INVALID_ARGUMENT);
        CHECK(error_says("does not exist"));
    }
}

TEST(layouts_cover_every_byte_of_every_struct) {
    std::map<std::string, uint64_t> sizes;
    std::map<std::string, uint64_t> ends;
    for (int32_t i = 0; i < leash_layout_count(); i++) {
        leash_layout_entry entry = {};
        CHECK_EQ(leash_layout_get(i, &entry), LEASH_OK);
        const std::string structure = entry.structure;
        if (entry.field[0] == '\0') {
            CHECK(sizes.emplace(structure, entry.bytes).second);
            CHECK_EQ(entry.offset, uint64_t{0});
        } else {
            // No struct of leash.h has padding: every field starts at the end of the previous one.
            const Context context(structure + "." + entry.field);
            CHECK_EQ(entry.offset, ends[structure]);
            ends[structure] = entry.offset + entry.bytes;
        }
    }
    CHECK_EQ(sizes.size(), static_cast<size_t>(13 + leash::count_of(leash::kOperationNames)));
    for (const auto& [structure, size] : sizes) {
        const Context context(structure);
        CHECK_EQ(ends[structure], size);
    }
    CHECK_EQ(sizes["leash_policy_gradient_args"], sizeof(leash_policy_gradient_args));
    leash_layout_entry entry = {};
    CHECK_EQ(leash_layout_get(-1, &entry), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_layout_get(leash_layout_count(), &entry), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_layout_get(0, nullptr), LEASH_ERROR_INVALID_ARGUMENT);
}

TEST(errors_belong_to_their_thread) {
    CHECK_EQ(leash_synchronize(nullptr), LEASH_ERROR_INVALID_ARGUMENT);
    std::thread([] { CHECK(std::strlen(leash_last_error()) == 0); }).join();
    CHECK(error_says("device is NULL"));
}

TEST(ceilings_are_measured) {
    const OpenDevice device;
    constexpr int64_t kBytes = 256 * 4096;
    void* memory = nullptr;
    CHECK_EQ(leash_allocate(device, kBytes, &memory), LEASH_OK);
    leash_fill(device, memory, 0x5a, kBytes);
    for (int32_t kind = LEASH_CEILING_READ; kind <= LEASH_CEILING_EXP; kind++) {
        for (const int64_t bytes : {kBytes, int64_t{4096}, int64_t{3 * 4096}}) {
            const Context context(std::to_string(kind) + " of " + std::to_string(bytes));
            leash_ceiling_args args = {kind, 4, memory, bytes, LEASH_VARIANT_AUTO, 0, -1, -1};
            CHECK_EQ(leash_measure_ceiling(device, &args), LEASH_OK);
            CHECK(args.best_ns > 0);
            CHECK(args.median_ns >= args.best_ns);
        }
    }
    // Reading does not change memory; copying writes the second half.
    unsigned char* const bytes = static_cast<unsigned char*>(memory);
    leash_fill(device, memory, 0x5a, kBytes);
    leash_ceiling_args args = {LEASH_CEILING_READ, 1, memory, kBytes, LEASH_VARIANT_AUTO, 0, -1, -1};
    CHECK_EQ(leash_measure_ceiling(device, &args), LEASH_OK);
    for (int64_t i = 0; i < kBytes; i++) CHECK_EQ(bytes[i], 0x5a);
    args.kind = LEASH_CEILING_COPY;
    CHECK_EQ(leash_measure_ceiling(device, &args), LEASH_OK);
    for (int64_t i = 0; i < kBytes; i++) CHECK_EQ(bytes[i], i < kBytes / 2 ? 0x5a : 0xa5);

    const auto refused = [&](leash_ceiling_args bad, const char* says) {
        CHECK_EQ(leash_measure_ceiling(device, &bad), LEASH_ERROR_INVALID_ARGUMENT);
        CHECK(error_says(says));
    };
    const leash_ceiling_args good = args;
    args = good, args.kind = 5, refused(args, "kind = 5");
    args = good, args.repetitions = 0, refused(args, "repetitions = 0");
    args = good, args.bytes = 4095, refused(args, "bytes = 4095");
    args = good, args.bytes = 0, refused(args, "bytes = 0");
    args = good, args.memory = nullptr, refused(args, "memory is NULL");
    args = good, args.memory = bytes + 4, refused(args, "aligned to 64");
    args = good, args.variant = 0, refused(args, "not token_statistics");
    CHECK_EQ(leash_measure_ceiling(device, nullptr), LEASH_ERROR_INVALID_ARGUMENT);
    args = good, args.kind = LEASH_CEILING_LAUNCH;
    CHECK_EQ(leash_measure_ceiling(device, &args), LEASH_ERROR_UNSUPPORTED);
    leash_free(device, memory);
}

TEST(dispatch_is_measured) {
    const OpenDevice device;
    double empty_ns = -1;
    CHECK_EQ(leash_measure_dispatch(device, nullptr, 1000, &empty_ns), LEASH_OK);
    CHECK(empty_ns > 0);
    Rig rig;
    auto args = rig.token_statistics();
    double ns = -1;
    CHECK_EQ(leash_measure_dispatch(device, &args, 1000, &ns), LEASH_OK);
    CHECK(ns > empty_ns);
    CHECK_EQ(leash_measure_dispatch(device, &args, 0, &ns), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK_EQ(leash_measure_dispatch(device, &args, 1, nullptr), LEASH_ERROR_INVALID_ARGUMENT);
    args.rows.logits.vocab = 0;
    CHECK_EQ(leash_measure_dispatch(device, &args, 1, &ns), LEASH_ERROR_INVALID_ARGUMENT);
    CHECK(error_says("logits.vocab = 0"));
}

TEST(cancellation_waits_for_the_end_of_a_call) {
    bool returned = false;
    std::thread caller([&returned] {
        pthread_cancel(pthread_self());
        // Opening reads files, and the call waits for its thread.
        const OpenDevice device;
        Rig rig;
        const auto args = rig.entropy();
        CHECK_EQ(leash_entropy(device, &args), LEASH_OK);
        returned = true;
        pthread_testcancel();
        returned = false;
    });
    caller.join();
    CHECK(returned);
}

TEST(concurrent_calls_are_serialised) {
    const OpenDevice device;
    std::vector<std::thread> callers;
    std::vector<Rig> rigs(4);
    for (Rig& rig : rigs) {
        callers.emplace_back([&device, &rig] {
            const auto args = rig.entropy();
            for (int i = 0; i < 200; i++) {
                if (leash_entropy(device, &args) != LEASH_OK) std::abort();
            }
        });
    }
    for (std::thread& caller : callers) caller.join();
    for (const Rig& rig : rigs) CHECK(rig.out[0] == rigs[0].out[0]);
}

TEST(cpu_block_is_timed) {
    const OpenDevice device;
    Rig rig;
    Rig other;
    const leash_entropy_args args[] = {rig.entropy(), other.entropy()};
    const void* const calls[] = {&args[0], &args[1]};
    leash_block block = {};
    block.operation = LEASH_ENTROPY;
    block.launches = 1;
    block.calls = calls;
    block.count = 2;
    block.first = 1;
    CHECK_EQ(leash_measure_block(device, &block), LEASH_OK);
    CHECK(block.elapsed_ns > 0);
    CHECK_EQ(block.throttle_reasons, -1);
    CHECK(other.out[0][0] != Rig::kUntouched);
    CHECK(rig.untouched());
}
