// Errors of the CUDA runtime API as failures, and as reasons for a missing GPU.
#ifndef LEASH_DEVICE_CUDA_ERRORS_H
#define LEASH_DEVICE_CUDA_ERRORS_H

#include <cuda_runtime.h>

#include <string>

#include "device/status.h"

namespace leash::cuda {

// Clears the thread's last error after a failure, and only then: otherwise it is the program's own.
inline bool succeeded(cudaError_t error) {
    if (error != cudaSuccess) (void)cudaGetLastError();
    return error == cudaSuccess;
}

// Only for errors that cannot stem from an earlier asynchronous call.
inline void check(cudaError_t error, const char* what) {
    if (succeeded(error)) return;
    fail(error == cudaErrorMemoryAllocation ? LEASH_ERROR_OUT_OF_MEMORY : LEASH_ERROR_UNAVAILABLE, "%s: CUDA error %d (%s)",
              what, static_cast<int>(error), cudaGetErrorString(error));
}

// "13.0" for 13000.
inline std::string version_text(int version) {
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

// The reason for this error, or for no devices, of cudaGetDeviceCount and, after a semicolon, the remedy. `driver` is the version
// from cudaDriverGetVersion, 0 without a driver.
inline std::string missing_device(cudaError_t error, int driver) {
    if (driver == 0) {
        return "NVIDIA's driver (libcuda.so.1) was not found; install it, or start the container with --gpus all";
    }
    switch (error) {
        case cudaSuccess:
        case cudaErrorNoDevice:
            return "NVIDIA's driver sees no GPU; see what nvidia-smi -L lists, and unset CUDA_VISIBLE_DEVICES";
        case cudaErrorInsufficientDriver:
            return "NVIDIA's driver is for CUDA " + version_text(driver) + ", too old for this library, which is built with CUDA " +
                   version_text(CUDART_VERSION) + "; update the driver";
        default:
            return "NVIDIA's driver fails with error " + std::to_string(error) + " (" + cudaGetErrorString(error) +
                   "); see whether nvidia-smi works";
    }
}

}  // namespace leash::cuda

#endif
