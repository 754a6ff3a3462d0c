// The emulator: CUDA's execution model on the CPU, designed to find faults, not for speed.
//
// A launch runs cluster by cluster. Every thread of a cluster is a fiber, which runs until it has to wait for others; then a
// runnable fiber is picked at random, by the seed. Kernels are compiled by g++ with -fsanitize=thread, which inserts a call before
// each access to memory that other threads might see. No sanitizer is linked: the emulator defines these functions (memory.cpp) and
// checks every access against the thread's permissions and the accesses of other threads. A fault ends the launch: the fibers are
// abandoned, the error is sticky as in CUDA, and last_fault() names kernel, block, thread, access and line; for a race, both lines
// and the missing barrier.
//
// Detected faults:
//   out of bounds     accesses outside device memory, the cluster's shared memory, parameters, constants and the thread's stack;
//                     the shared memory of a block that has ended; unaligned 16-byte accesses
//   not initialised   reads of unwritten shared memory; fresh device memory is NaN
//   races             accesses by two threads, at least one of them a write, without a barrier of both in between. Epochs
//                     represent barriers: __syncwarp orders the threads of a warp, __syncthreads those of a block, cluster_sync
//                     all, a relaxed arrival none; of several readers, only the last is recorded. Clusters are unordered;
//                     atomics are exempt
//   bulk loads        arrive only when their barrier is waited for. Until then no thread may access the destination, and
//                     afterwards only threads that have waited, or share a later barrier with one that has. Likewise
//                     asynchronous stores, for which other blocks' barriers must also be initialised, fenced
//                     (fence_barrier_init), and ordered by a cluster barrier. A store whose barrier has been waited for
//                     orders what its block did before the last __syncthreads
//   bulk stores       read their source as late as possible, when they are waited for; until then no thread may write it. Writes
//                     by threads must be fenced (fence_async_shared) and then ordered before the store
//   deadlocks         barriers, shuffles and copies whose partners have ended, wait elsewhere or never arrive; lanes of a warp
//                     with different masks
//   runtime API       missing waits, as work runs no earlier than it is waited for; launches in a stream of another context, and
//                     with more shared memory or a larger cluster than the kernel was allowed in its context; calls that a stream
//                     capture forbids, which invalidate it; memory freed before a graph that uses it is replayed
// Not detected: races on a struct returned by a function directly into shared memory (`shared = f();`), which the compiler treats
// as a local variable. Kernels assign the result to a variable first.
//
// Kernels run one at a time, in the thread that waits for them.
#ifndef LEASH_EMULATOR_EMULATOR_H
#define LEASH_EMULATOR_EMULATOR_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

namespace leash::emulator {

// A kernel for launches.
struct Entry {
    void (*call)(const void* parameters);
    size_t parameter_bytes;
    const char* description;  // holds the name
};

// ------------------------------------------------------------------------------------------------------ for kernels --

unsigned thread_index();
unsigned block_index();
unsigned block_threads();
unsigned grid_blocks();
unsigned cluster_rank();
unsigned cluster_size();
unsigned char* shared_memory();
void* peer(void* shared, unsigned rank);

void sync_block();
void sync_warp(unsigned mask);
void sync_cluster();
void cluster_arrive_relaxed();
void cluster_wait();
uint64_t shuffle(unsigned mask, uint64_t value, int source);
unsigned ballot(unsigned mask, bool predicate);

void barrier_init(void* barrier, unsigned arrivals);
void barrier_expect(void* barrier, unsigned bytes);
void barrier_wait(void* barrier, unsigned parity);
void fence_barrier_init();
void store_async(void* shared, const void* sixteen_bytes, void* barrier, unsigned rank);
void bulk_load(void* shared, const void* global, unsigned bytes, void* barrier);
void fence_async();
void bulk_store(void* global, const void* shared, unsigned bytes);
void bulk_commit();
void bulk_wait(int pending);

// Faults if the current thread must not make this access; `site` is the return address of the accessing code.
void check_access(const void* address, size_t bytes, bool writes, const void* site);
void check_atomic(const void* address, size_t bytes, const void* site);
template <class T, class Function>
__attribute__((no_sanitize("thread"), noinline)) T atomic(T* address, Function function) {
    check_atomic(address, sizeof(T), __builtin_return_address(0));
    const T old = *address;
    *address = function(old);
    return old;
}

// -------------------------------------------------------------------------------------------------------- for tests --

// Sets the seed of the schedule; initially LEASH_EMULATOR_SEED from the environment, or 1.
void set_seed(uint64_t seed);

// Description of the first fault since the last reset(); "" if there was none.
const std::string& last_fault();

// Number of reads or writes of global memory by kernels with this many bytes, without bulk copies.
uint64_t global_reads(size_t bytes);
uint64_t global_writes(size_t bytes);

// Calls so far of cudaMalloc, cudaFree and the like, and of cudaStreamSynchronize and the like.
uint64_t allocations_and_frees();
uint64_t synchronizations();

// A CUcontext besides the primary one, as a program makes with the driver API.
void* foreign_context(int device);
// Whether the primary context of a GPU has been used.
bool is_in_use(int device);

// Clears faults, which CUDA cannot.
void reset();

}  // namespace leash::emulator

#endif
