// A CPU as a device: every call completes before it returns.
//
// With n instruction sets, variant v is operation v / n with instruction set v % n.
#ifndef LEASH_DEVICE_CPU_DEVICE_H
#define LEASH_DEVICE_CPU_DEVICE_H

#include "cpu/device.h"
#include "device/device.h"
#include "device/forks.h"

namespace leash::cpu {

class CpuHandle final : public leash_device, private leash::Forkable {
  public:
    // threads = 0: one per available processor.
    explicit CpuHandle(int threads) : cpu(threads) {}

    int32_t kind() const override { return LEASH_DEVICE_CPU; }
    void get_properties(leash_device_properties* properties) override;
    void close() override {}
    void synchronize() override {}
    void* stream() override { return nullptr; }
    void* allocate(int64_t bytes) override;
    void free(void* memory) override;
    void* allocate_host(int64_t bytes) override { return allocate(bytes); }
    void free_host(void* memory) override { free(memory); }
    void copy(void* to, const void* from, int64_t bytes, int32_t direction, bool wait) override;
    void fill(void* memory, int32_t byte_value, int64_t bytes) override;
    std::unique_ptr<leash_event> create_event() override;
    void record(leash_event& event) override;
    void wait(leash_event& event) override;
    double elapsed_ns(leash_event& begin, leash_event& end) override;
    void run(int32_t operation, int32_t variant, const void* args, const leash_rows& rows) override;
    void plan(int32_t operation, int32_t variant, const void* args, const leash_rows& rows, leash_plan* plan) override;
    void measure_ceiling(int32_t variant, leash_ceiling_args* args) override;
    void hold(int64_t) override {}
    void read_sensors(leash_block* block) override;

    CpuDevice cpu;

  private:
    void before_fork() noexcept override { cpu.before_fork(); }
    void after_fork_in_parent() noexcept override { cpu.after_fork_in_parent(); }
    void after_fork_in_child() noexcept override { cpu.after_fork_in_child(); }

    const ForkRegistration registration_{this};
};

}  // namespace leash::cpu

#endif
