// In the place of device.cpp and the kernels, in a library that was built without nvcc.
#include "cuda_devices.h"

namespace leash::cuda {

namespace {

constexpr const char* kMissing = "this library was built without CUDA; build it where nvcc is on the PATH";

}  // namespace

int device_count() { api::fail(LEASH_ERROR_UNAVAILABLE, "CUDA is not available: %s", kMissing); }

std::unique_ptr<leash_device> open(int) { api::fail(LEASH_ERROR_UNAVAILABLE, "CUDA is not available: %s", kMissing); }

const char* missing_for(int) { return kMissing; }

}  // namespace leash::cuda
