// Kernels that only move memory, each byte once, with as many loads in flight as registers allow: the ceilings to which other
// kernels are compared. 16 bytes per thread and load, eight loads before the first use.
#include "measure/gpu_kernels.h"

#include <algorithm>
#include <cstring>

#include "cuda/gpu.h"

namespace leash::cuda {

namespace {

constexpr int kThreads = 256;
constexpr int kInFlight = 8;
constexpr int kBlocksPerMultiprocessor[] = {4, 8, 16, 32};

struct Pass {
    unsigned char* from;
    unsigned char* to;
    int64_t vectors;
};
struct Hold {
    uint64_t nanoseconds;
};

__device__ inline int64_t first_vector() { return static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x; }
__device__ inline int64_t step() { return static_cast<int64_t>(gridDim.x) * kThreads; }

// Calls `use` with each vector of this thread and its index.
template <class Use>
__device__ void over(const Pass& pass, Use use) {
    int64_t v = first_vector();
    for (; v + (kInFlight - 1) * step() < pass.vectors; v += kInFlight * step()) {
        gpu::Bits128 loaded[kInFlight];
#pragma unroll
        for (int i = 0; i < kInFlight; i++) loaded[i] = gpu::load_once(pass.from + (v + i * step()) * 16);
#pragma unroll
        for (int i = 0; i < kInFlight; i++) use(v + i * step(), loaded[i]);
    }
    for (; v < pass.vectors; v += step()) use(v, gpu::load_once(pass.from + v * 16));
}

}  // namespace

extern "C" __global__ void __launch_bounds__(kThreads) leash_ceiling_read(const __grid_constant__ Pass pass) {
    uint32_t sum = 0;
    over(pass, [&](int64_t, const gpu::Bits128& x) { sum ^= x.word[0] ^ x.word[1] ^ x.word[2] ^ x.word[3]; });
    // Never true, but unknown to the compiler, which thus cannot drop the loads.
    if (pass.vectors < 0) *reinterpret_cast<uint32_t*>(pass.from) = sum;
}

extern "C" __global__ void __launch_bounds__(kThreads) leash_ceiling_write(const __grid_constant__ Pass pass) {
    over(pass, [&](int64_t v, const gpu::Bits128& x) { gpu::store_once(pass.to + v * 16, x); });
}

extern "C" __global__ void leash_empty(const __grid_constant__ Hold) {}

extern "C" __global__ void leash_hold(const __grid_constant__ Hold hold) {
    const uint64_t begin = gpu::nanoseconds();
    while (gpu::nanoseconds() - begin < hold.nanoseconds) {
    }
}

namespace {

template <class Parameters>
Launch launch_of(const char* name, const void* function, int64_t blocks, uint32_t threads, const Parameters& parameters) {
    Launch launch = {};
    launch.kernel = {name, function};
    launch.blocks = static_cast<uint32_t>(blocks);
    launch.threads = threads;
    launch.cluster = 1;
    launch.parameter_bytes = sizeof(Parameters);
    std::memcpy(launch.parameters, &parameters, sizeof(Parameters));
    return launch;
}

}  // namespace

Launch ceiling_launch(int32_t kind, void* memory, int64_t bytes, int multiprocessors, int32_t attempt) {
    if (kind == LEASH_CEILING_LAUNCH) {
        return launch_of("leash_empty", gpu::entry_of<leash_empty>(), 1, 32, Hold{0});
    }
    auto* const from = static_cast<unsigned char*>(memory);
    const int64_t read = kind == LEASH_CEILING_COPY ? bytes / 2 : bytes;
    const Pass pass = {from, kind == LEASH_CEILING_COPY ? from + read : from, read / 16};
    constexpr int kGrids = static_cast<int>(sizeof kBlocksPerMultiprocessor / sizeof *kBlocksPerMultiprocessor);
    const int64_t blocks = std::min<int64_t>(int64_t{multiprocessors} * kBlocksPerMultiprocessor[attempt % kGrids],
                                             (pass.vectors - 1) / kThreads + 1);
    return kind == LEASH_CEILING_READ
               ? launch_of("leash_ceiling_read", gpu::entry_of<leash_ceiling_read>(), blocks, kThreads, pass)
               : launch_of("leash_ceiling_write", gpu::entry_of<leash_ceiling_write>(), blocks, kThreads, pass);
}

Launch hold_launch(int64_t nanoseconds) {
    return launch_of("leash_hold", gpu::entry_of<leash_hold>(), 1, 1, Hold{static_cast<uint64_t>(nanoseconds)});
}

}  // namespace leash::cuda
