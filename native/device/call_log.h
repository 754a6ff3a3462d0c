// The calls enqueued on a stream since its last synchronization, for the message after a failure of the GPU, and for the targets
// out of range reported by kernels.
#ifndef LEASH_DEVICE_CALL_LOG_H
#define LEASH_DEVICE_CALL_LOG_H

#include <cuda_runtime.h>

#include <string>
#include <vector>

#include "cuda/host/plan.h"
#include "device/cuda_context.h"

namespace leash::cuda {

class CallLog {
  public:
    // In the context.
    CallLog(const CudaContext& context, cudaStream_t stream);
    ~CallLog();
    CallLog(const CallLog&) = delete;
    CallLog& operator=(const CallLog&) = delete;

    // Whether collect() must be called before the next add().
    bool is_full() const { return calls_.size() == kCalls; }

    // Records a call and returns the address for its kernels' report.
    Fault* add(int32_t index, const leash_rows& rows);

    // Enqueues a copy of the reports to the host. Call read() after it has completed.
    cudaError_t collect();
    // Keeps the first report for throw_fault() and removes the calls.
    void read();

    // Throws the report kept by read(), if any, and removes it.
    void throw_fault();

    // "one of the 3 calls since the last synchronize: ...".
    std::string describe() const;

  private:
    static constexpr size_t kCalls = 1024;

    struct Call {
        int32_t index;
        int32_t dtype;
        int64_t rows;
        int64_t vocab;
    };

    const CudaContext& context_;
    const cudaStream_t stream_;
    std::vector<Call> calls_;
    Fault* device_faults_ = nullptr;
    Fault* host_faults_ = nullptr;  // page-locked

    struct Found {
        Fault fault;
        Call call;
        size_t number;  // among the calls since the last synchronization
        size_t of;
    };
    std::vector<Found> found_;  // at most one
};

}  // namespace leash::cuda

#endif
