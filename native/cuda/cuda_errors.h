// Errors of the runtime API as failures.
#ifndef LEASH_CUDA_ERRORS_H
#define LEASH_CUDA_ERRORS_H

#include <cuda_runtime.h>

#include "status.h"

namespace leash::cuda {

// For what no call can have broken.
inline void check(cudaError_t error, const char* what) {
    if (error == cudaSuccess) return;
    (void)cudaGetLastError();
    api::fail(error == cudaErrorMemoryAllocation ? LEASH_ERROR_OUT_OF_MEMORY : LEASH_ERROR_UNAVAILABLE, "%s: CUDA error %d (%s)",
              what, static_cast<int>(error), cudaGetErrorString(error));
}

}  // namespace leash::cuda

#endif
