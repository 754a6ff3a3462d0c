// Fibers, their schedule, and the waits of threads.
#include "emulator/execution.h"

#include <sys/mman.h>

#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace leash::emulator {

Execution execution;

namespace {

std::string fault_message;
thread_local bool running_kernel __attribute__((tls_model("initial-exec"))) = false;
uint64_t seed = [] {
    const char* text = std::getenv("LEASH_EMULATOR_SEED");
    return text != nullptr ? std::strtoull(text, nullptr, 10) : 1;
}();

// ---------------------------------------------------------------------------------------------------------- fibers --

#if defined(__x86_64__)

void* scheduler_stack_pointer;

// Saves the callee-saved registers of the ABI and resumes the other stack.
asm(R"(
.text
.type leash_emulator_switch, @function
leash_emulator_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
.size leash_emulator_switch, .-leash_emulator_switch
)");
extern "C" void leash_emulator_switch(void** save, void* load) __attribute__((visibility("hidden")));

void to_scheduler() { leash_emulator_switch(&execution.current->stack_pointer, scheduler_stack_pointer); }
void to_thread(Thread& thread) { leash_emulator_switch(&scheduler_stack_pointer, thread.stack_pointer); }
void to_thread(Thread& from, Thread& to) { leash_emulator_switch(&from.stack_pointer, to.stack_pointer); }

void prepare(Thread& thread, void (*body)()) {
    // As if the switch had been called by the first instruction of body, with the stack alignment after a call.
    void** top = reinterpret_cast<void**>(thread.stack + kStackBytes) - 2;
    *top = reinterpret_cast<void*>(body);
    thread.stack_pointer = top - 6;
    std::memset(thread.stack_pointer, 0, 6 * sizeof(void*));
}

#else

ucontext_t scheduler_context;
std::vector<ucontext_t> contexts;

void to_scheduler() { swapcontext(&contexts[execution.current->number], &scheduler_context); }
void to_thread(Thread& thread) { swapcontext(&scheduler_context, &contexts[thread.number]); }
void to_thread(Thread& from, Thread& to) { swapcontext(&contexts[from.number], &contexts[to.number]); }
void prepare(Thread& thread, void (*body)()) {
    contexts.resize(execution.all.size());
    ucontext_t& context = contexts[thread.number];
    getcontext(&context);
    context.uc_stack.ss_sp = thread.stack;
    context.uc_stack.ss_size = kStackBytes;
    context.uc_link = nullptr;
    makecontext(&context, body, 0);
}

#endif

// One per thread of the largest cluster so far; remnants of a fault on them are harmless. Their distance is not a power of two:
// their ends would share a few lines of the processor's caches.
std::vector<unsigned char*> stacks;

unsigned char* stack_of(unsigned number) {
    while (stacks.size() <= number) {
        constexpr size_t kApart = 1088;
        void* memory = mmap(nullptr, kStackBytes + kStackColours * kApart, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) std::abort();
        stacks.push_back(static_cast<unsigned char*>(memory) + stacks.size() % kStackColours * kApart);
    }
    return stacks[number];
}

// -------------------------------------------------------------------------------------------------------- schedule --

uint32_t draw(uint32_t bound) {
    uint64_t& state = execution.random;
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return static_cast<uint32_t>((state * 0x2545f4914f6cdd1du >> 32) * bound >> 32);
}

// A runnable thread; there must be one.
Thread& take_runnable() {
    Execution& e = execution;
    const uint32_t pick = draw(static_cast<uint32_t>(e.runnable.size()));
    std::swap(e.runnable[pick], e.runnable.back());
    Thread& thread = e.all[e.runnable.back()];
    e.runnable.pop_back();
    return thread;
}

// Leaves the current thread until it is woken.
void run_others() {
    Execution& e = execution;
    if (e.runnable.empty()) return to_scheduler();
    Thread& from = *e.current;
    e.current = &take_runnable();
    to_thread(from, *e.current);
}

void thread_body() {
    execution.entry->call(execution.parameters);
    Thread& thread = *execution.current;
    thread.site = nullptr;
    if (!thread.open_group.empty() || !thread.groups.empty()) fault("ends with bulk stores that it has not waited for");
    thread.ended = true;
    execution.blocks[thread.block].ended++;
    run_others();
}

std::string kernel_name() {
    // "... kKernel)(Parameters) = name]"
    const std::string text = execution.entry->description;
    const size_t from = text.find("= ", text.find("kKernel)")) + 2;
    return text.substr(from, text.size() - 1 - from);
}

void record_fault(const Thread& thread, const char* what) {
    if (!fault_message.empty()) return;
    char place[64];
    std::snprintf(place, sizeof place, ", block %u, thread %u", execution.cluster_index * execution.cluster + thread.block,
                  thread.index);
    fault_message = "kernel " + kernel_name() + place + (thread.site == nullptr ? "" : ", at " + location(thread.site)) + ": " + what;
}

bool run_cluster() {
    Execution& e = execution;
    e.all.assign(static_cast<size_t>(e.cluster) * e.threads, {});
    e.blocks.assign(e.cluster, {});
    e.warps.assign(static_cast<size_t>(e.cluster) * e.warps_of_block(), {});
    e.barriers.clear();
    e.epoch = 0;
    e.barrier = nullptr;
    e.arrived = 0;
    e.cluster_barriers = 0;
    e.waiting.clear();
    e.runnable.clear();
    begin_shared();
    for (unsigned n = 0; n < e.all.size(); n++) {
        Thread& thread = e.all[n];
        thread.number = n;
        thread.block = n / e.threads;
        thread.index = n % e.threads;
        thread.warp = &e.warps[thread.block * e.warps_of_block() + thread.index / kLanes];
        thread.stack = stack_of(n);
        prepare(thread, thread_body);
        e.runnable.push_back(n);
    }
    // Threads switch to one another; the last runnable one, or one with a fault, returns here.
    e.current = &take_runnable();
    to_thread(*e.current);
    e.current = nullptr;
    if (!fault_message.empty()) return false;
    for (const Thread& thread : e.all) {
        if (!thread.ended) {
            char what[200];
            std::snprintf(what, sizeof what, thread.waits_for.format, thread.waits_for.numbers[0], thread.waits_for.numbers[1]);
            record_fault(thread, (std::string("waits in vain for ") + what).c_str());
            return false;
        }
    }
    return true;
}

}  // namespace

