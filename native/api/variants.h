// The table of variants: every operation by every instruction set, in that order, then those for CUDA, then "auto" for CUDA,
// one for each operation. A place in it is an id.
#ifndef LEASH_API_VARIANTS_H
#define LEASH_API_VARIANTS_H

#include "kernels.h"
#include "leash.h"

namespace leash::api {

// The loops for a CPU variant of this operation, LEASH_VARIANT_AUTO included. Throws Failure when the id does not exist,
// belongs to another operation or device, or cannot run here. All of them take every dtype and every legal vocab.
const cpu::Kernels& kernels_for(int32_t operation, int32_t variant);

// The index in cuda/plan.h of a CUDA variant of this operation; -1: whatever the table of choices names. Throws as above.
int32_t cuda_index_for(int32_t operation, int32_t variant);
int32_t id_of_cuda_index(int32_t index);

const char* operation_name(int32_t operation);

}  // namespace leash::api

#endif
