// The GPUs of this machine. Implemented by cuda_device.cpp, compiled with CUDA for the release library and with the emulator's
// header for tests, and by no_cuda.cpp without nvcc.
//
// Variants are indices of cuda/host/catalogue.h.
#ifndef LEASH_DEVICE_CUDA_DEVICE_H
#define LEASH_DEVICE_CUDA_DEVICE_H

#include <memory>

#include "device/device.h"

namespace leash::cuda {

// The number of GPUs, at least 1. Throws Failure, with the reason, if there are none.
int device_count();

// stream: a cudaStream_t to work in, or NULL for one of the device's own. Throws Failure if there is no such device, the library has
// no code for it, or the stream is not of its primary context.
std::unique_ptr<leash_device> open(int ordinal, void* stream);

// The reason why no GPU of this machine supports this compute capability; "" if one does. Never freed.
const char* missing_for(int compute_capability);

}  // namespace leash::cuda

#endif