void fault(const char* format, ...) {
    char what[1000];
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    record_fault(*execution.current, what);
    to_scheduler();  // and never back
    std::abort();
}

void host_fault(const std::string& what) {
    if (fault_message.empty()) fault_message = what;
}

void wait_for(const Wait& wait) {
    execution.current->waits_for = wait;
    run_others();
}

void wake(unsigned thread) { execution.runnable.push_back(thread); }

bool run(const Entry& entry, const void* parameters, unsigned grid, unsigned threads, unsigned cluster,
         size_t shared_bytes) {
    Execution& e = execution;
    e.entry = &entry;
    e.parameters = parameters;
    e.grid = grid;
    e.threads = threads;
    e.cluster = cluster;
    e.shared_bytes = shared_bytes;
    e.launch++;
    begin_log();
    e.random = (seed + e.launch) * 0x9e3779b97f4a7c15u | 1;
    for (e.cluster_index = 0; e.cluster_index < grid / cluster; e.cluster_index++) {
        running_kernel = true;
        const bool finished = run_cluster();
        running_kernel = false;
        if (!finished) return false;
    }
    return true;
}

bool is_running_kernel() { return running_kernel; }
void end_checks() { running_kernel = false; }

// ------------------------------------------------------------------------------------------------------ for kernels --

unsigned thread_index() { return execution.current->index; }
unsigned block_index() { return execution.cluster_index * execution.cluster + execution.current->block; }
unsigned block_threads() { return execution.threads; }
unsigned grid_blocks() { return execution.grid; }
unsigned cluster_rank() { return execution.current->block; }
unsigned cluster_size() { return execution.cluster; }
unsigned char* shared_memory() { return execution.shared + execution.current->block * kSharedStride; }

