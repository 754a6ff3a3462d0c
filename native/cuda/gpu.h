// The vocabulary of the CUDA kernels, which use only plain CUDA C++ and the functions below. All inline PTX is in this file, so
// that the emulator can substitute every function (emulator/gpu_twins.h), and kernels compile unchanged for both.
//
// Rules for kernels:
//  - A kernel takes one parameter, a trivially copyable struct by value (`const __grid_constant__ P p`), and has C linkage,
//    so that its name in the cubin is its plain name.
//  - Shared memory is dynamic and accessed through shared_memory(); one struct per kernel describes it.
//  - Plain CUDA is limited to threadIdx, blockIdx, blockDim, gridDim (x only, y and z are 1), __syncthreads, __syncwarp,
//    __shfl_sync, __shfl_xor_sync, __shfl_down_sync, __ballot_sync, __any_sync, __all_sync, __ffs, atomicAdd and atomicMax on
//    unsigned long long, __funnelshift_r, and the functions of <cmath>.
//  - Bulk copies and clusters need compute capability 9.0 (LEASH_HAS_CLUSTERS).
#ifndef LEASH_CUDA_GPU_H
#define LEASH_CUDA_GPU_H

#include <cuda_runtime.h>

#include <cstdint>

namespace leash::gpu {

// The unit of memory accesses by a thread.
struct alignas(16) Bits128 {
    uint32_t word[4];
};

// An mbarrier in shared memory, 8-byte aligned, which counts arrivals and bytes. Phases are identified by their parity; the
// first is 0.
using Barrier = unsigned long long;

constexpr int kWarpThreads = 32;
constexpr unsigned kFullWarp = 0xffffffffu;

}  // namespace leash::gpu

#if defined(LEASH_EMULATED)

#define LEASH_HAS_CLUSTERS 1
#include "emulator/gpu_twins.h"

#else

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 900
#define LEASH_HAS_CLUSTERS 1
#else
#define LEASH_HAS_CLUSTERS 0
#endif

namespace leash::gpu {

// A kernel for launches by the runtime API.
template <auto kKernel>
const void* entry_of() {
    return reinterpret_cast<const void*>(kKernel);
}

// The block's dynamic shared memory, aligned to 128 bytes.
__device__ inline unsigned char* shared_memory() {
    extern __shared__ __align__(128) unsigned char leash_shared_memory[];
    return leash_shared_memory;
}

// 2^y with a relative error of at most 2^-22; 0 for results below 2^-126 (hence for y = -127 and y = -inf); NaN for NaN.
__device__ inline float exp2_fast(float y) {
    float result;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(y));
    return result;
}

// The larger of the two; NaN if either is NaN.
__device__ inline float max_nan(float a, float b) {
    float result;
    asm("max.NaN.f32 %0, %1, %2;" : "=f"(result) : "f"(a), "f"(b));
    return result;
}

// The same for each half of a pair of bf16 or f16.
__device__ inline uint32_t max_nan_bf16_pair(uint32_t a, uint32_t b) {
    uint32_t result;
    asm("max.NaN.bf16x2 %0, %1, %2;" : "=r"(result) : "r"(a), "r"(b));
    return result;
}
__device__ inline uint32_t max_nan_f16_pair(uint32_t a, uint32_t b) {
    uint32_t result;
    asm("max.NaN.f16x2 %0, %1, %2;" : "=r"(result) : "r"(a), "r"(b));
    return result;
}

// Two floats rounded to nearest even, `low` in the low half. A NaN becomes the plain NaN.
__device__ inline uint32_t to_bf16_pair(float low, float high) {
    uint32_t result;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(result) : "f"(high), "f"(low));
    return result;
}
__device__ inline uint32_t to_f16_pair(float low, float high) {
    uint32_t result;
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(result) : "f"(high), "f"(low));
    return result;
}
// Both halves widened, exactly.
__device__ inline float2 from_f16_pair(uint32_t pair) {
    float2 result;
    asm("{.reg .b16 low, high; mov.b32 {low, high}, %2; cvt.f32.f16 %0, low; cvt.f32.f16 %1, high;}"
        : "=f"(result.x), "=f"(result.y)
        : "r"(pair));
    return result;
}
__device__ inline float2 from_bf16_pair(uint32_t pair) {
    return make_float2(__uint_as_float(pair << 16), __uint_as_float(pair & 0xffff0000u));
}

// The GPU's global clock; it may advance only once a microsecond.
__device__ inline uint64_t nanoseconds() {
    uint64_t time;
    asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(time));
    return time;
}

// Loads global memory that is read once: 16-byte aligned, bypassing the first-level cache. Coherent, so that a kernel may write
// memory that it has read.
__device__ inline Bits128 load_once(const void* global) {
    Bits128 v;
    asm volatile("ld.global.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(v.word[0]), "=r"(v.word[1]), "=r"(v.word[2]), "=r"(v.word[3])
                 : "l"(global)
                 : "memory");
    return v;
}
// Loads global memory that a neighbour also reads: 16-byte aligned, through the first-level cache. Coherent like load_once.
__device__ inline Bits128 load_cached(const void* global) {
    Bits128 v;
    asm volatile("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(v.word[0]), "=r"(v.word[1]), "=r"(v.word[2]), "=r"(v.word[3])
                 : "l"(global)
                 : "memory");
    return v;
}
// Stores to global memory that will not be read soon: 16-byte aligned, evicted first from the second-level cache.
__device__ inline void store_once(void* global, Bits128 v) {
    asm volatile("st.global.cs.v4.u32 [%0], {%1, %2, %3, %4};" ::"l"(global), "r"(v.word[0]), "r"(v.word[1]),
                 "r"(v.word[2]), "r"(v.word[3])
                 : "memory");
}

