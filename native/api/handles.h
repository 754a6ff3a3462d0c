// What the opaque handles of leash.h point to.
#ifndef LEASH_API_HANDLES_H
#define LEASH_API_HANDLES_H

#include <chrono>

#include "device.h"
#include "leash.h"
#include "status.h"

struct leash_device {
    explicit leash_device(int threads) : cpu(threads) {}

    leash::cpu::CpuDevice cpu;
};

struct leash_event {
    leash_device* device;
    bool recorded;
    std::chrono::steady_clock::time_point time;
};

namespace leash::api {

inline leash_device& opened(leash_device* device) {
    if (device == nullptr) fail(LEASH_ERROR_INVALID_ARGUMENT, "device is NULL; open one with leash_device_open");
    return *device;
}

}  // namespace leash::api

#endif
