// The table of variants: every operation by every instruction set, in that order; a place in it is an id.
#ifndef LEASH_API_VARIANTS_H
#define LEASH_API_VARIANTS_H

#include "kernels.h"
#include "leash.h"

namespace leash::api {

// The loops for a variant of this operation, LEASH_VARIANT_AUTO included. Throws Failure when the id does not exist,
// belongs to another operation or cannot run here. All of them take every dtype and every legal vocab.
const cpu::Kernels& kernels_for(int32_t operation, int32_t variant);

}  // namespace leash::api

#endif
