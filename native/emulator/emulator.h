// The emulator: CUDA's execution model on the CPU, built to find faults, not to be fast.
//
// A launch runs cluster by cluster. Every thread of a cluster is a fiber; a fiber runs until it has to wait for others, and
// then one of those that can run is picked at random, by the seed. Kernels are compiled by g++ with -fsanitize=thread, which
// puts a call before each access to memory that others might see; no sanitizer is linked, the emulator itself defines those
// functions (memory.cpp) and holds every access against what the thread may touch and what others have touched. A fault ends
// the launch: the fibers are abandoned where they stand, the error stays as CUDA's does, and last_fault() says which thread
// of which block of which kernel did what, in which line; of a race both lines, and the barrier that is missing.
//
// What is found:
//   out of bounds     outside device memory, the cluster's shared memory, the parameters, constants and the own stack;
//                     the shared memory of a block that has ended; 16-byte accesses that are not aligned
//   not initialised   shared memory that nothing has written; fresh device memory holds NaN
//   races             two threads, one of them writing, with no barrier between that both took part in. Epochs stand for
//                     barriers: __syncwarp orders the threads of a warp, __syncthreads those of a block, cluster_sync all;
//                     of several readers the last is remembered. Clusters are ordered by nothing, atomics exempt
//   bulk loads        land only when their barrier is waited for; until then nobody may touch the destination, and after
//                     that only who has waited, or shares a later barrier with one who has
//   bulk stores       read their source at the last moment, when they are waited for; until then nobody may write it. What
//                     threads wrote themselves has to be fenced (fence_async_shared), and then ordered, before
//   waiting in vain   barriers, shuffles and copies whose partners have ended, wait elsewhere or never come; lanes of a warp
//                     that disagree about a mask
// What is not seen: a struct that a function returns straight into shared memory (`shared = f();`), which the compiler takes
// for a local variable. Kernels name the result first.
//
// Kernels run one at a time, in the thread that waits for them.
#ifndef LEASH_EMULATOR_EMULATOR_H
#define LEASH_EMULATOR_EMULATOR_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

namespace leash::emulator {

// A kernel as a launch takes it.
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
uint64_t shuffle(unsigned mask, uint64_t value, int source);
unsigned ballot(unsigned mask, bool predicate);

void barrier_init(void* barrier, unsigned arrivals);
void barrier_expect(void* barrier, unsigned bytes);
void barrier_wait(void* barrier, unsigned parity);
void bulk_load(void* shared, const void* global, unsigned bytes, void* barrier);
void fence_async();
void bulk_store(void* global, const void* shared, unsigned bytes);
void bulk_commit();
void bulk_wait(int pending);

// Faults where the current thread must not make this access, which the code before `site` makes.
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

// The order in which threads run follows from it. The environment's LEASH_EMULATOR_SEED, or 1, at the start.
void set_seed(uint64_t seed);

// What the first fault since the last reset() was; "" where there was none.
const std::string& last_fault();

// How many reads or writes of so many bytes kernels have made of global memory, bulk copies aside.
uint64_t global_reads(size_t bytes);
uint64_t global_writes(size_t bytes);

// Forgets faults, as CUDA cannot.
void reset();

}  // namespace leash::emulator

#endif
