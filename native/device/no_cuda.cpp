// Replaces cuda_device.cpp and the kernels in a library built without nvcc.
#include "device/cuda_device.h"

namespace leash::cuda {

namespace {

// No nvcc for x86-64 builds a library for AArch64.
#if defined(__aarch64__)
constexpr const char* kMissing = "this library was built without CUDA; build it on an AArch64 machine with nvcc on the PATH";
#else
constexpr const char* kMissing = "this library was built without CUDA; build it with nvcc on the PATH";
#endif

}  // namespace

int device_count() { fail(LEASH_ERROR_UNAVAILABLE, "CUDA is not available: %s", kMissing); }

std::unique_ptr<leash_device> open(int, void*) { fail(LEASH_ERROR_UNAVAILABLE, "CUDA is not available: %s", kMissing); }

const char* missing_for(int) { return kMissing; }

}  // namespace leash::cuda
