// The features of this processor supported by its operating system. Probed once; independent of environment variables.
#ifndef LEASH_CPU_PROCESSOR_H
#define LEASH_CPU_PROCESSOR_H

#include <cstdint>
#include <string>

namespace leash::cpu {

// Features separated by spaces, named as in leash_device_properties.instruction_sets: "avx2 fma f16c" or "neon".
std::string available_features();

// The features in `required` (in the same form) that are unavailable or unknown; "" if all are available.
std::string missing_features(const std::string& required);

// "AMD EPYC 9654 96-Core Processor", "Arm Neoverse V2" or, of an AArch64 processor that is not in the table, "AArch64 processor,
// implementer 0x61, part 0x022"; else "unknown processor". `cpuinfo` has the format of Linux's file.
std::string processor_name(const std::string& cpuinfo = "/proc/cpuinfo");

// Number of processors that the calling thread may run on, at least 1.
int available_processors();

// Bytes of the largest cache that this processor can reach; 0 if unknown.
int64_t last_level_cache_bytes();

// Bytes of physical memory; 0 if unknown.
int64_t memory_bytes();

}  // namespace leash::cpu

#endif
