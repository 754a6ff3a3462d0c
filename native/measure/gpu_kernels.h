// What a GPU can do at most, and what keeps it waiting: launches of kernels that measure, in the form of a plan's.
#ifndef LEASH_MEASURE_GPU_KERNELS_H
#define LEASH_MEASURE_GPU_KERNELS_H

#include <cstdint>

#include "cuda/host/plan.h"

namespace leash::cuda {

// One pass over memory (aligned to 16 bytes, bytes a multiple of 32), or an empty kernel. kind: LEASH_CEILING_READ, COPY,
// UPDATE or LAUNCH. What grid is best differs from GPU to GPU: successive attempts take other numbers of blocks.
Launch ceiling_launch(int32_t kind, void* memory, int64_t bytes, int multiprocessors, int32_t attempt);

// One thread that waits so long by the GPU's own clock: what is enqueued meanwhile then runs without gaps.
Launch hold_launch(int64_t nanoseconds);

}  // namespace leash::cuda

#endif