namespace {

void* address_in(void* shared, unsigned rank) {
    const auto offset = static_cast<unsigned char*>(shared) - shared_memory();
    if (offset < 0 || static_cast<size_t>(offset) >= execution.shared_bytes) {
        fault("takes the address in another block of %p, which is not in its own shared memory", shared);
    }
    if (rank >= execution.cluster) fault("takes an address in block %u of a cluster of %u", rank, execution.cluster);
    return execution.shared + rank * kSharedStride + offset;
}

// Whether this is the last arrival, which wakes all that wait.
bool arrive_at_cluster() {
    Execution& e = execution;
    if (e.current->arrivals != e.current->waits) fault("arrives at a barrier of its cluster before waiting for the previous one");
    e.current->arrivals++;
    if (++e.arrived < e.all.size()) return false;
    e.arrived = 0;
    e.cluster_barriers++;
    for (const unsigned thread : e.waiting) wake(thread);
    e.waiting.clear();
    return true;
}

}  // namespace

void* peer(void* shared, unsigned rank) {
    LEASH_EMULATOR_CALLED();
    return address_in(shared, rank);
}

void sync_block() {
    LEASH_EMULATOR_CALLED();
    Execution& e = execution;
    Thread& thread = *e.current;
    Block& block = e.blocks[thread.block];
    if (++block.arrived < e.threads) return wait_for({"the other threads of its block in __syncthreads"});
    block.arrived = 0;
    block.epoch++;
    block.barrier = thread.site;
    Thread* const threads = &e.all[thread.block * e.threads];
    for (unsigned other = 0; e.cluster > 1 && other < e.cluster; other++) {
        uint32_t acquired = 0;
        for (unsigned i = 0; i < e.threads; i++) acquired = std::max(acquired, threads[i].acquired[other]);
        for (unsigned i = 0; i < e.threads; i++) threads[i].acquired[other] = acquired;
    }
    for (unsigned i = 0; i < e.threads; i += kLanes) e.all[thread.block * e.threads + i].warp->barrier = thread.site;
    for (unsigned i = 0; i < e.threads; i++) {
        if (i != thread.index) wake(thread.block * e.threads + i);
    }
}

void sync_cluster() {
    LEASH_EMULATOR_CALLED();
    Execution& e = execution;
    Thread& thread = *e.current;
    if (arrive_at_cluster()) {
        e.epoch++;
        e.barrier = thread.site;
        for (Block& block : e.blocks) block.barrier = e.barrier;
        for (Warp& warp : e.warps) warp.barrier = e.barrier;
    } else {
        e.waiting.push_back(thread.number);
        wait_for({"the other threads of its cluster in cluster_sync"});
    }
    thread.waits++;
}

void cluster_arrive_relaxed() {
    LEASH_EMULATOR_CALLED();
    arrive_at_cluster();
}

void cluster_wait() {
    LEASH_EMULATOR_CALLED();
    Execution& e = execution;
    Thread& thread = *e.current;
    if (thread.arrivals == thread.waits) fault("waits for a barrier of its cluster at which it has not arrived");
    thread.waits++;
    if (thread.waits <= e.cluster_barriers) return;
    e.waiting.push_back(thread.number);
    wait_for({"the other threads of its cluster to arrive"});
}

