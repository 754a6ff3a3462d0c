// The runtime API on the emulator. Work runs as late as possible, when it is waited for, which exposes missing waits. Any thread
// may call; calls are serialised.
#include "cuda_runtime.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "emulator/execution.h"

// A point in a stream, one for each recording of an event.
struct Moment {
    EmulatedStream* stream;
    bool reached;
    std::chrono::steady_clock::time_point time;
};

struct EmulatedStream {
    int device;
    std::deque<std::function<cudaError_t()>> work;
};

struct EmulatedEvent {
    std::shared_ptr<Moment> last;  // NULL: not recorded
};

namespace {

using leash::emulator::execution;

// Hopper, and three GPUs with so little shared memory that rows of a few thousand elements need clusters.
constexpr size_t kSharedBytes[] = {leash::emulator::kMaxShared, 20000, 12000, 8000};
constexpr int kDevices = static_cast<int>(sizeof kSharedBytes / sizeof *kSharedBytes);
constexpr size_t kSharedWithoutAsking = 48 << 10;
// The last one as if too few of its multiprocessors shared a cluster's memory for more.
constexpr unsigned kClusters[] = {leash::emulator::kMaxCluster, leash::emulator::kMaxCluster, leash::emulator::kMaxCluster, 8};
constexpr unsigned kClusterWithoutAsking = 8;

std::recursive_mutex mutex;
using Lock = std::lock_guard<std::recursive_mutex>;

EmulatedStream default_streams[kDevices] = {{0, {}}, {1, {}}, {2, {}}, {3, {}}};
std::vector<EmulatedStream*> streams = {&default_streams[0], &default_streams[1], &default_streams[2], &default_streams[3]};
std::unordered_map<const void*, size_t> shared_allowed;
std::unordered_map<const void*, bool> any_cluster_allowed;
std::vector<void*> host_memory;
thread_local cudaError_t last_error = cudaSuccess;
thread_local int current_device = 0;

// A fault remains until the emulator is reset, any other error until it is queried.
cudaError_t result(cudaError_t error) {
    if (!leash::emulator::last_fault().empty()) error = cudaErrorLaunchFailure;
    if (error != cudaSuccess) last_error = error;
    return error;
}

EmulatedStream& stream_of(cudaStream_t stream) { return stream != nullptr ? *stream : default_streams[current_device]; }

// Runs the work of a stream, up to a point if given.
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

cudaError_t work_off_all() {
    for (EmulatedStream* stream : streams) {
        const cudaError_t error = work_off(*stream, nullptr);
        if (error != cudaSuccess) return error;
    }
    return result(cudaSuccess);
}

}  // namespace

cudaError_t cudaGetDeviceCount(int* count) {
    *count = kDevices;
    return cudaSuccess;
}

cudaError_t cudaSetDevice(int ordinal) {
    if (ordinal < 0 || ordinal >= kDevices) return result(cudaErrorInvalidDevice);
    current_device = ordinal;
    return result(cudaSuccess);
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int ordinal) {
    if (ordinal < 0 || ordinal >= kDevices) return result(cudaErrorInvalidDevice);
    *properties = {};
    std::snprintf(properties->name, sizeof properties->name, "emulated GPU with %zu bytes of shared memory",
                  kSharedBytes[ordinal]);
    properties->totalGlobalMem = leash::emulator::kDeviceBytes;
    properties->sharedMemPerBlockOptin = kSharedBytes[ordinal];
    properties->l2CacheSize = leash::emulator::kCacheBytes;
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
    *total = leash::emulator::kDeviceBytes;
    *left = *total - leash::emulator::allocated_bytes(current_device);
    return result(cudaSuccess);
}

cudaError_t cudaDeviceSynchronize() {
    const Lock lock(mutex);
    return work_off_all();
}

cudaError_t cudaMalloc(void** memory, size_t bytes) {
    const Lock lock(mutex);
    *memory = leash::emulator::allocate(bytes, current_device);
    return result(*memory != nullptr ? cudaSuccess : cudaErrorMemoryAllocation);
}

