// The list of variants: for the CPU (device/cpu_device.h), then for CUDA (cuda/host/catalogue.h), then "auto" for CUDA, one per
// operation. An index is an id.
#ifndef LEASH_API_VARIANTS_H
#define LEASH_API_VARIANTS_H

#include <cstdint>

namespace leash::api {

// The index of a variant among those of its kind of device, or kAnyVariant. Throws Failure if the id does not exist, belongs to
// another operation or kind of device, or is unavailable.
int32_t variant_of(int32_t operation, int32_t device_kind, int32_t id);

// The id of a variant, from its index among those of CUDA devices.
int32_t id_of_cuda_variant(int32_t variant);

}  // namespace leash::api

#endif
