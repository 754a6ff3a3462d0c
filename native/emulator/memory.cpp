// The memory accessible to kernels and the history of its accesses: one cell per byte, and a second one per byte of shared memory.
// The functions called by compiled code before each access are at the end.
#include <link.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "emulator/execution.h"

namespace leash::emulator {

namespace {

constexpr size_t kCountedBytes = 17;
uint64_t reads_of[kCountedBytes];
uint64_t writes_of[kCountedBytes];

enum class State : uint8_t { kUntouched, kWritten, kBeingLoaded, kBeingStored };

// Accesses are numbers of entries of the log; 0: none.
struct Cell {
    uint32_t write;
    uint32_t read;  // the last
};

struct SharedCell {
    uint32_t load_phase;    // of the asynchronous write of the byte
    uint16_t load_barrier;  // likewise, plus 1; 0: written by a thread
    State state;
    uint8_t unused;
};
static_assert(sizeof(Cell) == 8 && sizeof(SharedCell) == 8, "cells have no padding, and can be compared as bytes");

// The cells of adjacent bytes; `shared` is nullptr for global memory.
struct Cells {
    Cell* cell;
    SharedCell* shared;
};

struct Allocation {
    unsigned char* begin;
    size_t bytes;
    Cell* cells;
    int device;
};

std::vector<Allocation> allocations;  // by address
size_t last_found = 0;

struct Range {
    uintptr_t begin, end;
};
std::vector<Range> constants;

// Zeroed memory, committed on first access.
template <class T>
T* new_cells(size_t count) {
    void* memory = mmap(nullptr, count * sizeof(T), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    return static_cast<T*>(memory);
}

// Cells of freed allocations, by the logarithm of their number, for reuse: entries of earlier launches are harmless, and their
// memory is committed already.
std::vector<Cell*> spare_cells[64];

unsigned size_class(size_t bytes) {
    unsigned logarithm = 0;
    while ((size_t{1} << logarithm) < bytes) logarithm++;
    return logarithm;
}

Cell* take_cells(size_t bytes) {
    std::vector<Cell*>& spare = spare_cells[size_class(bytes)];
    if (spare.empty()) return new_cells<Cell>(size_t{1} << size_class(bytes));
    Cell* const cells = spare.back();
    spare.pop_back();
    return cells;
}

Allocation* allocation_of(const void* address) {
    const auto* const at = static_cast<const unsigned char*>(address);
    if (last_found < allocations.size()) {
        Allocation& last = allocations[last_found];
        if (at >= last.begin && at < last.begin + last.bytes) return &last;
    }
    auto after = std::upper_bound(allocations.begin(), allocations.end(), at,
                                  [](const unsigned char* a, const Allocation& b) { return a < b.begin; });
    if (after == allocations.begin()) return nullptr;
    --after;
    if (at >= after->begin + after->bytes) return nullptr;
    last_found = static_cast<size_t>(after - allocations.begin());
    return &*after;
}

bool is_constant(const void* address) {
    if (constants.empty()) {
        dl_iterate_phdr(
            [](dl_phdr_info* object, size_t, void*) {
                for (int i = 0; i < object->dlpi_phnum; i++) {
                    const auto& segment = object->dlpi_phdr[i];
                    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
                    const uintptr_t begin = object->dlpi_addr + segment.p_vaddr;
                    constants.push_back({begin, begin + segment.p_memsz});
                }
                return 0;
            },
            nullptr);
    }
    const auto at = reinterpret_cast<uintptr_t>(address);
    return std::any_of(constants.begin(), constants.end(), [&](Range r) { return at >= r.begin && at < r.end; });
}

// ---------------------------------------------------------------------------------------------------------- shared --

Cell* shared_cells = nullptr;
SharedCell* shared_states = nullptr;

// The first number of an access by this cluster. Shared cells with older numbers belong to another cluster and count as untouched.
uint64_t cluster_begin = 1;

Cells shared_cells_at(size_t offset) { return {shared_cells + offset, shared_states + offset}; }

bool is_shared(const void* address) {
    const auto* const at = static_cast<const unsigned char*>(address);
    return execution.shared != nullptr && at >= execution.shared && at < execution.shared + kMaxCluster * kSharedStride;
}

// --------------------------------------------------------------------------------------------------------- ordering --

// The distinct accesses of each thread in this launch. Accesses of earlier launches have smaller numbers.
std::vector<Access> log;
uint64_t log_begin = 1;

uint32_t logged(const Access& access) {
    uint32_t& recent = execution.current->recent[reinterpret_cast<uintptr_t>(access.site) % kRecent];
    if (recent >= log_begin && std::memcmp(&log[recent - log_begin], &access, sizeof access) == 0) return recent;
    const uint64_t number = log_begin + log.size();
    if (number > UINT32_MAX) {
        std::fprintf(stderr, "emulator: more accesses than it can number\n");
        std::abort();
    }
    log.push_back(access);
    return recent = static_cast<uint32_t>(number);
}

// Whether barriers order an access before the current thread's next one.
bool is_before(uint32_t number) {
    if (number < log_begin) return true;
    const Access& then = log[number - log_begin];
    const Execution& e = execution;
    const Thread& now = *e.current;
    if (then.cluster != e.cluster_index) return false;
    if (then.cluster_epoch != e.epoch) return true;
    if (then.block != now.block) return then.block_epoch < now.acquired[then.block];
    if (then.index == now.index || then.block_epoch != e.blocks[now.block].epoch) return true;
    return then.index / kLanes == now.index / kLanes && then.warp_epoch != now.warp->epoch;
}

bool has_waited(const SharedCell& cell) {
    for (const auto& known : execution.current->waited) {
        if (known.first == cell.load_barrier - 1u) return known.second > cell.load_phase;
    }
    return false;
}

std::string who(const Access& access) {
    return "block " + std::to_string(access.cluster * execution.cluster + access.block) + ", thread " + std::to_string(access.index);
}

// The barrier that would have ordered an access before the current thread's. Both threads have passed the same number of barriers,
// so the last barrier passed is the same.
std::string missing_barrier(const Access& then) {
    Execution& e = execution;
    const Thread& now = *e.current;
    if (then.cluster != e.cluster_index) return "no barrier orders blocks outside a cluster";
    const void* last = e.barrier;
    std::string name = "cluster_sync";
    if (then.block == now.block) {
        name = "__syncthreads of block " + std::to_string(block_index());
        last = e.blocks[now.block].barrier;
        if (then.index / kLanes == now.index / kLanes) {
            name = "__syncwarp or " + name;
            last = now.warp->barrier;
        }
    }
    return name + " is missing; " + (last == nullptr ? "neither has passed a barrier" : "the last that both passed is at " + location(last));
}

// What is wrong with an access to a cell.
[[noreturn]] void fault_of_cell(const Cells& cells, const void* address, bool writes) {
    end_checks();
    const Cell cell = *cells.cell;
    const State state = cells.shared != nullptr ? cells.shared->state : State::kWritten;
    const char* const act = writes ? "writes" : "reads";
    const char* const space = cells.shared != nullptr ? "shared" : "global";
    if (state == State::kBeingLoaded) {
        fault("%s %s memory at %p that an asynchronous write is still to fill: its barrier has not been waited for", act, space, address);
    }
    if (writes && state == State::kBeingStored) {
        fault("writes shared memory at %p that a bulk store is still to read: it has not been waited for", address);
    }
    if (!writes && state == State::kUntouched) fault("reads shared memory at %p that nothing has written", address);
    const auto race = [&](const Access& then, const std::string& who, const char* did, const std::string& missing) {
        fault("%s %s memory at %p that %s %s at %s with no barrier between: %s", act, space, address, who.c_str(), did,
              location(then.site).c_str(), missing.c_str());
    };
    if (!is_before(cell.write)) {
        const Access& then = log[cell.write - log_begin];
        if (cells.shared == nullptr || cells.shared->load_barrier == 0) race(then, who(then), "wrote", missing_barrier(then));
        if (!has_waited(*cells.shared)) {
            race(then, "an asynchronous write", "filled", "its barrier has not been waited for");
        }
    }
    const Access& then = log[cell.read - log_begin];
    race(then, who(then), "read", missing_barrier(then));
    std::abort();
}

void check_cell(const Cells& cells, const void* address, bool writes) {
    Cell& cell = *cells.cell;
    SharedCell* const shared = cells.shared;
    if (shared != nullptr) {
        if (cell.write < cluster_begin) {
            cell = {};
            *shared = {};
        }
        const bool is_free = writes ? shared->state < State::kBeingLoaded : shared->state != State::kUntouched && shared->state != State::kBeingLoaded;
        if (!is_free) fault_of_cell(cells, address, writes);
    }
    if ((!is_before(cell.write) && (shared == nullptr || shared->load_barrier == 0 || !has_waited(*shared))) ||
        (writes && !is_before(cell.read))) {
        fault_of_cell(cells, address, writes);
    }
    const uint32_t now = logged(execution.access());
    if (writes) {
        cell = {now, 0};
        if (shared != nullptr) *shared = {0, 0, State::kWritten, 0};
    } else {
        cell.read = now;
    }
}

template <class T>
bool are_alike(const T* cells, size_t count) {
    return std::memcmp(cells, cells + 1, (count - 1) * sizeof(T)) == 0;
}

// Equal neighbours stay equal.
void check_cells(const Cells& cells, size_t count, const void* address, bool writes) {
    if (are_alike(cells.cell, count) && (cells.shared == nullptr || are_alike(cells.shared, count))) {
        check_cell(cells, address, writes);
        std::fill(cells.cell + 1, cells.cell + count, *cells.cell);
        if (cells.shared != nullptr) std::fill(cells.shared + 1, cells.shared + count, *cells.shared);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        check_cell({cells.cell + i, cells.shared != nullptr ? cells.shared + i : nullptr},
                   static_cast<const unsigned char*>(address) + i, writes);
    }
}

// The cells of a range, after checking that the current thread may access it; none for memory without cells.
Cells cells_of(const void* address, size_t bytes, bool writes) {
    const auto* const at = static_cast<const unsigned char*>(address);
    const Thread& thread = *execution.current;
    if (at >= thread.stack && at + bytes <= thread.stack + kStackBytes) return {};
    const char* const act = writes ? "writes" : "reads";
    if (is_shared(address)) {
        const size_t offset = static_cast<size_t>(at - execution.shared);
        const size_t block = offset / kSharedStride;
        if (block >= execution.cluster || offset % kSharedStride + bytes > execution.shared_bytes) {
            fault("%s %zu bytes at offset %zu of the %zu bytes of shared memory", act, bytes, offset % kSharedStride,
                  execution.shared_bytes);
        }
        if (execution.blocks[block].ended == execution.threads) {
            fault("%s shared memory of block %zu of its cluster, which has ended", act, block);
        }
        return shared_cells_at(offset);
    }
    if (const Allocation* const allocation = allocation_of(address)) {
        const size_t offset = static_cast<size_t>(at - allocation->begin);
        if (offset + bytes > allocation->bytes) {
            fault("%s %zu bytes at offset %zu of %zu bytes of device memory", act, bytes, offset, allocation->bytes);
        }
        if (allocation->device != execution.device) fault("%s memory of another GPU, %d", act, allocation->device);
        return {allocation->cells + offset, nullptr};
    }
    if (!writes && is_constant(address)) return {};
    fault("%s %zu bytes at %p, which is neither device memory nor shared memory nor its own", act, bytes, address);
}

}  // namespace

size_t allocated_bytes(int device) {
    size_t bytes = 0;
    for (const Allocation& allocation : allocations) bytes += allocation.device == device ? allocation.bytes : 0;
    return bytes;
}

void* allocate(size_t bytes, int device) {
    if (bytes > kDeviceBytes - allocated_bytes(device)) return nullptr;
    const size_t rounded = (std::max<size_t>(bytes, 1) + 255) / 256 * 256;
    auto* const memory = static_cast<unsigned char*>(std::aligned_alloc(256, rounded));
    if (memory == nullptr) return nullptr;
    std::memset(memory, kPoison, rounded);
    const Allocation allocation = {memory, bytes, take_cells(bytes), device};
    allocations.insert(std::upper_bound(allocations.begin(), allocations.end(), allocation,
                                        [](const Allocation& a, const Allocation& b) { return a.begin < b.begin; }),
                       allocation);
    return memory;
}

bool free_allocation(void* memory) {
    for (size_t i = 0; i < allocations.size(); i++) {
        if (allocations[i].begin != memory) continue;
        spare_cells[size_class(allocations[i].bytes)].push_back(allocations[i].cells);
        std::free(memory);
        allocations.erase(allocations.begin() + static_cast<ptrdiff_t>(i));
        return true;
    }
    return false;
}

bool is_device_memory(const void* memory, size_t bytes) {
    const Allocation* const allocation = allocation_of(memory);
    return allocation != nullptr &&
           static_cast<const unsigned char*>(memory) + bytes <= allocation->begin + allocation->bytes;
}

void begin_shared() {
    Execution& e = execution;
    if (e.shared == nullptr) {
        e.shared = static_cast<unsigned char*>(std::aligned_alloc(kSharedStride, kMaxCluster * kSharedStride));
        shared_cells = new_cells<Cell>(kMaxCluster * kSharedStride);
        shared_states = new_cells<SharedCell>(kMaxCluster * kSharedStride);
    }
    cluster_begin = log_begin + log.size();
    for (unsigned block = 0; block < e.cluster; block++) std::memset(e.shared + block * kSharedStride, kPoison, e.shared_bytes);
}

uint64_t global_reads(size_t bytes) { return bytes < kCountedBytes ? reads_of[bytes] : 0; }
uint64_t global_writes(size_t bytes) { return bytes < kCountedBytes ? writes_of[bytes] : 0; }

void begin_log() {
    log_begin += log.size();
    log.clear();
}

void check_access(const void* address, size_t bytes, bool writes, const void* site) {
    if (!is_running_kernel()) return;
    execution.current->site = site;
    const Cells cells = cells_of(address, bytes, writes);
    if (cells.cell == nullptr) return;
    if (cells.shared == nullptr && bytes < kCountedBytes) (writes ? writes_of : reads_of)[bytes]++;
    // Structs of other sizes are copied member by member.
    const bool one_instruction = (bytes & (bytes - 1)) == 0;
    if (one_instruction && reinterpret_cast<uintptr_t>(address) % bytes != 0) {
        fault("%s %zu bytes at %p, which is not aligned to them", writes ? "writes" : "reads", bytes, address);
    }
    check_cells(cells, bytes, address, writes);
}

void check_atomic(const void* address, size_t bytes, const void* site) {
    execution.current->site = site;
    cells_of(address, bytes, true);
}

namespace {

void check_copy(const void* shared, const void* global, unsigned bytes) {
    const auto own = static_cast<const unsigned char*>(shared) - shared_memory();
    if (own < 0 || static_cast<size_t>(own) + bytes > execution.shared_bytes) {
        fault("a bulk copy of %u bytes at offset %td of the %zu bytes of its shared memory", bytes, own, execution.shared_bytes);
    }
    if (bytes == 0 || (reinterpret_cast<uintptr_t>(shared) | reinterpret_cast<uintptr_t>(global) | bytes) % 16 != 0) {
        fault("a bulk copy of %u bytes between %p and %p: each has to be a multiple of 16", bytes, shared, global);
    }
}

Cells copied_cells(const void* address, unsigned bytes, bool writes) {
    const Cells cells = cells_of(address, bytes, writes);
    if (cells.cell == nullptr) fault("a bulk copy from or to its own stack");
    return cells;
}

}  // namespace

namespace {

// The destination, which nobody may access until the write has landed.
void begin_write(const AsynchronousWrite& write) {
    const Cells to = copied_cells(write.to, write.bytes, true);
    check_cells(to, write.bytes, write.to, true);
    for (size_t i = 0; i < write.bytes; i++) to.shared[i].state = State::kBeingLoaded;
    std::memset(write.to, kPoison, write.bytes);
}

}  // namespace

void begin_load(const AsynchronousWrite& load) {
    check_copy(load.to, load.from, load.bytes);
    check_cells(copied_cells(load.from, load.bytes, false), load.bytes, load.from, false);
    begin_write(load);
}

void begin_asynchronous_store(const AsynchronousWrite& store) {
    if (reinterpret_cast<uintptr_t>(store.to) % store.bytes != 0) {
        fault("an asynchronous store of %u bytes at %p, which is not aligned to them", store.bytes, static_cast<void*>(store.to));
    }
    begin_write(store);
}

void land(const AsynchronousWrite& write, unsigned barrier, uint32_t phase) {
    std::memcpy(write.to, write.from != nullptr ? write.from : write.value, write.bytes);
    Access landing = execution.access();
    landing.site = write.site;
    const Cells cells = shared_cells_at(static_cast<size_t>(write.to - execution.shared));
    std::fill(cells.cell, cells.cell + write.bytes, Cell{logged(landing), 0});
    std::fill(cells.shared, cells.shared + write.bytes, SharedCell{phase, static_cast<uint16_t>(barrier + 1), State::kWritten, 0});
}

void begin_store(const BulkStore& store) {
    check_copy(store.from, store.to, store.bytes);
    const Cells from = copied_cells(store.from, store.bytes, false);
    for (size_t i = 0; i < store.bytes; i++) {
        const Cells cells = {from.cell + i, from.shared + i};
        const uint32_t write = cells.cell->write;
        const Access writer = cells.shared->load_barrier == 0 && write >= cluster_begin ? log[write - log_begin] : Access{};
        check_cell(cells, store.from + i, false);
        if (writer.site != nullptr && execution.all[writer.block * execution.threads + writer.index].fences <= writer.fences) {
            end_checks();
            fault("a bulk store of shared memory at %p that %s wrote at %s and has not fenced",
                  static_cast<const void*>(store.from + i), who(writer).c_str(), location(writer.site).c_str());
        }
        cells.shared->state = State::kBeingStored;
    }
    check_cells(copied_cells(store.to, store.bytes, true), store.bytes, store.to, true);
}

void finish_store(const BulkStore& store) {
    std::memcpy(store.to, store.from, store.bytes);
    const Cells cells = shared_cells_at(static_cast<size_t>(store.from - execution.shared));
    const uint32_t now = logged(execution.access());
    for (size_t i = 0; i < store.bytes; i++) {
        cells.shared[i].state = State::kWritten;
        cells.cell[i].read = now;
    }
}

}  // namespace leash::emulator

#define LEASH_ON_ACCESS(name, bytes, writes)                                                  \
    extern "C" void __tsan_##name##bytes(void* address) {                                     \
        leash::emulator::check_access(address, bytes, writes, __builtin_return_address(0));   \
    }
