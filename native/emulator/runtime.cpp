// The runtime API on the emulator. Work runs as late as possible, when it is waited for, which exposes missing waits. Any thread
// may call; calls are serialised.
#include "emulator/runtime.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "emulator/execution.h"

namespace leash::emulator {

namespace {

constexpr size_t kSharedBytes[kDevices] = {kMaxShared, 20000, 12000, 8000};
constexpr size_t kSharedWithoutAsking = 48 << 10;
// The last one as if too few of its multiprocessors shared a cluster's memory for more.
constexpr unsigned kClusters[kDevices] = {kMaxCluster, kMaxCluster, kMaxCluster, 8};
constexpr unsigned kClusterWithoutAsking = 8;

struct PageLocked {
    unsigned char* begin;
    size_t bytes;
};
std::vector<PageLocked> host_memory;

uint64_t memory_calls = 0;
thread_local cudaError_t last_error = cudaSuccess;
thread_local std::unordered_map<const EmulatedContext*, EmulatedStream*> per_thread_streams;  // which outlive their threads

EmulatedStream* new_stream() {
    streams.push_back(new EmulatedStream{&current(), {}, nullptr});
    return streams.back();
}

cudaError_t work_off_all() {
    for (EmulatedStream* stream : streams) {
        const cudaError_t error = work_off(*stream, nullptr);
        if (error != cudaSuccess) return error;
    }
    return result(cudaSuccess);
}

// Of work on memory that has been freed since it was enqueued.
cudaError_t freed(const char* what, const void* memory) {
    char text[100];
    std::snprintf(text, sizeof text, "a %s of %p, which has been freed", what, memory);
    host_fault(text);
    return cudaErrorLaunchFailure;
}

bool is_accessible(const void* memory, size_t bytes, bool on_device, bool is_captured) {
    return on_device ? is_device_memory(memory, bytes) : !is_captured || is_page_locked(memory, bytes);
}

}  // namespace

std::recursive_mutex mutex;
std::vector<EmulatedStream*> streams;
uint64_t waits = 0;

cudaError_t result(cudaError_t error) {
    if (!last_fault().empty()) error = cudaErrorLaunchFailure;
    if (error != cudaSuccess) last_error = error;
    return error;
}

EmulatedStream* stream_of(cudaStream_t stream) {
    if (stream == nullptr || stream == cudaStreamLegacy) return current().legacy_stream.get();
    if (stream == cudaStreamPerThread) {
        EmulatedStream*& own = per_thread_streams[&current()];
        if (own == nullptr) own = new_stream();
        return own;
    }
    return std::find(streams.begin(), streams.end(), stream) != streams.end() ? stream : nullptr;
}

cudaError_t work_off(EmulatedStream& stream, const Moment* until) {
    while (!stream.work.empty() && (until == nullptr || !until->reached)) {
        const auto step = std::move(stream.work.front());
        stream.work.pop_front();
        const cudaError_t error = result(step());
        if (error != cudaSuccess) {
            stream.work.clear();
            return error;
        }
    }
    return result(cudaSuccess);
}

bool is_page_locked(const void* memory, size_t bytes) {
    const auto* const at = static_cast<const unsigned char*>(memory);
    return std::any_of(host_memory.begin(), host_memory.end(),
                       [&](const PageLocked& each) { return at >= each.begin && at + bytes <= each.begin + each.bytes; });
}

uint64_t allocations_and_frees() { return memory_calls; }
uint64_t synchronizations() { return waits; }

}  // namespace leash::emulator

using namespace leash::emulator;

cudaError_t cudaGetDeviceCount(int* count) {
    *count = kDevices;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int ordinal) {
    if (ordinal < 0 || ordinal >= kDevices) return result(cudaErrorInvalidDevice);
    *properties = {};
    std::snprintf(properties->name, sizeof properties->name, "emulated GPU with %zu bytes of shared memory",
                  kSharedBytes[ordinal]);
    properties->totalGlobalMem = kDeviceBytes;
    properties->sharedMemPerBlockOptin = kSharedBytes[ordinal];
    properties->l2CacheSize = kCacheBytes;
    properties->multiProcessorCount = 132;
    properties->major = 9;
    properties->minor = 0;
    return cudaSuccess;
}

