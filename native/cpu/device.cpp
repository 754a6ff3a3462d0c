#include "cpu/device.h"

#include <new>

#include "cpu/processor.h"

namespace leash::cpu {

void* Workspace::at_least(size_t bytes) {
    if (bytes > bytes_) {
        constexpr size_t kAlignment = 64;
        const size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
        memory_.reset();
        bytes_ = 0;
        memory_.reset(std::aligned_alloc(kAlignment, rounded));
        if (memory_ == nullptr) throw std::bad_alloc();
        bytes_ = rounded;
    }
    return memory_.get();
}

void Workspace::abandon() noexcept {
    (void)memory_.release();
    bytes_ = 0;
}

CpuDevice::CpuDevice(int threads)
    : pool(threads == 0 ? available_processors() : threads),
      name(processor_name()),
      instruction_sets(available_features()),
      memory_bytes(cpu::memory_bytes()),
      last_level_cache_bytes(cpu::last_level_cache_bytes()) {}

// Does not wait for a call in progress, which may take long.
void CpuDevice::before_fork() noexcept { is_idle_at_fork_ = one_call_at_a_time.try_lock(); }

void CpuDevice::after_fork_in_parent() noexcept {
    if (is_idle_at_fork_) one_call_at_a_time.unlock();
}

void CpuDevice::after_fork_in_child() noexcept {
    pool.forget_threads();
    if (is_idle_at_fork_) {
        one_call_at_a_time.unlock();
    } else {
        new (&one_call_at_a_time) std::mutex;
        workspace_.abandon();
    }
}

}  // namespace leash::cpu
