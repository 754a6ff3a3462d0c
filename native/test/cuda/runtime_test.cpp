// The emulated runtime API: contexts of threads, stream capture and graphs; misuse must be found, and the same without it must pass.
#include <cstring>
#include <thread>
#include <vector>

#include "cuda.h"
#include "cuda_runtime.h"
#include "emulator/emulator.h"
#include "test/harness.h"

using namespace leash;
using namespace leash::test;

namespace {

constexpr size_t kBytes = 64;

// A stream and memory on device 0.
struct Captured {
    Captured() {
        cudaSetDevice(0);
        cudaStreamCreate(&stream);
        cudaMalloc(&memory, kBytes);
        cudaMallocHost(&host, kBytes);
    }
    ~Captured() {
        if (memory != nullptr) cudaFree(memory);
        cudaFreeHost(host);
        cudaStreamDestroy(stream);
        cudaGetLastError();
    }

    // The graph of the work that body enqueues; NULL if the capture was invalidated.
    template <class Body>
    cudaGraphExec_t capture(Body body, cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal) {
        CHECK_EQ(cudaStreamBeginCapture(stream, mode), cudaSuccess);
        body();
        cudaGraph_t graph = nullptr;
        const cudaError_t error = cudaStreamEndCapture(stream, &graph);
        CHECK_EQ(graph == nullptr, error != cudaSuccess);
        if (graph == nullptr) return nullptr;
        cudaGraphExec_t exec = nullptr;
        CHECK_EQ(cudaGraphInstantiate(&exec, graph), cudaSuccess);
        cudaGraphDestroy(graph);
        return exec;
    }
    unsigned char first_byte() {
        cudaMemcpyAsync(host, memory, kBytes, cudaMemcpyDeviceToHost, stream);
        cudaStreamSynchronize(stream);
        return *static_cast<unsigned char*>(host);
    }

    cudaStream_t stream = nullptr;
    void* memory = nullptr;
    void* host = nullptr;
};

}  // namespace

TEST(emulated_graph_runs_when_it_is_launched) {
    Captured on;
    cudaMemsetAsync(on.memory, 1, kBytes, on.stream);
    const cudaGraphExec_t exec = on.capture([&] {
        cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
        CHECK_EQ(cudaStreamIsCapturing(on.stream, &status), cudaSuccess);
        CHECK_EQ(status, cudaStreamCaptureStatusActive);
        CHECK_EQ(cudaMemsetAsync(on.memory, 2, kBytes, on.stream), cudaSuccess);
    });
    CHECK_EQ(on.first_byte(), 1);
    CHECK_EQ(cudaGraphLaunch(exec, on.stream), cudaSuccess);
    CHECK_EQ(on.first_byte(), 2);
    cudaMemsetAsync(on.memory, 3, kBytes, on.stream);
    CHECK_EQ(cudaGraphLaunch(exec, on.stream), cudaSuccess);
    CHECK_EQ(on.first_byte(), 2);
    cudaGraphExecDestroy(exec);
}