cudaError_t cudaFree(void* memory) {
    const Lock lock(mutex);
    const cudaError_t error = work_off_all();
    if (memory != nullptr && !leash::emulator::free_allocation(memory)) return result(cudaErrorInvalidValue);
    return result(error);
}

cudaError_t cudaMallocHost(void** memory, size_t bytes) {
    const Lock lock(mutex);
    *memory = bytes > leash::emulator::kDeviceBytes ? nullptr : std::aligned_alloc(256, (bytes + 255) / 256 * 256);
    if (*memory == nullptr) return result(cudaErrorMemoryAllocation);
    host_memory.push_back(*memory);
    return result(cudaSuccess);
}

cudaError_t cudaFreeHost(void* memory) {
    const Lock lock(mutex);
    if (memory == nullptr) return result(cudaSuccess);
    const auto at = std::find(host_memory.begin(), host_memory.end(), memory);
    if (at == host_memory.end()) return result(cudaErrorInvalidValue);
    host_memory.erase(at);
    std::free(memory);
    return result(cudaSuccess);
}

cudaError_t cudaStreamCreate(cudaStream_t* stream) {
    const Lock lock(mutex);
    *stream = new EmulatedStream{current_device, {}};
    streams.push_back(*stream);
    return result(cudaSuccess);
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) { return cudaStreamCreate(stream); }

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
    const Lock lock(mutex);
    const cudaError_t error = work_off(*stream, nullptr);
    streams.erase(std::find(streams.begin(), streams.end(), stream));
    delete stream;
    return error;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
    const Lock lock(mutex);
    return work_off(stream_of(stream), nullptr);
}

cudaError_t cudaEventCreate(cudaEvent_t* event) {
    const Lock lock(mutex);
    *event = new EmulatedEvent;
    return result(cudaSuccess);
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
    const Lock lock(mutex);
    delete event;
    return result(cudaSuccess);
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
    const Lock lock(mutex);
    const auto moment = std::make_shared<Moment>(Moment{&stream_of(stream), false, {}});
    event->last = moment;
    stream_of(stream).work.push_back([moment] {
        moment->reached = true;
        moment->time = std::chrono::steady_clock::now();
        return cudaSuccess;
    });
    return result(cudaSuccess);
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
    const Lock lock(mutex);
    if (event->last == nullptr) return result(cudaSuccess);
    stream_of(stream).work.push_back([moment = event->last] {
        return moment->reached ? cudaSuccess : work_off(*moment->stream, moment.get());
    });
    return result(cudaSuccess);
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
    const Lock lock(mutex);
    if (event->last == nullptr || event->last->reached) return result(cudaSuccess);
    return work_off(*event->last->stream, event->last.get());
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t begin, cudaEvent_t end) {
    const Lock lock(mutex);
    if (begin->last == nullptr || end->last == nullptr) return result(cudaErrorInvalidResourceHandle);
    if (!begin->last->reached || !end->last->reached) return result(cudaErrorNotReady);
    *milliseconds = std::chrono::duration<float, std::milli>(end->last->time - begin->last->time).count();
    return result(cudaSuccess);
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
    const Lock lock(mutex);
    const bool to_device = kind != cudaMemcpyDeviceToHost;
    const bool from_device = kind != cudaMemcpyHostToDevice;
    if (bytes == 0) return result(cudaSuccess);
    if (to_device != leash::emulator::is_device_memory(to, bytes) ||
        from_device != leash::emulator::is_device_memory(from, bytes)) {
        return result(cudaErrorInvalidValue);
    }
    stream_of(stream).work.push_back([=] {
        memmove(to, from, bytes);
        return cudaSuccess;
    });
    return result(cudaSuccess);
}

