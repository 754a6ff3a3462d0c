// Clocks, temperature, power and throttling of a GPU, from NVML if available.
#ifndef LEASH_MEASURE_SENSORS_H
#define LEASH_MEASURE_SENSORS_H

#include "leash.h"

namespace leash::cuda {

class Sensors {
  public:
    // Opens libnvidia-ml.so.1 for the GPU with this PCI bus id, such as "0000:1b:00.0"; if that fails, all readings are unknown.
    explicit Sensors(const char* pci_bus_id);

    // Unknown readings become NaN, and -1 for throttling.
    void read(leash_block* block) const;

  private:
    using Number = int (*)(void*, unsigned*);
    using NumberOf = int (*)(void*, int, unsigned*);
    using Bits = int (*)(void*, unsigned long long*);

    void* gpu_ = nullptr;
    NumberOf clock_ = nullptr;
    NumberOf temperature_ = nullptr;
    Number power_ = nullptr;
    Bits throttle_ = nullptr;
};

}  // namespace leash::cuda

#endif