#define LEASH_ACCESS(bytes)              \
    LEASH_ON_ACCESS(read, bytes, false)  \
    LEASH_ON_ACCESS(write, bytes, true)
#define LEASH_UNALIGNED(bytes)                     \
    LEASH_ON_ACCESS(unaligned_read, bytes, false)  \
    LEASH_ON_ACCESS(unaligned_write, bytes, true)

LEASH_ACCESS(1)
LEASH_ACCESS(2)
LEASH_ACCESS(4)
LEASH_ACCESS(8)
LEASH_ACCESS(16)
LEASH_UNALIGNED(2)
LEASH_UNALIGNED(4)
LEASH_UNALIGNED(8)
LEASH_UNALIGNED(16)
extern "C" void __tsan_read_range(void* address, unsigned long bytes) {
    leash::emulator::check_access(address, bytes, false, __builtin_return_address(0));
}
extern "C" void __tsan_write_range(void* address, unsigned long bytes) {
    leash::emulator::check_access(address, bytes, true, __builtin_return_address(0));
}
extern "C" void __tsan_init() {}
extern "C" void __tsan_func_entry(void*) {}
extern "C" void __tsan_func_exit() {}
extern "C" void __tsan_vptr_update(void**, void*) {}
extern "C" void __tsan_vptr_read(void**) {}
