// The attainable rates of this machine, to which kernels are compared.
#ifndef LEASH_MEASURE_CPU_CEILINGS_H
#define LEASH_MEASURE_CPU_CEILINGS_H

#include <cstdint>

#include "cpu/device.h"
#include "cpu/isa/loops.h"

namespace leash::cpu {

struct CeilingTimes {
    double best_ns;
    double median_ns;
};

// kind: LEASH_CEILING_*; memory: aligned to 64 bytes, not used by LEASH_CEILING_EXP; bytes: a positive multiple of 4096;
// repetitions >= 1. The caller must hold the device's lock.
CeilingTimes measure_ceiling(CpuDevice& device, const Kernels& kernels, int32_t kind, void* memory, int64_t bytes,
                             int32_t repetitions);

}  // namespace leash::cpu

#endif