// Starts to bring global memory into the second-level cache, for a load to come.
__device__ inline void prefetch(const void* global) { asm volatile("prefetch.global.L2 [%0];" ::"l"(global)); }

#if LEASH_HAS_CLUSTERS

__device__ inline uint32_t shared_address(const void* shared) {
    return static_cast<uint32_t>(__cvta_generic_to_shared(shared));
}

// ------------------------------------------------------------------------------------------------------- clusters --

__device__ inline unsigned cluster_rank() {
    unsigned rank;
    asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
    return rank;
}
__device__ inline unsigned cluster_size() {
    unsigned size;
    asm volatile("mov.u32 %0, %%cluster_nctarank;" : "=r"(size));
    return size;
}
// A barrier for all threads of the cluster; makes earlier writes visible to all of them.
__device__ inline void cluster_sync() {
    asm volatile("barrier.cluster.arrive.release.aligned;\n\tbarrier.cluster.wait.acquire.aligned;" ::: "memory");
}
// A barrier in two steps, between which a thread may work on. It orders no memory, only the initialisation of mbarriers before
// fence_barrier_init().
__device__ inline void cluster_arrive_relaxed() { asm volatile("barrier.cluster.arrive.relaxed.aligned;" ::: "memory"); }
__device__ inline void cluster_wait() { asm volatile("barrier.cluster.wait.acquire.aligned;" ::: "memory"); }
// The corresponding address in the shared memory of the block with this rank, which must not have ended.
template <class T>
__device__ inline T* peer(T* shared, unsigned rank) {
    uint64_t address;
    asm volatile("mapa.u64 %0, %1, %2;" : "=l"(address) : "l"(shared), "r"(rank));
    return reinterpret_cast<T*>(address);
}

// --------------------------------------------------------------------------------------------- bulk copies, barriers --

// Initialises a barrier: one thread, before any use; then fence_barrier_init() and __syncthreads().
__device__ inline void barrier_init(Barrier* barrier, unsigned arrivals) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(barrier)), "r"(arrivals) : "memory");
}
__device__ inline void fence_barrier_init() { asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory"); }
// Arrives once and adds bytes to wait for in this phase.
__device__ inline void barrier_expect(Barrier* barrier, unsigned bytes) {
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(barrier)), "r"(bytes)
                 : "memory");
}
// Waits until the phase of this parity is complete.
__device__ inline void barrier_wait(Barrier* barrier, unsigned parity) {
    asm volatile(
        "{\n\t.reg .pred done;\n\t"
        "again:\n\tmbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n\t"
        "@!done bra again;\n\t}" ::"r"(shared_address(barrier)),
        "r"(parity)
        : "memory");
}
// The same for data from other blocks of the cluster.
__device__ inline void barrier_wait_cluster(Barrier* barrier, unsigned parity) {
    asm volatile(
        "{\n\t.reg .pred done;\n\t"
        "again:\n\tmbarrier.try_wait.parity.acquire.cluster.shared::cta.b64 done, [%0], %1;\n\t"
        "@!done bra again;\n\t}" ::"r"(shared_address(barrier)),
        "r"(parity)
        : "memory");
}
// An asynchronous store at the corresponding address in the shared memory of the block with this rank, which must not have ended.
// The 16 bytes count towards the current phase of the corresponding barrier there.
__device__ inline void store_async(Bits128* shared, Bits128 v, Barrier* barrier, unsigned rank) {
    asm volatile(
        "{\n\t.reg .b32 to, there;\n\t"
        "mapa.shared::cluster.u32 to, %0, %6;\n\t"
        "mapa.shared::cluster.u32 there, %1, %6;\n\t"
        "st.async.shared::cluster.mbarrier::complete_tx::bytes.v4.b32 [to], {%2, %3, %4, %5}, [there];\n\t}" ::"r"(
            shared_address(shared)),
        "r"(shared_address(barrier)), "r"(v.word[0]), "r"(v.word[1]), "r"(v.word[2]), "r"(v.word[3]), "r"(rank)
        : "memory");
}
// An asynchronous load; addresses and bytes are multiples of 16. The bytes count towards the barrier's phase.
__device__ inline void bulk_load(void* shared, const void* global, unsigned bytes, Barrier* barrier) {
    asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::"r"(
                     shared_address(shared)),
                 "l"(global), "r"(bytes), "r"(shared_address(barrier))
                 : "memory");
}
// Needed between writes to shared memory by this thread and bulk copies that read or overwrite them, followed by a barrier if
// another thread starts the copy.
__device__ inline void fence_async_shared() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }
// An asynchronous store in the thread's current group; addresses and bytes are multiples of 16.
__device__ inline void bulk_store(void* global, const void* shared, unsigned bytes) {
    asm volatile("cp.async.bulk.global.shared::cta.bulk_group [%0], [%1], %2;" ::"l"(global),
                 "r"(shared_address(shared)), "r"(bytes)
                 : "memory");
}
__device__ inline void bulk_commit() { asm volatile("cp.async.bulk.commit_group;" ::: "memory"); }
// Waits until at most kPending of this thread's groups have yet to read their shared memory; the rest may be overwritten.
template <int kPending>
__device__ inline void bulk_wait_read() {
    asm volatile("cp.async.bulk.wait_group.read %0;" ::"n"(kPending) : "memory");
}

#endif

}  // namespace leash::gpu

#endif

#endif
