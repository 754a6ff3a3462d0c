// What the opaque handles of leash.h point to: what every kind of device has to do. The exported functions check what can be
// checked without the device, then call these; api/cpu_device.cpp and cuda/device.cpp implement them. All of them throw Failure.
#ifndef LEASH_API_HANDLES_H
#define LEASH_API_HANDLES_H

#include <memory>

#include "leash.h"
#include "status.h"

struct leash_event {
    explicit leash_event(leash_device* of) : device(of) {}
    virtual ~leash_event() = default;
    leash_event(const leash_event&) = delete;
    leash_event& operator=(const leash_event&) = delete;

    leash_device* const device;
    bool recorded = false;
};

struct leash_device {
    leash_device() = default;
    virtual ~leash_device() = default;
    leash_device(const leash_device&) = delete;
    leash_device& operator=(const leash_device&) = delete;

    virtual void get_properties(leash_device_properties* properties) = 0;
    // To be deleted afterwards, also where it throws what synchronize would have thrown.
    virtual void close() = 0;
    virtual void synchronize() = 0;
    virtual void* stream() = 0;

    // Sizes are at least 0; copies and fills have more than 0 bytes.
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

    // args is the operation's struct, checked; rows is its own.
    virtual void run(int32_t operation, const void* args, const leash_rows& rows) = 0;
    virtual void plan(int32_t operation, const void* args, const leash_rows& rows, leash_plan* plan) = 0;

    // args are checked; fills in best_ns and median_ns.
    virtual void measure_ceiling(leash_ceiling_args* args) = 0;
    // Keeps the device busy for about so long with nothing, where it works behind the caller's back.
    virtual void hold(int64_t nanoseconds) = 0;
    // Fills in clocks, temperature, power and throttle reasons.
    virtual void read_sensors(leash_block* block) = 0;
};

namespace leash::api {

inline leash_device& opened(leash_device* device) {
    if (device == nullptr) fail(LEASH_ERROR_INVALID_ARGUMENT, "device is NULL; open one with leash_device_open");
    return *device;
}

}  // namespace leash::api

#endif