cudaError_t cudaMemsetAsync(void* memory, int byte, size_t bytes, cudaStream_t stream) {
    const Lock lock(mutex);
    if (bytes == 0) return result(cudaSuccess);
    if (!leash::emulator::is_device_memory(memory, bytes)) return result(cudaErrorInvalidValue);
    stream_of(stream).work.push_back([=] {
        memset(memory, byte, bytes);
        return cudaSuccess;
    });
    return result(cudaSuccess);
}

cudaError_t cudaFuncSetAttribute(const void* function, cudaFuncAttribute attribute, int value) {
    const Lock lock(mutex);
    if (attribute == cudaFuncAttributeNonPortableClusterSizeAllowed) {
        any_cluster_allowed[function] = value != 0;
        return result(cudaSuccess);
    }
    if (value < 0 || static_cast<size_t>(value) > kSharedBytes[current_device]) return result(cudaErrorInvalidValue);
    shared_allowed[function] = static_cast<size_t>(value);
    return result(cudaSuccess);
}

namespace {

unsigned cluster_of(const cudaLaunchConfig_t& config) {
    for (unsigned i = 0; i < config.numAttrs; i++) {
        if (config.attrs[i].id == cudaLaunchAttributeClusterDimension) return config.attrs[i].val.clusterDim.x;
    }
    return 1;
}

unsigned most_cluster(const void* function, int device) {
    return any_cluster_allowed[function] ? kClusters[device] : kClusterWithoutAsking;
}

}  // namespace

cudaError_t cudaOccupancyMaxActiveClusters(int* clusters, const void* function, const cudaLaunchConfig_t* config) {
    const Lock lock(mutex);
    const unsigned cluster = cluster_of(*config);
    if (cluster > kClusterWithoutAsking && !any_cluster_allowed[function]) return result(cudaErrorInvalidConfiguration);
    *clusters = cluster <= kClusters[current_device] ? 1 : 0;
    return result(cudaSuccess);
}

cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config, const void* function, void** arguments) {
    const Lock lock(mutex);
    EmulatedStream& stream = stream_of(config->stream);
    const unsigned cluster = cluster_of(*config);
    const unsigned grid = config->gridDim.x;
    const unsigned threads = config->blockDim.x;
    const size_t shared_bytes = config->dynamicSmemBytes;
    const size_t allowed = std::max(kSharedWithoutAsking, shared_allowed[function]);
    if (grid == 0 || threads == 0 || threads > leash::emulator::kMaxThreads || cluster == 0 ||
        cluster > most_cluster(function, stream.device) || grid % cluster != 0 || shared_bytes > kSharedBytes[stream.device] ||
        shared_bytes > allowed || config->gridDim.y != 1 || config->gridDim.z != 1 || config->blockDim.y != 1 ||
        config->blockDim.z != 1) {
        return result(cudaErrorInvalidConfiguration);
    }
    const auto& entry = *static_cast<const leash::emulator::Entry*>(function);
    const auto* const bytes = static_cast<const unsigned char*>(arguments[0]);
    std::vector<unsigned char> parameters(bytes, bytes + entry.parameter_bytes);
    stream.work.push_back([=, &entry, &stream, parameters = std::move(parameters)] {
        execution.device = stream.device;
        return leash::emulator::run(entry, parameters.data(), grid, threads, cluster, shared_bytes) ? cudaSuccess
                                                                                                      : cudaErrorLaunchFailure;
    });
    return result(cudaSuccess);
}

cudaError_t cudaGetLastError() {
    const Lock lock(mutex);
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
        case cudaErrorInsufficientDriver:
            return "CUDA driver version is insufficient for CUDA runtime version";
        case cudaErrorNoDevice:
            return "no CUDA-capable device is detected";
        case cudaErrorInvalidDevice:
            return "invalid device ordinal";
        case cudaErrorInvalidResourceHandle:
            return "invalid resource handle";
        case cudaErrorNotReady:
            return "device not ready";
        case cudaErrorLaunchFailure:
            return leash::emulator::last_fault().c_str();
    }
    return "unknown error";
}
