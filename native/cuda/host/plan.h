// From a call to its launches: which kernels, with how many blocks of how many threads, which cluster, how much shared
// memory and which parameters. Computed here once, for the runtime API and for callers that launch the same kernels
// themselves, so that the two cannot drift. Host code. The catalogue (catalogue.h) needs no CUDA to compile; plan() does.
#ifndef LEASH_CUDA_HOST_PLAN_H
#define LEASH_CUDA_HOST_PLAN_H

#include <cstdint>

#include "cuda/host/catalogue.h"
#include "leash.h"

namespace leash::cuda {

constexpr int kMaxLaunches = LEASH_MAX_LAUNCHES;
constexpr int kMaxParameterBytes = LEASH_MAX_PARAMETER_BYTES;

// In device memory, one for each call in flight: targets out of range. Zero before the call.
struct Fault {
    unsigned long long first;  // ~(row << 32 | target) of the first row concerned
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
    uint32_t threads;  // a block
    uint32_t cluster;  // blocks; 1: none
    uint32_t shared_bytes;
    uint32_t parameter_bytes;
    alignas(16) unsigned char parameters[kMaxParameterBytes];
};

struct Plan {
    int32_t launches;  // one after the other, on one stream
    Launch launch[kMaxLaunches];
};

// args is the operation's struct, checked; `fault` and `workspace` are device memory. No launch where there are no rows.
Plan plan(const Selection& selection, const void* args, const DeviceLimits& limits, Fault* fault, void* workspace);

}  // namespace leash::cuda

#endif