namespace {

constexpr MeetingKind kSyncwarp = {"__syncwarp", "the other lanes of its mask in __syncwarp"};
constexpr MeetingKind kShuffle = {"a shuffle", "the other lanes of its mask in a shuffle"};
constexpr MeetingKind kVote = {"a vote", "the other lanes of its mask in a vote"};

// Waits for all lanes of the mask; the last to arrive sets the result of every lane.
uint64_t meet(const MeetingKind& kind, unsigned mask, uint64_t value, int source) {
    const Thread& thread = *execution.current;
    const unsigned lane = thread.index % kLanes;
    Meeting& meeting = thread.warp->meeting;
    if ((mask >> lane & 1) == 0) fault("%s with mask 0x%08x, which lacks its own lane %u", kind.name, mask, lane);
    if (meeting.arrived == 0) {
        meeting.kind = &kind;
        meeting.mask = mask;
    } else if (meeting.mask != mask || meeting.kind != &kind) {
        fault("%s with mask 0x%08x while other lanes of its warp are in %s with mask 0x%08x", kind.name, mask, meeting.kind->name,
              meeting.mask);
    }
    meeting.values[lane] = value;
    meeting.sources[lane] = source;
    meeting.arrived |= 1u << lane;
    if (meeting.arrived != mask) {
        wait_for({kind.wait});
        return meeting.results[lane];
    }
    meeting.arrived = 0;
    uint64_t votes = 0;
    for (unsigned i = 0; i < kLanes; i++) {
        if ((mask >> i & 1) != 0 && meeting.values[i] != 0) votes |= uint64_t{1} << i;
    }
    const unsigned first = thread.number - lane;
    for (unsigned i = 0; i < kLanes; i++) {
        if ((mask >> i & 1) == 0) continue;
        const int from = meeting.sources[i];
        if (from < 0) {
            meeting.results[i] = votes;
        } else if ((mask >> from & 1) == 0) {
            fault("%s takes lane %u's value from lane %d, which is not in mask 0x%08x", kind.name, i, from, mask);
        } else {
            meeting.results[i] = meeting.values[from];
        }
        if (i != lane) wake(first + i);
    }
    return meeting.results[lane];
}

}  // namespace

void sync_warp(unsigned mask) {
    LEASH_EMULATOR_CALLED();
    const Thread* const thread = execution.current;
    Warp& warp = *thread->warp;
    const uint32_t before = warp.epoch;
    meet(kSyncwarp, mask, 0, -1);
    // The last to arrive continues first.
    if (mask == 0xffffffffu && warp.epoch == before) {
        warp.epoch++;
        warp.barrier = execution.current->site;
    }
}

uint64_t shuffle(unsigned mask, uint64_t value, int source) {
    LEASH_EMULATOR_CALLED();
    return meet(kShuffle, mask, value, source);
}
unsigned ballot(unsigned mask, bool predicate) {
    LEASH_EMULATOR_CALLED();
    return static_cast<unsigned>(meet(kVote, mask, predicate ? 1 : 0, -1));
}

// ------------------------------------------------------------------------------------------ bulk copies and barriers --

namespace {

TransactionBarrier& barrier_at(void* address) {
    for (TransactionBarrier& barrier : execution.barriers) {
        if (barrier.address == address) return barrier;
    }
    fault("uses a barrier that was not initialised");
}

bool is_complete(const TransactionBarrier& barrier) {
    return barrier.pending_arrivals == 0 && barrier.expected_bytes == barrier.issued_bytes;
}

void complete_phase(TransactionBarrier& barrier) {
    const auto index = static_cast<unsigned>(&barrier - execution.barriers.data());
    for (const AsynchronousWrite& write : barrier.writes) land(write, index, barrier.phase);
    barrier.stores.clear();
    for (const AsynchronousWrite& write : barrier.writes) {
        if (write.from == nullptr) barrier.stores.push_back(write);
    }
    barrier.writes.clear();
    barrier.phase++;
    barrier.pending_arrivals = barrier.expected_arrivals;
    barrier.expected_bytes = 0;
    barrier.issued_bytes = 0;
}

void wake_waiting(TransactionBarrier& barrier) {
    for (const unsigned thread : barrier.waiting) wake(thread);
    barrier.waiting.clear();
}

void add_write(TransactionBarrier& barrier, const AsynchronousWrite& write) {
    barrier.writes.push_back(write);
    barrier.issued_bytes += write.bytes;
    wake_waiting(barrier);
}

}  // namespace

void barrier_init(void* address, unsigned arrivals) {
    check_access(address, sizeof(uint64_t), true, __builtin_return_address(0));
    execution.barriers.push_back({address, arrivals, arrivals, 0, 0, 0, {}, {}, {}, execution.current->number, kNotFenced});
}

