// Internals of the emulator (emulator.h): the running threads, blocks and cluster.
#ifndef LEASH_EMULATOR_EXECUTION_H
#define LEASH_EMULATOR_EXECUTION_H

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "emulator/emulator.h"

namespace leash::emulator {

constexpr unsigned kLanes = 32;
constexpr unsigned kMaxThreads = 1024;       // per block
constexpr unsigned kMaxCluster = 16;
constexpr size_t kMaxShared = 232448;        // per block, for compute capability 9.0
constexpr size_t kSharedStride = 262144;     // between the shared memories of a cluster's blocks
constexpr size_t kStackBytes = 64 << 10;
constexpr size_t kStackColours = 61;         // the number of stacks that begin at different cache lines
// Reported memory and cache of an emulated GPU: small, as filling or overflowing them takes time.
constexpr size_t kDeviceBytes = 33 << 20;
constexpr int kCacheBytes = 1 << 20;
constexpr size_t kRecent = 16;
constexpr unsigned char kPoison = 0xFF;      // NaN in every dtype

// An access: its place in the code, its thread, and the numbers of barriers of each scope and of fences the thread had passed.
struct Access {
    const void* site;
    uint32_t cluster;
    uint16_t block;  // in the cluster
    uint16_t index;  // in the block
    uint32_t warp_epoch;
    uint32_t block_epoch;
    uint32_t cluster_epoch;
    uint32_t fences;
};

struct BulkStore {
    unsigned char* to;
    const unsigned char* from;
    unsigned bytes;
};

// For messages: printf's format, and up to two numbers.
struct Wait {
    const char* format = "";
    uint64_t numbers[2] = {};
};

struct Warp;

struct Thread {
    unsigned index;   // in its block
    unsigned block;   // in the cluster
    unsigned number;  // in the cluster
    Warp* warp = nullptr;
    unsigned char* stack = nullptr;
    void* stack_pointer = nullptr;
    bool ended = false;
    const void* site = nullptr;  // of the kernel's last call of the emulator
    uint32_t recent[kRecent] = {};  // accesses, in the log, by their sites
    Wait waits_for;  // while it cannot run
    uint32_t fences = 0;
    // Of barriers of the cluster, relaxed or not; different after a relaxed arrival until it is waited for.
    uint32_t arrivals = 0;
    uint32_t waits = 0;
    // By block: its accesses before this block epoch are known to be complete, by stores from it that have been waited for.
    uint32_t acquired[kMaxCluster] = {};
    std::vector<std::pair<unsigned, uint32_t>> waited;  // barriers, with the number of phases known to be complete
    std::vector<BulkStore> open_group;
    std::vector<std::vector<BulkStore>> groups;
};

// Lanes waiting for each other in a shuffle, a vote or a __syncwarp.
struct MeetingKind {
    const char* name;
    const char* wait;
};

struct Meeting {
    const MeetingKind* kind = nullptr;
    unsigned mask = 0;
    unsigned arrived = 0;
    uint64_t values[kLanes];
    int sources[kLanes];
    uint64_t results[kLanes];
};

// The sites of barriers are of the last barrier passed.
struct Warp {
    uint32_t epoch = 0;
    const void* barrier = nullptr;
    Meeting meeting;
};

// A bulk load, or an asynchronous store of a value.
struct AsynchronousWrite {
    unsigned char* to;
    const unsigned char* from;  // nullptr: value
    unsigned bytes;
    const void* site;
    unsigned char value[16];
    // Of a store: the block that made it, and its epoch at the time.
    unsigned block;
    uint32_t block_epoch;
};

constexpr uint32_t kNotFenced = UINT32_MAX;

struct TransactionBarrier {
    void* address;
    unsigned expected_arrivals;
    unsigned pending_arrivals;
    uint64_t expected_bytes = 0;
    uint64_t issued_bytes = 0;
    uint32_t phase = 0;
    std::vector<AsynchronousWrite> writes;
    std::vector<AsynchronousWrite> stores;  // of the last complete phase
    std::vector<unsigned> waiting;
    unsigned initialised_by = 0;  // a thread
    uint32_t fenced_at = kNotFenced;  // its arrivals at barriers of the cluster when it fenced the initialisation
};

struct Block {
    uint32_t epoch = 0;
    const void* barrier = nullptr;
    unsigned arrived = 0;
    unsigned ended = 0;
};

struct Execution {
    int device = 0;
    const Entry* entry = nullptr;
    const void* parameters = nullptr;
    unsigned grid = 0;
    unsigned threads = 0;  // per block
    unsigned cluster = 1;  // blocks
    size_t shared_bytes = 0;
    uint64_t launch = 0;
    uint32_t cluster_index = 0;

    std::vector<Thread> all;
    std::vector<Block> blocks;
    std::vector<Warp> warps;
    std::vector<TransactionBarrier> barriers;
    uint32_t epoch = 0;
    const void* barrier = nullptr;
    unsigned arrived = 0;
    uint32_t cluster_barriers = 0;  // complete, relaxed or not
    std::vector<unsigned> waiting;  // for a barrier of the cluster at which they have arrived
    unsigned char* shared = nullptr;

    std::vector<unsigned> runnable;
    Thread* current = nullptr;  // nullptr: no kernel is running
    uint64_t random = 1;

    unsigned warps_of_block() const { return (threads + kLanes - 1) / kLanes; }
    Access access() const {
        return {current->site,
                cluster_index,
                static_cast<uint16_t>(current->block),
                static_cast<uint16_t>(current->index),
                current->warp->epoch,
                blocks[current->block].epoch,
                epoch,
                current->fences};
    }
};

extern Execution execution;

// Whether the calling thread is running a kernel; other threads may run host code meanwhile.
bool is_running_kernel();

// In a function of the emulator: the place of its call by the kernel, for messages.
#define LEASH_EMULATOR_CALLED() (::leash::emulator::execution.current->site = __builtin_return_address(0))

// "cuda/rows.cuh:12" for a return address, followed by the place of the call if the function is inlined; module and offset without
// addr2line.
std::string location(const void* site);

// Called before a fault is described: later accesses are not the kernel's.
void end_checks();

// Ends the launch. Kernel, block, thread and place are added to the message.
[[noreturn]] void fault(const char* format, ...) __attribute__((format(printf, 1, 2)));

// Records a fault of work other than kernels.
void host_fault(const std::string& what);

// Runs other threads until one wakes the current thread. The message names `wait` if none does.
void wait_for(const Wait& wait);
void wake(unsigned thread);

// Runs a launch; false after a fault.
bool run(const Entry& entry, const void* parameters, unsigned grid, unsigned threads, unsigned cluster, size_t shared_bytes);

// ---------------------------------------------------------------------------------------------------------- memory --

void* allocate(size_t bytes, int device);  // nullptr if there is not enough
size_t allocated_bytes(int device);
bool free_allocation(void* memory);
// Whether the range is within one allocation.
bool is_device_memory(const void* memory, size_t bytes);

// Before a launch: orders it after all earlier launches.
void begin_log();

// Before the first thread of a cluster runs: makes its shared memory uninitialised.
void begin_shared();

// Like check_access, for copies, with their additional conditions.
void begin_load(const AsynchronousWrite& load);
void begin_asynchronous_store(const AsynchronousWrite& store);
void land(const AsynchronousWrite& write, unsigned barrier, uint32_t phase);
void begin_store(const BulkStore& store);
void finish_store(const BulkStore& store);

}  // namespace leash::emulator

#endif
