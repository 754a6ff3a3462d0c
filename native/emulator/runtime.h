// Internals of the emulated runtime API (runtime.cpp, contexts.cpp, graphs.cpp): contexts, streams, and what is being captured.
// All is guarded by `mutex`.
#ifndef LEASH_EMULATOR_RUNTIME_H
#define LEASH_EMULATOR_RUNTIME_H

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "cuda_runtime.h"

namespace leash::emulator {

using Step = std::function<cudaError_t()>;

// What a kernel may use beyond the usual; in CUDA, too, separately for each context.
struct Allowed {
    size_t shared_bytes = 0;
    bool any_cluster = false;
};

// A capture of a stream, and of the streams that have joined it by waiting for its events.
struct Capture {
    unsigned long long id;
    cudaStreamCaptureMode mode;
    std::thread::id thread;
    EmulatedStream* origin;
    bool is_valid = true;
    std::vector<Step> steps;  // in the order of the calls, one of those that the graph's dependencies allow
};

// A point in a stream, one for each recording of an event.
struct Moment {
    EmulatedStream* stream;
    bool reached;
    std::chrono::steady_clock::time_point time;
};

}  // namespace leash::emulator

struct EmulatedContext {
    explicit EmulatedContext(int of);

    const int device;
    bool is_used = false;
    std::unordered_map<const void*, leash::emulator::Allowed> kernels;
    std::unique_ptr<EmulatedStream> legacy_stream;
};

struct EmulatedStream {
    EmulatedContext* context;
    std::deque<leash::emulator::Step> work;
    std::shared_ptr<leash::emulator::Capture> capture;  // NULL: not being captured
    size_t joined_until = 0;  // of the capture's steps: those of this stream before it are before one of another stream
    size_t last_step = 0;     // likewise: the number of steps up to the last one of this stream
};

struct EmulatedEvent {
    std::shared_ptr<leash::emulator::Moment> last;      // NULL: not recorded outside of captures
    std::shared_ptr<leash::emulator::Capture> capture;  // of its last recording
    EmulatedStream* captured_stream = nullptr;
    size_t captured_steps = 0;
};

namespace leash::emulator {

// Hopper, and three GPUs with so little shared memory that rows of a few thousand elements need clusters.
constexpr int kDevices = 4;

extern std::recursive_mutex mutex;
using Lock = std::lock_guard<std::recursive_mutex>;

extern std::vector<EmulatedStream*> streams;
extern uint64_t waits;

// The error to be returned. A fault remains until the emulator is reset, any other error until it is queried.
cudaError_t result(cudaError_t error);

// The current context; the primary one of the device if the thread has none, as after a first call of CUDA's runtime API.
EmulatedContext& current();
EmulatedContext& primary(int device);

// NULL if there is no such stream.
EmulatedStream* stream_of(cudaStream_t stream);

// Adds work to a stream, or to the graph that it is captured into.
cudaError_t enqueue(EmulatedStream& stream, Step step);

// Runs the work of a stream, up to a point if given.
cudaError_t work_off(EmulatedStream& stream, const Moment* until);

// For calls that must not be made during a capture: its error, if there is one, which invalidates the capture.
cudaError_t refuse_capturing(EmulatedStream& stream);
cudaError_t refuse_capturing_any();
// Likewise for calls that are only possibly unsafe, which depends on the modes of captures and of the thread.
cudaError_t refuse_unsafe();

bool is_page_locked(const void* memory, size_t bytes);

}  // namespace leash::emulator

#endif
