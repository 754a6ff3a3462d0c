// The runtime API on the emulator. Work waits in its stream until it is waited for, so that a caller who does not wait sees
// what it would see at worst.
#include "cuda_runtime.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "execution.h"

struct EmulatedStream {
    std::vector<std::function<cudaError_t()>> work;
};

namespace {

EmulatedStream default_stream;
std::vector<EmulatedStream*> streams = {&default_stream};
cudaError_t last_error = cudaSuccess;

// A fault stays until the emulator is reset, any other error until it is asked for.
cudaError_t result(cudaError_t error) {
    if (!leash::emulator::last_fault().empty()) error = cudaErrorLaunchFailure;
    if (error != cudaSuccess) last_error = error;
    return error;
}

EmulatedStream& stream_of(cudaStream_t stream) { return stream != nullptr ? *stream : default_stream; }

cudaError_t finish(EmulatedStream& stream) {
    const auto work = std::move(stream.work);
    stream.work.clear();
    for (const auto& step : work) {
        const cudaError_t error = result(step());
        if (error != cudaSuccess) return error;
    }
    return result(cudaSuccess);
}

cudaError_t finish_all() {
    for (EmulatedStream* stream : streams) {
        const cudaError_t error = finish(*stream);
        if (error != cudaSuccess) return error;
    }
    return cudaSuccess;
}

}  // namespace

cudaError_t cudaMalloc(void** memory, size_t bytes) {
    *memory = leash::emulator::allocate(bytes);
    return result(*memory != nullptr ? cudaSuccess : cudaErrorMemoryAllocation);
}

cudaError_t cudaFree(void* memory) {
    const cudaError_t error = finish_all();
    if (memory != nullptr && !leash::emulator::free_allocation(memory)) return result(cudaErrorInvalidValue);
    return result(error);
}

cudaError_t cudaStreamCreate(cudaStream_t* stream) {
    *stream = new EmulatedStream;
    streams.push_back(*stream);
    return result(cudaSuccess);
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
    const cudaError_t error = finish(*stream);
    streams.erase(std::find(streams.begin(), streams.end(), stream));
    delete stream;
    return error;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) { return finish(stream_of(stream)); }

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
    const bool to_device = kind != cudaMemcpyDeviceToHost;
    const bool from_device = kind != cudaMemcpyHostToDevice;
    if (bytes == 0) return result(cudaSuccess);
    if ((to_device && !leash::emulator::is_device_memory(to, bytes)) ||
        (from_device && !leash::emulator::is_device_memory(from, bytes))) {
        return result(cudaErrorInvalidValue);
    }
    stream_of(stream).work.push_back([=] {
        memmove(to, from, bytes);
        return cudaSuccess;
    });
    return result(cudaSuccess);
}

cudaError_t cudaMemsetAsync(void* memory, int byte, size_t bytes, cudaStream_t stream) {
    if (bytes == 0) return result(cudaSuccess);
    if (!leash::emulator::is_device_memory(memory, bytes)) return result(cudaErrorInvalidValue);
    stream_of(stream).work.push_back([=] {
        memset(memory, byte, bytes);
        return cudaSuccess;
    });
    return result(cudaSuccess);
}

cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config, const void* function, void** arguments) {
    unsigned cluster = 1;
    for (unsigned i = 0; i < config->numAttrs; i++) {
        if (config->attrs[i].id == cudaLaunchAttributeClusterDimension) cluster = config->attrs[i].val.clusterDim.x;
    }
    const unsigned grid = config->gridDim.x;
    const unsigned threads = config->blockDim.x;
    const size_t shared_bytes = config->dynamicSmemBytes;
    if (grid == 0 || threads == 0 || threads > leash::emulator::kMaxThreads || cluster == 0 ||
        cluster > leash::emulator::kMaxCluster || grid % cluster != 0 || shared_bytes > leash::emulator::kMaxShared ||
        config->gridDim.y != 1 || config->gridDim.z != 1 || config->blockDim.y != 1 || config->blockDim.z != 1) {
        return result(cudaErrorInvalidConfiguration);
    }
    const auto& entry = *static_cast<const leash::emulator::Entry*>(function);
    const auto* const bytes = static_cast<const unsigned char*>(arguments[0]);
    std::vector<unsigned char> parameters(bytes, bytes + entry.parameter_bytes);
    stream_of(config->stream).work.push_back([=, &entry, parameters = std::move(parameters)] {
        return leash::emulator::run(entry, parameters.data(), grid, threads, cluster, shared_bytes) ? cudaSuccess
                                                                                                      : cudaErrorLaunchFailure;
    });
    return result(cudaSuccess);
}

cudaError_t cudaGetLastError() {
    const cudaError_t error = result(last_error);
    last_error = cudaSuccess;
    return error;
}

const char* cudaGetErrorString(cudaError_t error) {
    switch (error) {
        case cudaSuccess:
            return "no error";
        case cudaErrorInvalidValue:
            return "invalid argument";
        case cudaErrorMemoryAllocation:
            return "out of memory";
        case cudaErrorInvalidConfiguration:
            return "invalid configuration argument";
        case cudaErrorLaunchFailure:
            return leash::emulator::last_fault().c_str();
    }
    return "unknown error";
}
