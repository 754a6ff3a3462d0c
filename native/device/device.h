// The opaque handles of leash.h: the interface of all kinds of devices, implemented by cpu_device.cpp and cuda_device.cpp. The
// exported functions (api/) make the checks that do not depend on the device, then call it. Every function may throw Failure.
#ifndef LEASH_DEVICE_DEVICE_H
#define LEASH_DEVICE_DEVICE_H

#include <memory>

#include "leash.h"
#include "device/forks.h"
#include "device/status.h"

namespace leash {

constexpr int32_t kAnyVariant = -1;

}  // namespace leash

struct leash_event {
    explicit leash_event(leash_device* of);
    virtual ~leash_event() = default;
    leash_event(const leash_event&) = delete;
    leash_event& operator=(const leash_event&) = delete;

    // Whether the event is of a CUDA device of a process that this one was forked from.
    bool is_beyond_fork() const { return process != leash::forks() && of_cuda; }

    leash_device* const device;
    const uint32_t process = leash::forks();
    const bool of_cuda;
    bool recorded = false;
};

struct leash_device {
    leash_device() = default;
    virtual ~leash_device() = default;
    leash_device(const leash_device&) = delete;
    leash_device& operator=(const leash_device&) = delete;

    // LEASH_DEVICE_CPU or LEASH_DEVICE_CUDA.
    virtual int32_t kind() const = 0;
    virtual void get_properties(leash_device_properties* properties) = 0;
    // Synchronizes. The device must be deleted afterwards, even if this throws.
    virtual void close() = 0;
    virtual void synchronize() = 0;
    virtual void* stream() = 0;

    // Sizes are >= 0; of copies and fills > 0.
    virtual void* allocate(int64_t bytes) = 0;
    virtual void free(void* memory) = 0;
    virtual void* allocate_host(int64_t bytes) = 0;
    virtual void free_host(void* memory) = 0;
    virtual void copy(void* to, const void* from, int64_t bytes, int32_t direction, bool wait) = 0;
    virtual void fill(void* memory, int32_t byte_value, int64_t bytes) = 0;

    virtual std::unique_ptr<leash_event> create_event() = 0;
    virtual void record(leash_event& event) = 0;
    virtual void wait(leash_event& event) = 0;
    virtual double elapsed_ns(leash_event& begin, leash_event& end) = 0;

    // args is the operation's struct, checked; rows is its member. variant is an index among all variants of the kind of device;
    // kAnyVariant leaves the choice to the device.
    virtual void run(int32_t operation, int32_t variant, const void* args, const leash_rows& rows) = 0;
    // Fills in the plan; its variant is an index as above.
    virtual void plan(int32_t operation, int32_t variant, const void* args, const leash_rows& rows, leash_plan* plan) = 0;

    // args are checked; fills in best_ns and median_ns. variant is an index as above, of token_statistics, or kAnyVariant.
    virtual void measure_ceiling(int32_t variant, leash_ceiling_args* args) = 0;
    // Keeps an asynchronous device busy for about this long.
    virtual void hold(int64_t nanoseconds) = 0;
    // Fills in clocks, temperature, power and throttle reasons.
    virtual void read_sensors(leash_block* block) = 0;

    // Whether this is a CUDA device of a process that this one was forked from: CUDA must not even be asked to free anything.
    bool is_beyond_fork() const { return process != leash::forks() && kind() == LEASH_DEVICE_CUDA; }

    const uint32_t process = leash::forks();
};

inline leash_event::leash_event(leash_device* of) : device(of), of_cuda(of->kind() == LEASH_DEVICE_CUDA) {}

namespace leash {

inline leash_device& not_null(leash_device* device) {
    if (device == nullptr) fail(LEASH_ERROR_INVALID_ARGUMENT, "device is NULL; open one with leash_device_open");
    return *device;
}

// The device, for all functions but those that close or free.
inline leash_device& opened(leash_device* device) {
    if (not_null(device).is_beyond_fork()) {
        fail(LEASH_ERROR_DEVICE_LOST,
             "this CUDA device was opened before the process was forked, and CUDA does not survive a fork; open devices in processes "
             "that are started by exec (multiprocessing: the start method \"spawn\")");
    }
    return *device;
}

}  // namespace leash

#endif
