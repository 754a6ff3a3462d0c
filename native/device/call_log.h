// The calls enqueued on a stream since it was last synchronized: for the message when the GPU fails during one of them, and for the
// targets out of range that their kernels report.
#ifndef LEASH_DEVICE_CALL_LOG_H
#define LEASH_DEVICE_CALL_LOG_H

#include <cuda_runtime.h>

#include <string>
#include <vector>

#include "cuda/host/plan.h"

namespace leash::cuda {

class CallLog {
  public:
    // Allocates on the current device.
    explicit CallLog(cudaStream_t stream);
    ~CallLog();
    CallLog(const CallLog&) = delete;
    CallLog& operator=(const CallLog&) = delete;

    // How many calls fit before collect() has to be called.
    bool is_full() const { return calls_.size() == kCalls; }

    // Notes a call and returns where its kernels report.
    Fault* add(int32_t index, const leash_rows& rows);

    // Enqueues the copy that brings the reports back. Call read() once the stream has done it.
    cudaError_t collect();
    // Keeps the first report for throw_fault() and forgets the calls.
    void read();

    // Throws the first report found by read(), if there is one, and forgets it.
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

    const cudaStream_t stream_;
    std::vector<Call> calls_;
    Fault* device_faults_ = nullptr;
    Fault* host_faults_ = nullptr;  // page-locked

    struct Found {
        Fault fault;
        Call call;
        size_t number;  // among the calls of its time
        size_t of;
    };
    std::vector<Found> found_;  // at most one
};

}  // namespace leash::cuda

#endif
