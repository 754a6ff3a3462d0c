// The GPUs of this machine. Implemented by cuda_device.cpp, compiled with CUDA for the shipped library and with the emulator's
// header for the library of the tests, and by no_cuda.cpp where there is no nvcc.
//
// Their variants are counted as in cuda/host/catalogue.h.
#ifndef LEASH_DEVICE_CUDA_DEVICE_H
#define LEASH_DEVICE_CUDA_DEVICE_H

#include <memory>

#include "device/device.h"

namespace leash::cuda {

// At least 1. Throws Failure, with the reason, where there is none.
int device_count();

// Throws Failure where there is no such device, or none that this library has code for.
std::unique_ptr<leash_device> open(int ordinal);

// The reason why no GPU of this machine runs code that needs this compute capability; "" where one does. Never freed.
const char* missing_for(int compute_capability);

}  // namespace leash::cuda

#endif