cudaError_t cudaDriverGetVersion(int* version) {
    *version = CUDART_VERSION;
    return cudaSuccess;
}

// Emulated GPUs have no PCI bus id.
cudaError_t cudaDeviceGetPCIBusId(char* bus_id, int size, int) {
    if (size > 0) *bus_id = 0;
    return result(cudaErrorInvalidDevice);
}

cudaError_t cudaMemGetInfo(size_t* left, size_t* total) {
    const Lock lock(mutex);
    *total = kDeviceBytes;
    *left = *total - allocated_bytes(current().device);
    return result(cudaSuccess);
}

cudaError_t cudaDeviceSynchronize() {
    const Lock lock(mutex);
    waits++;
    const cudaError_t refused = refuse_capturing_any();
    return refused != cudaSuccess ? refused : work_off_all();
}

cudaError_t cudaMalloc(void** memory, size_t bytes) {
    const Lock lock(mutex);
    memory_calls++;
    const cudaError_t refused = refuse_unsafe();
    if (refused != cudaSuccess) return refused;
    *memory = allocate(bytes, current().device);
    return result(*memory != nullptr ? cudaSuccess : cudaErrorMemoryAllocation);
}

cudaError_t cudaFree(void* memory) {
    const Lock lock(mutex);
    if (memory != nullptr) memory_calls++;
    const cudaError_t refused = refuse_unsafe();
    if (refused != cudaSuccess) return refused;
    const cudaError_t error = work_off_all();
    if (memory != nullptr && !free_allocation(memory)) return result(cudaErrorInvalidValue);
    return result(error);
}

cudaError_t cudaMallocHost(void** memory, size_t bytes) {
    const Lock lock(mutex);
    memory_calls++;
    const cudaError_t refused = refuse_unsafe();
    if (refused != cudaSuccess) return refused;
    *memory = bytes > kDeviceBytes ? nullptr : std::aligned_alloc(256, (bytes + 255) / 256 * 256);
    if (*memory == nullptr) return result(cudaErrorMemoryAllocation);
    host_memory.push_back({static_cast<unsigned char*>(*memory), bytes});
    return result(cudaSuccess);
}

cudaError_t cudaFreeHost(void* memory) {
    const Lock lock(mutex);
    memory_calls++;
    const cudaError_t refused = refuse_unsafe();
    if (refused != cudaSuccess) return refused;
    if (memory == nullptr) return result(cudaSuccess);
    const auto at = std::find_if(host_memory.begin(), host_memory.end(), [&](const PageLocked& each) { return each.begin == memory; });
    if (at == host_memory.end()) return result(cudaErrorInvalidValue);
    host_memory.erase(at);
    std::free(memory);
    return result(cudaSuccess);
}

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* memory) {
    const Lock lock(mutex);
    attributes->type = is_device_memory(memory, 1)  ? cudaMemoryTypeDevice
                       : is_page_locked(memory, 1) ? cudaMemoryTypeHost
                                                   : cudaMemoryTypeUnregistered;
    return result(cudaSuccess);
}

cudaError_t cudaStreamCreate(cudaStream_t* stream) {
    const Lock lock(mutex);
    *stream = new_stream();
    return result(cudaSuccess);
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) { return cudaStreamCreate(stream); }

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
    const Lock lock(mutex);
    const auto at = std::find(streams.begin(), streams.end(), stream);
    if (at == streams.end()) return result(cudaErrorInvalidResourceHandle);
    (void)refuse_capturing(*stream);
    const cudaError_t error = work_off(*stream, nullptr);
    streams.erase(at);
    delete stream;
    return error;
}

cudaError_t cudaStreamSynchronize(cudaStream_t handle) {
    const Lock lock(mutex);
    waits++;
    EmulatedStream* const stream = stream_of(handle);
    if (stream == nullptr) return result(cudaErrorInvalidResourceHandle);
    const cudaError_t refused = refuse_capturing(*stream);
    return refused != cudaSuccess ? refused : work_off(*stream, nullptr);
}

