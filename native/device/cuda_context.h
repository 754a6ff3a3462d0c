// The primary context of a GPU, which the runtime API works in and all devices of the GPU share, and how a call enters and leaves it.
//
// Through the driver API: cudaSetDevice would replace a context of the program's own, which only the driver API can restore, and
// restoring the device of a thread without a context would create one.
#ifndef LEASH_DEVICE_CUDA_CONTEXT_H
#define LEASH_DEVICE_CUDA_CONTEXT_H

#include <cuda.h>
#include <cuda_runtime.h>

#include <mutex>
#include <unordered_map>

#include "cuda/host/plan.h"

namespace leash::cuda {

class CudaContext {
  public:
    // Of a GPU that exists. Kept until the process ends, as memory outlives devices.
    static CudaContext& of(int ordinal);

    explicit CudaContext(int ordinal);
    CudaContext(const CudaContext&) = delete;
    CudaContext& operator=(const CudaContext&) = delete;

    // While it is entered: whether a stream belongs to it.
    bool owns(cudaStream_t stream) const;

    // While it is entered: lets a kernel have what a launch needs beyond the usual. The limits of a kernel hold for all devices of
    // the GPU, so they only rise.
    cudaError_t allow(const Launch& launch);

  private:
    friend class Entered;

    struct Allowed {
        uint32_t shared_bytes;
        uint32_t cluster;
    };

    CUcontext handle_ = nullptr;
    std::mutex mutex_;
    std::unordered_map<const void*, Allowed> kernels_;
};

// Makes a context the thread's current one; the end of the scope restores the one before, or that there was none. Meanwhile the
// thread may allocate although other threads capture streams: what it does is no part of their graphs.
class Entered {
  public:
    explicit Entered(const CudaContext& context);
    ~Entered();
    Entered(const Entered&) = delete;
    Entered& operator=(const Entered&) = delete;

    // For all but destructors: throws Failure if the context could not be entered, as at the end of the process.
    void check() const;

  private:
    const CUresult result_;
    cudaStreamCaptureMode mode_ = cudaStreamCaptureModeRelaxed;
};

}  // namespace leash::cuda

#endif
