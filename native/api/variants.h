// The list of variants: those of the CPU (device/cpu_device.h), then those for CUDA (cuda/host/catalogue.h), then "auto" for
// CUDA, one for each operation. A place in it is an id.
#ifndef LEASH_API_VARIANTS_H
#define LEASH_API_VARIANTS_H

#include <cstdint>

namespace leash::api {

// The variant that a call on a device of this kind asks for, as its device counts them, or kAnyVariant. Throws Failure when the
// id does not exist, belongs to another operation or kind of device, or cannot run here.
int32_t variant_of(int32_t operation, int32_t device_kind, int32_t id);

// The id of a CUDA device's variant.
int32_t id_of_cuda_variant(int32_t variant);

}  // namespace leash::api

#endif
