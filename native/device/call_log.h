// The calls of a device since its last synchronization, for the message after a failure of the GPU, and the slots in which kernels
// report targets out of range.
//
// Adding a call neither allocates nor waits for the GPU. The first calls since a synchronization have slots of their own. A later
// call, and a call whose kernels run whenever the program launches a plan or replays a graph, shares a slot with all calls of its
// kind, variant and vocab; the slot serves nothing else while the log exists.
#ifndef LEASH_DEVICE_CALL_LOG_H
#define LEASH_DEVICE_CALL_LOG_H

#include <cuda_runtime.h>

#include <optional>
#include <string>
#include <vector>

#include "cuda/host/plan.h"
#include "device/cuda_resources.h"

namespace leash::cuda {

// Who launches the kernels of a call: this library, the program by a plan, or a graph.
enum class Launcher { kDevice, kProgram, kGraph };

class CallLog {
  public:
    // In the context.
    CallLog(const CudaContext& context, cudaStream_t stream);
    CallLog(const CallLog&) = delete;
    CallLog& operator=(const CallLog&) = delete;

    // Records a call and returns the address for its kernels' report.
    Fault* add(Launcher launcher, int32_t index, const leash_rows& rows);

    // Enqueues a copy of the reports to the host. Call read() after it has completed.
    cudaError_t collect();
    // Keeps the first report for throw_fault(), empties the slots with reports, and removes the calls.
    cudaError_t read();

    // Throws the report kept by read(), if any, and removes it.
    void throw_fault();

    // "one of the 3 calls since the last synchronize: ...".
    std::string describe() const;

  private:
    static constexpr size_t kOwn = 1024;     // slots; the shared ones follow
    static constexpr size_t kShared = 1024;

    struct Call {
        int32_t index;
        int32_t dtype;
        int64_t rows;
        int64_t vocab;
    };
    // The calls that share a slot.
    struct Shape {
        Launcher launcher;
        int32_t index;
        int64_t vocab;
    };
    struct Found {
        Fault fault;
        int64_t vocab;  // 0: not known
        std::string where;
    };

    Fault* shared_slot(const Shape& shape);
    Found found_in_call(const Fault& fault, size_t i) const;
    Found found_in_shape(const Fault& fault, size_t i) const;

    const cudaStream_t stream_;
    const DeviceMemory device_;
    const PageLockedMemory host_;
    Fault* const device_faults_;
    Fault* const host_faults_;

    size_t count_ = 0;         // of calls since the last synchronization
    std::vector<Call> calls_;  // the first of them
    std::vector<Shape> shapes_;
    std::optional<Found> found_;
};

}  // namespace leash::cuda

#endif
