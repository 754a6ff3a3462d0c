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

CpuDevice::CpuDevice(int threads)
    : pool(threads == 0 ? available_processors() : threads),
      name(processor_name()),
      instruction_sets(available_features()),
      memory_bytes(cpu::memory_bytes()),
      last_level_cache_bytes(cpu::last_level_cache_bytes()) {}

}  // namespace leash::cpu
