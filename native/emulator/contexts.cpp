// Current contexts, one stack for each thread, and current devices. A thread without a context has device 0 and gets that device's
// primary context with its first call that needs one.
#include "cuda.h"
#include "emulator/emulator.h"
#include "emulator/runtime.h"

namespace leash::emulator {

namespace {

struct ThreadState {
    std::vector<EmulatedContext*> contexts;
    int chosen_device = 0;
};
thread_local ThreadState thread_state;

std::vector<std::unique_ptr<EmulatedContext>>& all_contexts() {
    static std::vector<std::unique_ptr<EmulatedContext>> all = [] {
        std::vector<std::unique_ptr<EmulatedContext>> primaries;
        for (int i = 0; i < kDevices; i++) primaries.push_back(std::make_unique<EmulatedContext>(i));
        return primaries;
    }();
    return all;
}

EmulatedContext* top() { return thread_state.contexts.empty() ? nullptr : thread_state.contexts.back(); }

void replace_top(EmulatedContext* context) {
    if (!thread_state.contexts.empty()) thread_state.contexts.pop_back();
    thread_state.contexts.push_back(context);
}

bool exists(const EmulatedContext* context) {
    for (const auto& each : all_contexts()) {
        if (each.get() == context) return true;
    }
    return false;
}

}  // namespace

EmulatedContext& primary(int device) { return *all_contexts()[static_cast<size_t>(device)]; }

EmulatedContext& current() {
    if (top() == nullptr) replace_top(&primary(thread_state.chosen_device));
    top()->is_used = true;
    return *top();
}

void* foreign_context(int device) {
    const Lock lock(mutex);
    all_contexts().push_back(std::make_unique<EmulatedContext>(device));
    return all_contexts().back().get();
}

bool is_in_use(int device) {
    const Lock lock(mutex);
    return primary(device).is_used;
}

}  // namespace leash::emulator

using namespace leash::emulator;

EmulatedContext::EmulatedContext(int of) : device(of), legacy_stream(new EmulatedStream{this, {}, nullptr}) {
    streams.push_back(legacy_stream.get());
}

cudaError_t cudaSetDevice(int ordinal) {
    const Lock lock(mutex);
    if (ordinal < 0 || ordinal >= kDevices) return result(cudaErrorInvalidDevice);
    thread_state.chosen_device = ordinal;
    replace_top(&primary(ordinal));
    current();
    return result(cudaSuccess);
}

cudaError_t cudaGetDevice(int* ordinal) {
    const Lock lock(mutex);
    *ordinal = top() != nullptr ? top()->device : thread_state.chosen_device;
    return result(cudaSuccess);
}

CUresult cuDeviceGet(CUdevice* device, int ordinal) {
    if (ordinal < 0 || ordinal >= kDevices) return CUDA_ERROR_INVALID_DEVICE;
    *device = ordinal;
    return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) {
    const Lock lock(mutex);
    if (device < 0 || device >= kDevices) return CUDA_ERROR_INVALID_DEVICE;
    *context = &primary(device);
    (*context)->is_used = true;
    return CUDA_SUCCESS;
}

CUresult cuCtxGetCurrent(CUcontext* context) {
    *context = top();
    return CUDA_SUCCESS;
}

CUresult cuCtxPushCurrent(CUcontext context) {
    const Lock lock(mutex);
    if (!exists(context)) return CUDA_ERROR_INVALID_CONTEXT;
    thread_state.contexts.push_back(context);
    return CUDA_SUCCESS;
}

CUresult cuCtxPopCurrent(CUcontext* context) {
    if (thread_state.contexts.empty()) return CUDA_ERROR_INVALID_CONTEXT;
    *context = thread_state.contexts.back();
    thread_state.contexts.pop_back();
    return CUDA_SUCCESS;
}

CUresult cuStreamGetCtx(CUstream stream, CUcontext* context) {
    const Lock lock(mutex);
    const EmulatedStream* const found = stream_of(stream);
    if (found == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    *context = found->context;
    return CUDA_SUCCESS;
}
