// Ceilings and the cost of a call.
#include <chrono>
#include <mutex>

#include "ceilings.h"
#include "cpu_device.h"
#include "status.h"
#include "validation.h"
#include "variants.h"

namespace leash::api {

namespace {

constexpr int64_t kCeilingUnit = 4096;
constexpr uintptr_t kCeilingAlignment = 64;

void check(const leash_ceiling_args& args) {
    if (args.kind < LEASH_CEILING_READ || args.kind > LEASH_CEILING_EXP) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "kind = %d is none of LEASH_CEILING_*, 0 to 3", args.kind);
    }
    if (args.repetitions < 1) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "repetitions = %d is less than 1", args.repetitions);
    }
    if (args.bytes <= 0 || args.bytes % kCeilingUnit != 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "bytes = %lld is not a positive multiple of %lld",
             static_cast<long long>(args.bytes), static_cast<long long>(kCeilingUnit));
    }
    if (args.kind == LEASH_CEILING_EXP) return;
    check_not_null(args.memory, "memory");
    if (reinterpret_cast<uintptr_t>(args.memory) % kCeilingAlignment != 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "memory = %p is not aligned to 64 bytes; take it from leash_allocate",
             args.memory);
    }
}

template <class Call>
double mean_ns(int64_t calls, Call call) {
    const auto begin = std::chrono::steady_clock::now();
    for (int64_t i = 0; i < calls; i++) call();
    const auto end = std::chrono::steady_clock::now();
    return std::chrono::duration<double, std::nano>(end - begin).count() / static_cast<double>(calls);
}

}  // namespace

}  // namespace leash::api

using namespace leash::api;

leash_status leash_measure_ceiling(leash_device* device, leash_ceiling_args* args) {
    return guarded([&] {
        leash::cpu::CpuDevice& cpu = cpu_of(device, "leash_measure_ceiling").cpu;
        check_not_null(args, "args");
        check_size(args->size, sizeof *args, "leash_ceiling_args");
        check(*args);
        const leash::cpu::Kernels& kernels = kernels_for(LEASH_TOKEN_STATISTICS, args->variant);
        const std::lock_guard<std::mutex> lock(cpu.one_call_at_a_time);
        const leash::cpu::CeilingTimes times =
            measure_ceiling(cpu, kernels, args->kind, args->memory, args->bytes, args->repetitions);
        args->best_ns = times.best_ns;
        args->median_ns = times.median_ns;
    });
}

leash_status leash_measure_dispatch(leash_device* device, const leash_token_statistics_args* args, int64_t calls,
                                    double* ns_per_call) {
    return guarded([&] {
        opened(device);
        check_not_null(ns_per_call, "ns_per_call");
        if (calls < 1) {
            fail(LEASH_ERROR_INVALID_ARGUMENT, "calls = %lld is less than 1", static_cast<long long>(calls));
        }
        // Volatile, as a caller outside this library has it: the compiler sees neither what it calls nor that it could
        // call it once.
        if (args == nullptr) {
            uint32_t (*volatile empty)(void) = leash_abi_version;
            *ns_per_call = mean_ns(calls, [&] { empty(); });
        } else {
            leash_status (*volatile operation)(leash_device*, const leash_token_statistics_args*) =
                leash_token_statistics;
            *ns_per_call = mean_ns(calls, [&] {
                const leash_status status = operation(device, args);
                if (status != LEASH_OK) throw Failure{status, leash_last_error()};
            });
        }
    });
}
