// The launches of a call: kernels, grid, block and cluster sizes, shared memory, and parameters. Computed in one place, for the
// runtime API and for callers that launch the same kernels themselves. Host code; unlike the catalogue (catalogue.h), plan()
// needs CUDA to compile.
#ifndef LEASH_CUDA_HOST_PLAN_H
#define LEASH_CUDA_HOST_PLAN_H

#include <cstdint>

#include "cuda/host/catalogue.h"
#include "leash.h"

namespace leash::cuda {

constexpr int kMaxLaunches = LEASH_MAX_LAUNCHES;
constexpr int kMaxParameterBytes = LEASH_MAX_PARAMETER_BYTES;
constexpr uint32_t kPortableCluster = 8;  // a kernel must allow larger clusters by an attribute

// The report of targets out of range, in device memory, one per call in flight. Zero before the call.
struct Fault {
    unsigned long long first;  // ~(row << 32 | target) of the first such row
    unsigned long long rows;

    int64_t first_row() const { return static_cast<int64_t>(~first >> 32); }
    int32_t first_target() const { return static_cast<int32_t>(~first); }
};

struct Kernel {
    const char* name;      // as in the cubin
    const void* function;  // for cudaLaunchKernelExC
};

struct Launch {
    Kernel kernel;
    uint32_t blocks;
    uint32_t threads;  // per block
    uint32_t cluster;  // blocks per cluster; 1: no clusters
    uint32_t shared_bytes;
    uint32_t parameter_bytes;
    alignas(16) unsigned char parameters[kMaxParameterBytes];
};

struct Plan {
    int32_t launches;  // in order, on one stream
    Launch launch[kMaxLaunches];
};

// args is the operation's struct, checked; `fault` and `workspace` are device memory. No launches without rows.
Plan plan(const Selection& selection, const void* args, const DeviceLimits& limits, Fault* fault, void* workspace);

}  // namespace leash::cuda

#endif