cudaError_t cudaEventCreate(cudaEvent_t* event) {
    const Lock lock(mutex);
    current();
    *event = new EmulatedEvent;
    return result(cudaSuccess);
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
    const Lock lock(mutex);
    current();
    delete event;
    return result(cudaSuccess);
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t handle) {
    const Lock lock(mutex);
    EmulatedStream* const stream = stream_of(handle);
    if (stream == nullptr) return result(cudaErrorInvalidResourceHandle);
    event->capture = stream->capture;
    if (stream->capture != nullptr) {
        event->last = nullptr;
        event->captured_stream = stream;
        event->captured_steps = stream->capture->steps.size();
        return result(stream->capture->is_valid ? cudaSuccess : cudaErrorStreamCaptureInvalidated);
    }
    const auto moment = std::make_shared<Moment>(Moment{stream, false, {}});
    event->last = moment;
    return enqueue(*stream, [moment] {
        moment->reached = true;
        moment->time = std::chrono::steady_clock::now();
        return cudaSuccess;
    });
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
    const Lock lock(mutex);
    waits++;
    current();
    if (event->capture != nullptr) {
        event->capture->is_valid = false;
        return result(cudaErrorCapturedEvent);
    }
    if (event->last == nullptr || event->last->reached) return result(cudaSuccess);
    return work_off(*event->last->stream, event->last.get());
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t begin, cudaEvent_t end) {
    const Lock lock(mutex);
    current();
    if (begin->last == nullptr || end->last == nullptr) return result(cudaErrorInvalidResourceHandle);
    if (!begin->last->reached || !end->last->reached) return result(cudaErrorNotReady);
    *milliseconds = std::chrono::duration<float, std::milli>(end->last->time - begin->last->time).count();
    return result(cudaSuccess);
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t handle) {
    const Lock lock(mutex);
    const bool to_device = kind != cudaMemcpyDeviceToHost;
    const bool from_device = kind != cudaMemcpyHostToDevice;
    EmulatedStream* const stream = stream_of(handle);
    if (stream == nullptr) return result(cudaErrorInvalidResourceHandle);
    if (bytes == 0) return result(cudaSuccess);
    if (to_device != is_device_memory(to, bytes) || from_device != is_device_memory(from, bytes)) return result(cudaErrorInvalidValue);
    // CUDA would have to wait for a copy of pageable memory.
    const bool is_captured = stream->capture != nullptr;
    if (!is_accessible(to, bytes, to_device, is_captured) || !is_accessible(from, bytes, from_device, is_captured)) {
        return refuse_capturing(*stream);
    }
    return enqueue(*stream, [=] {
        if (!is_accessible(to, bytes, to_device, is_captured)) return freed("copy", to);
        if (!is_accessible(from, bytes, from_device, is_captured)) return freed("copy", from);
        memmove(to, from, bytes);
        return cudaSuccess;
    });
}

cudaError_t cudaMemsetAsync(void* memory, int byte, size_t bytes, cudaStream_t handle) {
    const Lock lock(mutex);
    EmulatedStream* const stream = stream_of(handle);
    if (stream == nullptr) return result(cudaErrorInvalidResourceHandle);
    if (bytes == 0) return result(cudaSuccess);
    if (!is_device_memory(memory, bytes)) return result(cudaErrorInvalidValue);
    return enqueue(*stream, [=] {
        if (!is_device_memory(memory, bytes)) return freed("memset", memory);
        memset(memory, byte, bytes);
        return cudaSuccess;
    });
}

cudaError_t cudaFuncSetAttribute(const void* function, cudaFuncAttribute attribute, int value) {
    const Lock lock(mutex);
    if (attribute == cudaFuncAttributeNonPortableClusterSizeAllowed) {
        current().kernels[function].any_cluster = value != 0;
        return result(cudaSuccess);
    }
    if (value < 0 || static_cast<size_t>(value) > kSharedBytes[current().device]) return result(cudaErrorInvalidValue);
    current().kernels[function].shared_bytes = static_cast<size_t>(value);
    return result(cudaSuccess);
}

