// The emulator's versions of the inline PTX of cuda/gpu.h and of the parts of CUDA's language used by kernels.
#ifndef LEASH_EMULATOR_GPU_TWINS_H
#define LEASH_EMULATOR_GPU_TWINS_H

#include <chrono>

#include "math/dtype.h"
#include "emulator/emulator.h"

// ------------------------------------------------------------------------------------------------- CUDA's language --

struct EmulatedIndex {
    unsigned (*const value)();
    operator unsigned() const { return value(); }
};
struct EmulatedIndices {
    EmulatedIndex x;
};
constexpr EmulatedIndices threadIdx = {{leash::emulator::thread_index}};
constexpr EmulatedIndices blockIdx = {{leash::emulator::block_index}};
constexpr EmulatedIndices blockDim = {{leash::emulator::block_threads}};
constexpr EmulatedIndices gridDim = {{leash::emulator::grid_blocks}};

inline void __syncthreads() { leash::emulator::sync_block(); }
inline void __syncwarp(unsigned mask = 0xffffffffu) { leash::emulator::sync_warp(mask); }

template <class T>
T __shfl_sync(unsigned mask, T value, int source) {
    static_assert(sizeof(T) <= sizeof(uint64_t), "a shuffle moves up to 8 bytes");
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof value);
    bits = leash::emulator::shuffle(mask, bits, source & 31);
    memcpy(&value, &bits, sizeof value);
    return value;
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int lanes) {
    return __shfl_sync(mask, value, static_cast<int>(threadIdx.x % 32u) ^ lanes);
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned lanes) {
    const unsigned lane = threadIdx.x % 32u;
    return __shfl_sync(mask, value, static_cast<int>(lane + lanes < 32 ? lane + lanes : lane));
}
inline unsigned __ballot_sync(unsigned mask, int predicate) { return leash::emulator::ballot(mask, predicate != 0); }
inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }
inline int __all_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate == 0) == 0; }

inline int __ffs(int bits) { return __builtin_ffs(bits); }

inline unsigned __funnelshift_r(unsigned low, unsigned high, unsigned bits) {
    return static_cast<unsigned>((uint64_t{high} << 32 | low) >> (bits & 31));
}

inline unsigned long long atomicAdd(unsigned long long* address, unsigned long long value) {
    return leash::emulator::atomic(address, [=](unsigned long long old) { return old + value; });
}
inline unsigned long long atomicMax(unsigned long long* address, unsigned long long value) {
    return leash::emulator::atomic(address, [=](unsigned long long old) { return value > old ? value : old; });
}

// ------------------------------------------------------------------------------------------------------------ gpu.h --

namespace leash::gpu {

template <auto kKernel>
struct EntryOf;
template <class Parameters, void (*kKernel)(Parameters)>
struct EntryOf<kKernel> {
    __attribute__((no_sanitize("thread"))) static void call(const void* parameters) {
        kKernel(*static_cast<const Parameters*>(parameters));
    }
    static constexpr const char* description() { return __PRETTY_FUNCTION__; }
    static constexpr emulator::Entry entry = {call, sizeof(Parameters), description()};
};
template <auto kKernel>
const void* entry_of() {
    return &EntryOf<kKernel>::entry;
}

inline unsigned char* shared_memory() { return emulator::shared_memory(); }

// Any result within the stated error is valid; flushing to zero is part of the contract.
inline float exp2_fast(float y) {
    const float result = std::exp2(y);
    return result < 0x1p-126f ? 0.0f : result;
}
inline float max_nan(float a, float b) { return a != a || b != b ? std::nanf("") : (a < b ? b : a); }
inline uint32_t pair_of(uint32_t low, uint32_t high) { return low | high << 16; }
inline uint32_t to_bf16_pair(float low, float high) {
    const auto half = [](float x) { return x != x ? 0x7fffu : uint32_t{float_to_bf16(x)}; };
    return pair_of(half(low), half(high));
}
inline uint32_t to_f16_pair(float low, float high) {
    const auto half = [](float x) { return x != x ? 0x7fffu : uint32_t{float_to_f16(x)}; };
    return pair_of(half(low), half(high));
}
inline float2 from_f16_pair(uint32_t pair) {
    return make_float2(f16_to_float(static_cast<uint16_t>(pair)), f16_to_float(static_cast<uint16_t>(pair >> 16)));
}
inline float2 from_bf16_pair(uint32_t pair) {
    return make_float2(__uint_as_float(pair << 16), __uint_as_float(pair & 0xffff0000u));
}

inline uint32_t max_nan_bf16_pair(uint32_t a, uint32_t b) {
    const float2 x = from_bf16_pair(a), y = from_bf16_pair(b);
    return to_bf16_pair(max_nan(x.x, y.x), max_nan(x.y, y.y));
}
inline uint32_t max_nan_f16_pair(uint32_t a, uint32_t b) {
    const float2 x = from_f16_pair(a), y = from_f16_pair(b);
    return to_f16_pair(max_nan(x.x, y.x), max_nan(x.y, y.y));
}

inline uint64_t nanoseconds() {
    return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
}

// Checked as one access, however the compiler splits the copy.
__attribute__((no_sanitize("thread"), noinline)) inline Bits128 load_once(const void* global) {
    emulator::check_access(global, sizeof(Bits128), false, __builtin_return_address(0));
    return *static_cast<const Bits128*>(global);
}
inline void prefetch(const void*) {}  // changes no value
inline Bits128 load_cached(const void* global) { return load_once(global); }
__attribute__((no_sanitize("thread"), noinline)) inline void store_once(void* global, Bits128 v) {
    emulator::check_access(global, sizeof(Bits128), true, __builtin_return_address(0));
    *static_cast<Bits128*>(global) = v;
}

inline unsigned cluster_rank() { return emulator::cluster_rank(); }
inline unsigned cluster_size() { return emulator::cluster_size(); }
inline void cluster_sync() { emulator::sync_cluster(); }
inline void cluster_arrive_relaxed() { emulator::cluster_arrive_relaxed(); }
inline void cluster_wait() { emulator::cluster_wait(); }
template <class T>
T* peer(T* shared, unsigned rank) {
    return static_cast<T*>(emulator::peer(shared, rank));
}

inline void barrier_init(Barrier* barrier, unsigned arrivals) { emulator::barrier_init(barrier, arrivals); }
inline void fence_barrier_init() { emulator::fence_barrier_init(); }
inline void barrier_expect(Barrier* barrier, unsigned bytes) { emulator::barrier_expect(barrier, bytes); }
inline void barrier_wait(Barrier* barrier, unsigned parity) { emulator::barrier_wait(barrier, parity); }
inline void barrier_wait_cluster(Barrier* barrier, unsigned parity) { emulator::barrier_wait(barrier, parity); }
inline void store_async(Bits128* shared, Bits128 v, Barrier* barrier, unsigned rank) {
    emulator::store_async(shared, &v, barrier, rank);
}
inline void bulk_load(void* shared, const void* global, unsigned bytes, Barrier* barrier) {
    emulator::bulk_load(shared, global, bytes, barrier);
}
inline void fence_async_shared() { emulator::fence_async(); }
inline void bulk_store(void* global, const void* shared, unsigned bytes) { emulator::bulk_store(global, shared, bytes); }
inline void bulk_commit() { emulator::bulk_commit(); }
template <int kPending>
void bulk_wait_read() {
    emulator::bulk_wait(kPending);
}

}  // namespace leash::gpu

#endif
