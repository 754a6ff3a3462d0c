// The features of this processor that its operating system supports. Probed once; no environment variable changes them.
#ifndef LEASH_CPU_PROCESSOR_H
#define LEASH_CPU_PROCESSOR_H

#include <cstdint>
#include <string>

namespace leash::cpu {

// Features by the names of leash_device_properties.instruction_sets, separated by spaces: "avx2 fma f16c".
std::string available_features();

// Those of `required` (in the same form) that are not available, or are not known; "" when all are there.
std::string missing_features(const std::string& required);

// "AMD EPYC", or "unknown processor".
std::string processor_name();

// Processors that the calling thread may run on, at least 1.
int available_processors();

// The largest cache that this processor can reach; 0 when unknown.
int64_t last_level_cache_bytes();

// Physical memory; 0 when unknown.
int64_t memory_bytes();

}  // namespace leash::cpu

#endif
