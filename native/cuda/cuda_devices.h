// The GPUs of this machine. Compiled in three ways: cuda/device.cpp for the shipped library and, against the emulator's
// header, for the library of the tests; cuda/absent.cpp where there is no nvcc.
#ifndef LEASH_CUDA_DEVICES_H
#define LEASH_CUDA_DEVICES_H

#include <memory>

#include "handles.h"

namespace leash::cuda {

// At least 1; throws Failure, with what is missing, where there is none.
int device_count();

// Throws Failure where there is no such device, or none that this library has code for.
std::unique_ptr<leash_device> open(int ordinal);

// Why nothing that needs this compute capability can run on any GPU of this machine; "" where it can. Valid for good.
const char* missing_for(int compute_capability);

}  // namespace leash::cuda

#endif
