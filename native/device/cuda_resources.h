// Owners of a stream and of memory in a context, which they enter to let go.
#ifndef LEASH_DEVICE_CUDA_RESOURCES_H
#define LEASH_DEVICE_CUDA_RESOURCES_H

#include <cuda_runtime.h>

#include "device/cuda_context.h"
#include "device/cuda_errors.h"

namespace leash::cuda {

// A stream of its own, or one of the program's, which stays as it is.
class Stream {
  public:
    // In the context. given NULL: its own, which does not wait for the legacy default stream.
    explicit Stream(const CudaContext& context, cudaStream_t given = nullptr)
        : context_(context), is_own_(given == nullptr), stream_(given) {
        if (is_own_) check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
    }
    ~Stream() {
        if (!is_own_) return;
        const Entered entered(context_);
        (void)succeeded(cudaStreamDestroy(stream_));
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    cudaStream_t get() const { return stream_; }

  private:
    const CudaContext& context_;
    const bool is_own_;
    cudaStream_t stream_;
};

template <cudaError_t (*kFree)(void*)>
class Memory {
  public:
    Memory(const CudaContext& context, void* memory) : context_(context), memory_(memory) {}
    ~Memory() {
        const Entered entered(context_);
        (void)succeeded(kFree(memory_));
    }
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

    void* get() const { return memory_; }

  private:
    const CudaContext& context_;
    void* const memory_;
};
using DeviceMemory = Memory<cudaFree>;          // of cudaMalloc
using PageLockedMemory = Memory<cudaFreeHost>;  // of cudaMallocHost

}  // namespace leash::cuda

#endif
