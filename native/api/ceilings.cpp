// Measurement of ceilings and of the cost of a call.
#include <chrono>

#include "device/device.h"
#include "device/status.h"
#include "api/validation.h"
#include "api/variants.h"

namespace leash::api {

namespace {

constexpr int64_t kCeilingUnit = 4096;
constexpr uintptr_t kCeilingAlignment = 64;

void check(const leash_ceiling_args& args) {
    if (args.kind < LEASH_CEILING_READ || args.kind > LEASH_CEILING_LAUNCH) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "kind = %d is not one of LEASH_CEILING_*, 0 to 4", args.kind);
    }
    if (args.repetitions < 1) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "repetitions = %d is less than 1", args.repetitions);
    }
    if (args.kind == LEASH_CEILING_LAUNCH) return;
    if (args.bytes <= 0 || args.bytes % kCeilingUnit != 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "bytes = %lld is not a positive multiple of %lld",
             static_cast<long long>(args.bytes), static_cast<long long>(kCeilingUnit));
    }
    if (args.kind == LEASH_CEILING_EXP) return;
    check_memory(args.memory, "memory", args.bytes, 1);
    if (reinterpret_cast<uintptr_t>(args.memory) % kCeilingAlignment != 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "memory = %p is not aligned to 64 bytes; use leash_allocate",
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

using namespace leash;
using namespace leash::api;

leash_status leash_measure_ceiling(leash_device* device, leash_ceiling_args* args) {
    return guarded([&] {
        leash_device& on = opened(device);
        check_not_null(args, "args");
        check(*args);
        const int32_t variant =
            on.kind() == LEASH_DEVICE_CPU ? variant_of(LEASH_TOKEN_STATISTICS, on.kind(), args->variant) : kAnyVariant;
        on.measure_ceiling(variant, args);
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
        // Volatile, so that the compiler can neither see the callee nor hoist the call out of the loop, like an external caller.
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