namespace {

unsigned cluster_of(const cudaLaunchConfig_t& config) {
    for (unsigned i = 0; i < config.numAttrs; i++) {
        if (config.attrs[i].id == cudaLaunchAttributeClusterDimension) return config.attrs[i].val.clusterDim.x;
    }
    return 1;
}

unsigned most_cluster(const Allowed& allowed, int device) { return allowed.any_cluster ? kClusters[device] : kClusterWithoutAsking; }

}  // namespace

cudaError_t cudaOccupancyMaxActiveClusters(int* clusters, const void* function, const cudaLaunchConfig_t* config) {
    const Lock lock(mutex);
    const unsigned cluster = cluster_of(*config);
    if (cluster > kClusterWithoutAsking && !current().kernels[function].any_cluster) return result(cudaErrorInvalidConfiguration);
    *clusters = cluster <= kClusters[current().device] ? 1 : 0;
    return result(cudaSuccess);
}

cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config, const void* function, void** arguments) {
    const Lock lock(mutex);
    EmulatedStream* const stream = stream_of(config->stream);
    if (stream == nullptr || stream->context != &current()) return result(cudaErrorInvalidResourceHandle);
    const int device = stream->context->device;
    const Allowed& allowed = stream->context->kernels[function];
    const unsigned cluster = cluster_of(*config);
    const unsigned grid = config->gridDim.x;
    const unsigned threads = config->blockDim.x;
    const size_t shared_bytes = config->dynamicSmemBytes;
    if (grid == 0 || threads == 0 || threads > kMaxThreads || cluster == 0 || cluster > most_cluster(allowed, device) ||
        grid % cluster != 0 || shared_bytes > kSharedBytes[device] ||
        shared_bytes > std::max(kSharedWithoutAsking, allowed.shared_bytes) || config->gridDim.y != 1 || config->gridDim.z != 1 ||
        config->blockDim.y != 1 || config->blockDim.z != 1) {
        return result(cudaErrorInvalidConfiguration);
    }
    const auto& entry = *static_cast<const Entry*>(function);
    const auto* const bytes = static_cast<const unsigned char*>(arguments[0]);
    std::vector<unsigned char> parameters(bytes, bytes + entry.parameter_bytes);
    return enqueue(*stream, [=, &entry, parameters = std::move(parameters)] {
        execution.device = device;
        return run(entry, parameters.data(), grid, threads, cluster, shared_bytes) ? cudaSuccess : cudaErrorLaunchFailure;
    });
}

cudaError_t cudaGetLastError() {
    const Lock lock(mutex);
    const cudaError_t error = result(last_error);
    last_error = cudaSuccess;
    return error;
}

cudaError_t cudaPeekAtLastError() {
    const Lock lock(mutex);
    return result(last_error);
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
        case cudaErrorInsufficientDriver:
            return "CUDA driver version is insufficient for CUDA runtime version";
        case cudaErrorNoDevice:
            return "no CUDA-capable device is detected";
        case cudaErrorInvalidDevice:
            return "invalid device ordinal";
        case cudaErrorInvalidResourceHandle:
            return "invalid resource handle";
        case cudaErrorIllegalState:
            return "the operation cannot be performed in the present state";
        case cudaErrorNotReady:
            return "device not ready";
        case cudaErrorLaunchFailure:
            return last_fault().c_str();
        case cudaErrorStreamCaptureUnsupported:
            return "operation not permitted when stream is capturing";
        case cudaErrorStreamCaptureInvalidated:
            return "operation failed due to a previous error during capture";
        case cudaErrorStreamCaptureMerge:
            return "operation would result in a merge of separate capture sequences";
        case cudaErrorStreamCaptureUnmatched:
            return "capture was not ended in the same stream as it began";
        case cudaErrorStreamCaptureUnjoined:
            return "capturing stream has unjoined work";
        case cudaErrorStreamCaptureIsolation:
            return "dependency created on uncaptured work in another stream";
        case cudaErrorCapturedEvent:
            return "operation not permitted on an event last recorded in a capturing stream";
        case cudaErrorStreamCaptureWrongThread:
            return "attempt to terminate a thread-local capture sequence from another thread";
    }
    return "unknown error";
}
