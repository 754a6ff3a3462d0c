// Launches of the kernels for measurements: the ceilings of a GPU, and a hold.
#ifndef LEASH_MEASURE_GPU_KERNELS_H
#define LEASH_MEASURE_GPU_KERNELS_H

#include <cstdint>

#include "cuda/host/plan.h"

namespace leash::cuda {

// One pass over memory (aligned to 16 bytes, bytes a multiple of 32), or an empty kernel. kind: LEASH_CEILING_READ, COPY,
// UPDATE or LAUNCH. The best grid differs between GPUs, so successive attempts use different numbers of blocks.
Launch ceiling_launch(int32_t kind, void* memory, int64_t bytes, int multiprocessors, int32_t attempt);

// One thread that waits for this long by the GPU's clock, so that work enqueued meanwhile runs without gaps.
Launch hold_launch(int64_t nanoseconds);

}  // namespace leash::cuda

#endif
