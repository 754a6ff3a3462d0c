// Stream capture and graphs. A graph is the list of its steps in the order of the calls captured; a launch runs them in that order.
// Memory is checked again at each replay. As in CUDA, a call that is not permitted during a capture invalidates it.
#include <algorithm>

#include "emulator/runtime.h"

struct EmulatedGraph {
    std::vector<leash::emulator::Step> steps;
};

struct EmulatedGraphExec {
    std::vector<leash::emulator::Step> steps;
};

namespace leash::emulator {

namespace {

std::vector<std::shared_ptr<Capture>> ongoing;
thread_local cudaStreamCaptureMode thread_mode = cudaStreamCaptureModeGlobal;

cudaError_t refused(Capture& capture, cudaError_t error) {
    capture.is_valid = false;
    return result(error);
}

}  // namespace

cudaError_t enqueue(EmulatedStream& stream, Step step) {
    if (stream.capture == nullptr) {
        stream.work.push_back(std::move(step));
        return result(cudaSuccess);
    }
    if (!stream.capture->is_valid) return result(cudaErrorStreamCaptureInvalidated);
    stream.capture->steps.push_back(std::move(step));
    stream.last_step = stream.capture->steps.size();
    return result(cudaSuccess);
}

cudaError_t refuse_capturing(EmulatedStream& stream) {
    return stream.capture == nullptr ? cudaSuccess : refused(*stream.capture, cudaErrorStreamCaptureUnsupported);
}

cudaError_t refuse_capturing_any() {
    cudaError_t error = cudaSuccess;
    for (const auto& capture : ongoing) error = refused(*capture, cudaErrorStreamCaptureUnsupported);
    return error;
}

cudaError_t refuse_unsafe() {
    if (thread_mode == cudaStreamCaptureModeRelaxed) return cudaSuccess;
    cudaError_t error = cudaSuccess;
    for (const auto& capture : ongoing) {
        const bool is_own = capture->thread == std::this_thread::get_id() && capture->mode != cudaStreamCaptureModeRelaxed;
        const bool is_global = capture->mode == cudaStreamCaptureModeGlobal && thread_mode == cudaStreamCaptureModeGlobal;
        if (is_own || is_global) error = refused(*capture, cudaErrorStreamCaptureUnsupported);
    }
    return error;
}

}  // namespace leash::emulator

using namespace leash::emulator;

cudaError_t cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
    std::swap(*mode, thread_mode);
    return cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t handle, cudaStreamCaptureMode mode) {
    const Lock lock(mutex);
    static unsigned long long captures = 0;
    EmulatedStream* const stream = stream_of(handle);
    if (stream == nullptr) return result(cudaErrorInvalidResourceHandle);
    if (stream == stream->context->legacy_stream.get()) return result(cudaErrorStreamCaptureUnsupported);
    if (stream->capture != nullptr) return result(cudaErrorIllegalState);
    stream->capture = std::make_shared<Capture>(Capture{++captures, mode, std::this_thread::get_id(), stream, true, {}});
    stream->last_step = stream->joined_until = 0;
    ongoing.push_back(stream->capture);
    return result(cudaSuccess);
}

cudaError_t cudaStreamEndCapture(cudaStream_t handle, cudaGraph_t* graph) {
    const Lock lock(mutex);
    *graph = nullptr;
    EmulatedStream* const stream = stream_of(handle);
    if (stream == nullptr) return result(cudaErrorInvalidResourceHandle);
    const std::shared_ptr<Capture> capture = stream->capture;
    if (capture == nullptr) return result(cudaErrorIllegalState);
    if (capture->origin != stream) return refused(*capture, cudaErrorStreamCaptureUnmatched);
    if (capture->mode != cudaStreamCaptureModeRelaxed && capture->thread != std::this_thread::get_id()) {
        return refused(*capture, cudaErrorStreamCaptureWrongThread);
    }
    ongoing.erase(std::find(ongoing.begin(), ongoing.end(), capture));
    bool is_joined = true;
    for (EmulatedStream* const each : streams) {
        if (each->capture != capture) continue;
        is_joined &= each == stream || each->joined_until >= each->last_step;
        each->capture = nullptr;
    }
    if (!capture->is_valid) return result(cudaErrorStreamCaptureInvalidated);
    if (!is_joined) return result(cudaErrorStreamCaptureUnjoined);
    *graph = new EmulatedGraph{std::move(capture->steps)};
    return result(cudaSuccess);
}

cudaError_t cudaStreamIsCapturing(cudaStream_t handle, cudaStreamCaptureStatus* status) {
    return cudaStreamGetCaptureInfo(handle, status, nullptr);
}

cudaError_t cudaStreamGetCaptureInfo(cudaStream_t handle, cudaStreamCaptureStatus* status, unsigned long long* id) {
    const Lock lock(mutex);
    const EmulatedStream* const stream = stream_of(handle);
    if (stream == nullptr) return result(cudaErrorInvalidResourceHandle);
    *status = stream->capture == nullptr    ? cudaStreamCaptureStatusNone
              : stream->capture->is_valid ? cudaStreamCaptureStatusActive
                                          : cudaStreamCaptureStatusInvalidated;
    if (id != nullptr) *id = stream->capture == nullptr ? 0 : stream->capture->id;
    return result(cudaSuccess);
}

cudaError_t cudaStreamWaitEvent(cudaStream_t handle, cudaEvent_t event, unsigned) {
    const Lock lock(mutex);
    EmulatedStream* const stream = stream_of(handle);
    if (stream == nullptr) return result(cudaErrorInvalidResourceHandle);
    if (event->capture != nullptr) {
        const bool is_ongoing = std::find(ongoing.begin(), ongoing.end(), event->capture) != ongoing.end();
        if (!is_ongoing) return result(cudaErrorCapturedEvent);
        if (stream->capture == nullptr) {
            stream->capture = event->capture;
            stream->last_step = stream->joined_until = 0;
        } else if (stream->capture != event->capture) {
            refused(*event->capture, cudaErrorStreamCaptureMerge);
            return refused(*stream->capture, cudaErrorStreamCaptureMerge);
        }
        if (event->captured_stream != stream) {
            event->captured_stream->joined_until = std::max(event->captured_stream->joined_until, event->captured_steps);
        }
        return result(cudaSuccess);
    }
    if (event->last == nullptr) return result(cudaSuccess);
    if (stream->capture != nullptr) return refused(*stream->capture, cudaErrorStreamCaptureIsolation);
    return enqueue(*stream, [moment = event->last] {
        return moment->reached ? cudaSuccess : work_off(*moment->stream, moment.get());
    });
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long) {
    const Lock lock(mutex);
    *exec = new EmulatedGraphExec{graph->steps};
    return result(cudaSuccess);
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t handle) {
    const Lock lock(mutex);
    EmulatedStream* const stream = stream_of(handle);
    if (stream == nullptr) return result(cudaErrorInvalidResourceHandle);
    for (const Step& step : exec->steps) {
        const cudaError_t error = enqueue(*stream, step);
        if (error != cudaSuccess) return error;
    }
    return result(cudaSuccess);
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
    delete graph;
    return result(cudaSuccess);
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec) {
    delete exec;
    return result(cudaSuccess);
}
