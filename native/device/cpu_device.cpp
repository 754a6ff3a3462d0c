#include "device/cpu_device.h"

#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "measure/cpu_ceilings.h"
#include "cpu/ops/operations.h"
#include "cpu/isa/instruction_sets.h"

namespace leash::cpu {

namespace {

struct CpuEvent final : leash_event {
    using leash_event::leash_event;
    std::chrono::steady_clock::time_point time;
};

void report(const TargetFault& fault, int64_t vocab) {
    if (fault.rows > 0) fail_for_targets(fault.first_row, fault.target, fault.rows, vocab, "");
}

// The operations, by id.
using Compute = TargetFault (*)(CpuDevice&, const Kernels&, const void*);
#define LEASH_ERASE(id, NAME, name, ...)                                                     \
    [](CpuDevice& cpu, const Kernels& kernels, const void* args) {                           \
        return cpu::name(cpu, kernels, *static_cast<const leash_##name##_args*>(args));      \
    },
constexpr Compute kOperations[] = {LEASH_OPERATIONS(LEASH_ERASE)};
#undef LEASH_ERASE

const Kernels& kernels_of(int32_t variant) {
    const std::vector<InstructionSet>& sets = instruction_sets();
    if (variant == kAnyVariant) return *best_instruction_set().kernels;
    return *sets[static_cast<size_t>(variant) % sets.size()].kernels;
}

}  // namespace

void CpuHandle::get_properties(leash_device_properties* properties) {
    properties->kind = LEASH_DEVICE_CPU;
    properties->ordinal = 0;
    properties->threads = cpu.pool.threads();
    properties->compute_capability = 0;
    properties->memory_bytes = cpu.memory_bytes;
    properties->last_level_cache_bytes = cpu.last_level_cache_bytes;
    properties->shared_bytes_per_block = 0;
    properties->max_cluster = 0;
    properties->multiprocessors = 0;
    properties->driver_version = 0;
    std::snprintf(properties->name, sizeof properties->name, "%s", cpu.name.c_str());
    std::snprintf(properties->instruction_sets, sizeof properties->instruction_sets, "%s", cpu.instruction_sets.c_str());
}

// calloc leaves large memory to the kernel, which clears a page when it is first used. The address to free precedes the memory.
void* CpuHandle::allocate(int64_t bytes) {
    constexpr size_t kAlignment = 64;
    constexpr size_t kHugePage = size_t{2} << 20;
    // Logits are read sequentially at memory speed, which address translation would limit with small pages.
    const bool huge = bytes >= static_cast<int64_t>(2 * kHugePage);
    const size_t alignment = huge ? kHugePage : kAlignment;
    const auto refuse = [bytes] { fail(LEASH_ERROR_OUT_OF_MEMORY, "cannot allocate %lld bytes", static_cast<long long>(bytes)); };
    if (bytes > INT64_MAX - static_cast<int64_t>(2 * alignment)) refuse();
    // At least one byte, for an address of its own.
    const size_t rounded = (std::max<size_t>(static_cast<size_t>(bytes), 1) + alignment - 1) / alignment * alignment;
    void* const base = std::calloc(rounded + alignment, 1);
    if (base == nullptr) refuse();
    // A base is aligned to two pointers at least, so that there is room for one below the next multiple.
    char* const memory = static_cast<char*>(base) + (alignment - reinterpret_cast<uintptr_t>(base) % alignment);
    std::memcpy(memory - sizeof base, &base, sizeof base);
    // Failure only makes the memory slower.
    if (huge) (void)madvise(memory, rounded, MADV_HUGEPAGE);
    return memory;
}

void CpuHandle::free(void* memory) {
    void* base = nullptr;
    std::memcpy(&base, static_cast<char*>(memory) - sizeof base, sizeof base);
    std::free(base);
}

void CpuHandle::copy(void* to, const void* from, int64_t bytes, int32_t, bool) {
    std::memmove(to, from, static_cast<size_t>(bytes));
}

void CpuHandle::fill(void* memory, int32_t byte_value, int64_t bytes) {
    std::memset(memory, byte_value, static_cast<size_t>(bytes));
}

std::unique_ptr<leash_event> CpuHandle::create_event() { return std::make_unique<CpuEvent>(this); }

void CpuHandle::record(leash_event& event) { static_cast<CpuEvent&>(event).time = std::chrono::steady_clock::now(); }

void CpuHandle::wait(leash_event& event) {
    if (dynamic_cast<CpuEvent*>(&event) == nullptr) {
        fail(LEASH_ERROR_UNSUPPORTED, "a CPU device cannot wait for a CUDA event; call leash_synchronize on the CUDA device instead");
    }
}

double CpuHandle::elapsed_ns(leash_event& begin, leash_event& end) {
    const auto elapsed = static_cast<CpuEvent&>(end).time - static_cast<CpuEvent&>(begin).time;
    return std::chrono::duration<double, std::nano>(elapsed).count();
}

void CpuHandle::run(int32_t operation, int32_t variant, const void* args, const leash_rows& rows) {
    const std::lock_guard<std::mutex> lock(cpu.one_call_at_a_time);
    report(kOperations[operation](cpu, kernels_of(variant), args), rows.logits.vocab);
}

void CpuHandle::plan(int32_t, int32_t, const void*, const leash_rows&, leash_plan*) {
    fail(LEASH_ERROR_UNSUPPORTED, "a CPU device launches no kernels; leash_plan_call needs a CUDA device");
}

void CpuHandle::measure_ceiling(int32_t variant, leash_ceiling_args* args) {
    if (args->kind == LEASH_CEILING_LAUNCH) {
        fail(LEASH_ERROR_UNSUPPORTED, "LEASH_CEILING_LAUNCH needs a CUDA device: a CPU device launches no kernels");
    }
    const std::lock_guard<std::mutex> lock(cpu.one_call_at_a_time);
    const CeilingTimes times =
        cpu::measure_ceiling(cpu, kernels_of(variant), args->kind, args->memory, args->bytes, args->repetitions);
    args->best_ns = times.best_ns;
    args->median_ns = times.median_ns;
}

void CpuHandle::read_sensors(leash_block* block) {
    block->sm_clock_mhz = block->memory_clock_mhz = block->temperature_c = block->power_w = NAN;
    block->throttle_reasons = -1;
}

}  // namespace leash::cpu
