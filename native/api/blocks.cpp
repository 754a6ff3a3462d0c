// Times blocks of calls with events of the device. A hold before the first event keeps the device busy until the whole block is
// enqueued, so that the speed of the host does not matter.
#include <algorithm>
#include <memory>

#include "device/device.h"
#include "device/status.h"
#include "api/validation.h"
#include "leash_jvm.h"

namespace leash::api {

namespace {

// More than the times to enqueue a call and to start it.
constexpr int64_t kHoldNsPerLaunch = 6000;
constexpr int64_t kHoldNs = 20000;
// With more pending launches, CUDA blocks the host, and a longer hold would gain nothing.
constexpr int32_t kMostHeld = 500;

void check(const leash_block& block) {
    if (block.launches < 1 || block.launches > LEASH_MAX_BLOCK_LAUNCHES) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "launches = %d is outside [1, %d]", block.launches, LEASH_MAX_BLOCK_LAUNCHES);
    }
    if (block.count < 1) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "count = %lld is less than 1", static_cast<long long>(block.count));
    }
    if (block.first < 0 || block.first >= block.count) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "first = %lld is outside [0, %lld)", static_cast<long long>(block.first),
             static_cast<long long>(block.count));
    }
    check_memory(block.calls, "calls", block.count, sizeof *block.calls);
    for (int64_t i = 0; i < block.count; i++) check_not_null(block.calls[i], "an entry of calls");
    if (block.flush_bytes < 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "flush_bytes = %lld is negative", static_cast<long long>(block.flush_bytes));
    }
    check_memory(block.flush, "flush", block.flush_bytes, 1);
}

void launch(leash_device& device, int32_t operation, const void* args) {
    const leash_status status = leash_run_pinned(&device, operation, args);
    if (status != LEASH_OK) throw Failure{status, leash_last_error()};
}

}  // namespace

}  // namespace leash::api

using namespace leash;
using namespace leash::api;

leash_status leash_measure_block(leash_device* device, leash_block* block) {
    return guarded([&] {
        leash_device& on = opened(device);
        check_not_null(block, "block");
        check(*block);
        const std::unique_ptr<leash_event> begin = on.create_event();
        const std::unique_ptr<leash_event> end = on.create_event();
        on.synchronize();
        if (block->flush_bytes > 0) on.fill(block->flush, 0x5a, block->flush_bytes);
        on.hold(kHoldNs + kHoldNsPerLaunch * std::min(block->launches, kMostHeld));
        on.record(*begin);
        begin->recorded = true;
        for (int64_t i = 0; i < block->launches; i++) {
            launch(on, block->operation, block->calls[(block->first + i) % block->count]);
        }
        on.record(*end);
        end->recorded = true;
        on.read_sensors(block);
        block->elapsed_ns = on.elapsed_ns(*begin, *end);
        on.synchronize();
    });
}