void fence_barrier_init() {
    for (TransactionBarrier& barrier : execution.barriers) {
        if (barrier.initialised_by == execution.current->number && barrier.fenced_at == kNotFenced) {
            barrier.fenced_at = execution.current->arrivals;
        }
    }
}

void barrier_expect(void* address, unsigned bytes) {
    LEASH_EMULATOR_CALLED();
    TransactionBarrier& barrier = barrier_at(address);
    if (is_complete(barrier)) complete_phase(barrier);
    if (barrier.pending_arrivals == 0) fault("arrives at a barrier whose phase has all its arrivals");
    barrier.pending_arrivals--;
    barrier.expected_bytes += bytes;
    wake_waiting(barrier);
}

void barrier_wait(void* address, unsigned parity) {
    LEASH_EMULATOR_CALLED();
    Thread& thread = *execution.current;
    while (true) {
        TransactionBarrier& barrier = barrier_at(address);
        if ((barrier.phase & 1) == parity && is_complete(barrier)) complete_phase(barrier);
        if ((barrier.phase & 1) != parity) {
            for (const AsynchronousWrite& store : barrier.stores) {
                thread.acquired[store.block] = std::max(thread.acquired[store.block], store.block_epoch);
            }
            const auto index = static_cast<unsigned>(&barrier - execution.barriers.data());
            for (auto& known : thread.waited) {
                if (known.first == index) {
                    known.second = barrier.phase;
                    return;
                }
            }
            thread.waited.emplace_back(index, barrier.phase);
            return;
        }
        barrier.waiting.push_back(thread.number);
        wait_for({"a barrier with %" PRIu64 " arrivals and %" PRIu64 " bytes to come",
                  {barrier.pending_arrivals, barrier.expected_bytes - barrier.issued_bytes}});
    }
}

void bulk_load(void* shared, const void* global, unsigned bytes, void* address) {
    LEASH_EMULATOR_CALLED();
    const AsynchronousWrite load = {static_cast<unsigned char*>(shared), static_cast<const unsigned char*>(global), bytes,
                                    execution.current->site, {}, 0, 0};
    begin_load(load);
    add_write(barrier_at(address), load);
}

void store_async(void* shared, const void* sixteen_bytes, void* address, unsigned rank) {
    LEASH_EMULATOR_CALLED();
    const Thread& thread = *execution.current;
    AsynchronousWrite store = {static_cast<unsigned char*>(address_in(shared, rank)), nullptr, 16, thread.site, {}, thread.block,
                               execution.blocks[thread.block].epoch};
    std::memcpy(store.value, sixteen_bytes, sizeof store.value);
    TransactionBarrier& barrier = barrier_at(address_in(address, rank));
    if (rank != thread.block && (barrier.fenced_at == kNotFenced || thread.waits <= barrier.fenced_at)) {
        fault("an asynchronous store to block %u, whose barrier may not be initialised: %s",
              execution.cluster_index * execution.cluster + rank,
              barrier.fenced_at == kNotFenced ? "its initialisation is not fenced" : "no barrier of the cluster is in between");
    }
    begin_asynchronous_store(store);
    add_write(barrier, store);
}

void fence_async() { execution.current->fences++; }

void bulk_store(void* global, const void* shared, unsigned bytes) {
    LEASH_EMULATOR_CALLED();
    const BulkStore store = {static_cast<unsigned char*>(global), static_cast<const unsigned char*>(shared), bytes};
    begin_store(store);
    execution.current->open_group.push_back(store);
}

void bulk_commit() {
    Thread& thread = *execution.current;
    thread.groups.push_back(std::move(thread.open_group));
    thread.open_group.clear();
}

void bulk_wait(int pending) {
    LEASH_EMULATOR_CALLED();
    auto& groups = execution.current->groups;
    while (groups.size() > static_cast<size_t>(pending)) {
        for (const BulkStore& store : groups.front()) finish_store(store);
        groups.erase(groups.begin());
    }
}

// -------------------------------------------------------------------------------------------------------- for tests --

void set_seed(uint64_t value) { seed = value; }
const std::string& last_fault() { return fault_message; }
void reset() { fault_message.clear(); }

}  // namespace leash::emulator
