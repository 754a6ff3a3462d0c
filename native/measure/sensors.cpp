// NVML through its C interface, opened at run time: a machine without it lacks only these readings. The library stays open, as
// others in the process may use it.
#include "measure/sensors.h"

#include <dlfcn.h>

#include <cmath>

namespace leash::cuda {

namespace {

// From nvml.h.
constexpr int kSuccess = 0;
constexpr int kClockSm = 1;
constexpr int kClockMemory = 2;
constexpr int kTemperatureGpu = 0;

template <class Function>
bool find(void* library, const char* name, Function* function) {
    *function = reinterpret_cast<Function>(dlsym(library, name));
    return *function != nullptr;
}

}  // namespace

Sensors::Sensors(const char* pci_bus_id) {
    void* const library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return;
    int (*init)() = nullptr;
    int (*by_bus_id)(const char*, void**) = nullptr;
    if (!find(library, "nvmlInit_v2", &init) || init() != kSuccess) return;
    if (!find(library, "nvmlDeviceGetHandleByPciBusId_v2", &by_bus_id)) return;
    find(library, "nvmlDeviceGetClockInfo", &clock_);
    find(library, "nvmlDeviceGetTemperature", &temperature_);
    find(library, "nvmlDeviceGetPowerUsage", &power_);
    // Older and newer name of the function.
    if (!find(library, "nvmlDeviceGetCurrentClocksEventReasons", &throttle_)) {
        find(library, "nvmlDeviceGetCurrentClocksThrottleReasons", &throttle_);
    }
    if (by_bus_id(pci_bus_id, &gpu_) != kSuccess) gpu_ = nullptr;
}

void Sensors::read(leash_block* block) const {
    unsigned value = 0;
    unsigned long long bits = 0;
    const bool known = gpu_ != nullptr;
    block->sm_clock_mhz = known && clock_ && clock_(gpu_, kClockSm, &value) == kSuccess ? value : NAN;
    block->memory_clock_mhz = known && clock_ && clock_(gpu_, kClockMemory, &value) == kSuccess ? value : NAN;
    block->temperature_c =
        known && temperature_ && temperature_(gpu_, kTemperatureGpu, &value) == kSuccess ? value : NAN;
    block->power_w = known && power_ && power_(gpu_, &value) == kSuccess ? value / 1000.0 : NAN;
    block->throttle_reasons = known && throttle_ && throttle_(gpu_, &bits) == kSuccess ? static_cast<int64_t>(bits) : -1;
}

}  // namespace leash::cuda