TEST(emulator_invalidates_captures_with_forbidden_calls) {
    Captured on;
    cudaEvent_t event = nullptr;
    cudaEvent_t outside = nullptr;
    cudaEventCreate(&event);
    cudaEventCreate(&outside);
    void* more = nullptr;
    std::vector<char> pageable(kBytes);
    const auto invalidates = [&](cudaError_t expected, auto call) {
        cudaError_t error = cudaSuccess;
        CHECK(on.capture([&] { error = call(); }) == nullptr);
        CHECK_EQ(error, expected);
    };
    invalidates(cudaErrorStreamCaptureUnsupported, [&] { return cudaStreamSynchronize(on.stream); });
    invalidates(cudaErrorStreamCaptureUnsupported, [&] { return cudaDeviceSynchronize(); });
    invalidates(cudaErrorStreamCaptureUnsupported, [&] { return cudaMalloc(&more, 4); });
    invalidates(cudaErrorStreamCaptureUnsupported, [&] { return cudaFree(nullptr); });
    invalidates(cudaErrorStreamCaptureUnsupported, [&] {
        cudaError_t error = cudaSuccess;  // of a thread that knows of no capture
        std::thread([&] { error = cudaMalloc(&more, 4); }).join();
        return error;
    });
    invalidates(cudaErrorStreamCaptureUnsupported, [&] {
        return cudaMemcpyAsync(on.memory, pageable.data(), kBytes, cudaMemcpyHostToDevice, on.stream);
    });
    invalidates(cudaErrorCapturedEvent, [&] {
        cudaEventRecord(event, on.stream);
        return cudaEventSynchronize(event);
    });
    cudaEventRecord(outside, nullptr);
    invalidates(cudaErrorStreamCaptureIsolation, [&] { return cudaStreamWaitEvent(on.stream, outside, 0); });
    Captured other;
    invalidates(cudaSuccess, [&] {
        cudaEventRecord(event, on.stream);
        cudaStreamWaitEvent(other.stream, event, 0);
        return cudaMemsetAsync(other.memory, 0, kBytes, other.stream);  // and is not joined
    });
    const cudaGraphExec_t joined = on.capture([&] {
        cudaEventRecord(event, on.stream);
        cudaStreamWaitEvent(other.stream, event, 0);
        cudaMemsetAsync(other.memory, 0, kBytes, other.stream);
        cudaEventRecord(event, other.stream);
        CHECK_EQ(cudaStreamWaitEvent(on.stream, event, 0), cudaSuccess);
    });
    CHECK(joined != nullptr);
    cudaGraphExecDestroy(joined);
    // Permitted: allocations by a thread, or in a capture, that says so.
    const cudaGraphExec_t relaxed = on.capture([&] {
        cudaStreamCaptureMode mode = cudaStreamCaptureModeRelaxed;
        cudaThreadExchangeStreamCaptureMode(&mode);
        CHECK_EQ(cudaMalloc(&more, 4), cudaSuccess);
        cudaThreadExchangeStreamCaptureMode(&mode);
        CHECK_EQ(cudaStreamSynchronize(other.stream), cudaSuccess);
    });
    CHECK(relaxed != nullptr);
    cudaGraphExecDestroy(relaxed);
    cudaFree(more);
    cudaEventDestroy(event);
    cudaEventDestroy(outside);
}

TEST(emulator_finds_memory_freed_before_a_replay) {
    Captured on;
    const cudaGraphExec_t exec = on.capture([&] { cudaMemsetAsync(on.memory, 2, kBytes, on.stream); });
    CHECK_EQ(cudaFree(on.memory), cudaSuccess);
    on.memory = nullptr;
    cudaGraphLaunch(exec, on.stream);
    CHECK_EQ(cudaStreamSynchronize(on.stream), cudaErrorLaunchFailure);
    CHECK(emulator::last_fault().find("which has been freed") != std::string::npos);
    emulator::reset();
    cudaGraphExecDestroy(exec);
}

TEST(emulated_threads_have_their_own_current_contexts) {
    cudaSetDevice(2);
    std::thread([] {
        int ordinal = -1;
        CUcontext context = nullptr;
        CHECK_EQ(cudaGetDevice(&ordinal), cudaSuccess);
        CHECK_EQ(ordinal, 0);
        CHECK_EQ(cuCtxGetCurrent(&context), CUDA_SUCCESS);
        CHECK(context == nullptr);
        void* const foreign = emulator::foreign_context(3);
        CHECK_EQ(cuCtxPushCurrent(static_cast<CUcontext>(foreign)), CUDA_SUCCESS);
        CHECK_EQ(cudaGetDevice(&ordinal), cudaSuccess);
        CHECK_EQ(ordinal, 3);
        CHECK_EQ(cuCtxPopCurrent(&context), CUDA_SUCCESS);
        CHECK(context == foreign);
        CHECK_EQ(cuCtxPopCurrent(&context), CUDA_ERROR_INVALID_CONTEXT);
    }).join();
    int ordinal = -1;
    CHECK_EQ(cudaGetDevice(&ordinal), cudaSuccess);
    CHECK_EQ(ordinal, 2);
    cudaSetDevice(0);
}
