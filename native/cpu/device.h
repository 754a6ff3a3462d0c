// A CPU device: the threads, workspace and machine properties shared by its operations.
#ifndef LEASH_CPU_DEVICE_H
#define LEASH_CPU_DEVICE_H

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>

#include "cpu/thread_pool.h"

namespace leash::cpu {

// 64-byte aligned memory that only grows, so that calls of a size seen before allocate nothing.
class Workspace {
  public:
    // At least `bytes` bytes, valid until the next call; contents are unspecified. Throws std::bad_alloc.
    void* at_least(size_t bytes);

    // Leaves the memory to nobody, for a state that may be half-changed.
    void abandon() noexcept;

  private:
    struct Free {
        void operator()(void* memory) const { std::free(memory); }
    };
    std::unique_ptr<void, Free> memory_;
    size_t bytes_ = 0;
};

class CpuDevice {
  public:
    // threads = 0: one per available processor.
    explicit CpuDevice(int threads);

    // Used only under one_call_at_a_time, like everything that runs on the pool.
    void* scratch(size_t bytes) { return workspace_.at_least(bytes); }

    // As in device/forks.h. In the child the device has the calling thread alone.
    void before_fork() noexcept;
    void after_fork_in_parent() noexcept;
    void after_fork_in_child() noexcept;

    ThreadPool pool;
    std::mutex one_call_at_a_time;
    const std::string name;
    const std::string instruction_sets;
    const int64_t memory_bytes;
    const int64_t last_level_cache_bytes;

  private:
    Workspace workspace_;
    bool is_idle_at_fork_ = false;
};

}  // namespace leash::cpu

#endif
