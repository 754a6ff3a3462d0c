// A CUDA device: one stream of a GPU, with its workspace and its log of calls.
//
// Every function locks the device's mutex, fails if the GPU has been lost, and enters the GPU's context until it returns, so that any
// thread may use any device and finds its own current device as it was.
//
// A call of a size seen before neither allocates nor waits: the launch copies the parameters, and the workspace and the log are kept.
// It may also be captured into a graph, which holds the addresses of a workspace and of a slot of the log; both stay the graph's.
#include <cuda_runtime.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "device/call_log.h"
#include "device/cuda_context.h"
#include "device/cuda_device.h"
#include "device/cuda_errors.h"
#include "device/cuda_resources.h"
#include "measure/gpu_kernels.h"
#include "cuda/host/choices.h"
#include "cuda/host/plan.h"
#include "cuda/variants/resident.cuh"
#include "measure/sensors.h"

namespace leash::cuda {

namespace {

struct CudaEvent final : leash_event {
    CudaEvent(leash_device* of, const CudaContext& in, cudaEvent_t made) : leash_event(of), context(in), event(made) {}
    ~CudaEvent() override {
        const Entered entered(context);
        (void)succeeded(cudaEventDestroy(event));
    }

    const CudaContext& context;  // which outlives the device
    const cudaEvent_t event;
    bool is_captured = false;  // into a graph, at its last recording
};

int compute_capability(const cudaDeviceProp& properties) { return properties.major * 10 + properties.minor; }

// Longer than it takes to enqueue a launch between two events.
constexpr int64_t kHoldNs = 30000;

// Major numbers of the compute capabilities for which this library was built, by default 8, 9 and 10. The code also runs on later
// devices with the same major number.
constexpr int kMajors[] = {LEASH_GPU_MAJORS};

// From which major number on the driver compiles kernels for devices without machine code; 0: never.
constexpr int kPtxMajor = LEASH_GPU_PTX_MAJOR;

bool has_code(const cudaDeviceProp& properties) {
    return (kPtxMajor != 0 && properties.major >= kPtxMajor) ||
           std::find(std::begin(kMajors), std::end(kMajors), properties.major) != std::end(kMajors);
}

// "8.x, 9.x or 10.x", or "8.x, 9.x, 10.x or later"
std::string supported() {
    std::string text;
    for (const int& major : kMajors) {
        if (&major != kMajors) text += kPtxMajor == 0 && &major + 1 == std::end(kMajors) ? " or " : ", ";
        text += std::to_string(major) + ".x";
    }
    return kPtxMajor == 0 ? text : text + " or later";
}

// A launch as the runtime takes it.
struct Configuration {
    Configuration(const Launch& launch, cudaStream_t stream) {
        cluster.id = cudaLaunchAttributeClusterDimension;
        cluster.val.clusterDim = {launch.cluster, 1, 1};
        config.gridDim = dim3(launch.blocks);
        config.blockDim = dim3(launch.threads);
        config.dynamicSmemBytes = launch.shared_bytes;
        config.stream = stream;
        config.attrs = &cluster;
        config.numAttrs = launch.cluster > 1 ? 1 : 0;
    }
    Configuration(const Configuration&) = delete;
    Configuration& operator=(const Configuration&) = delete;

    cudaLaunchAttribute cluster = {};
    cudaLaunchConfig_t config = {};
};

// The most blocks of a cluster of a GPU, which may be too small a part of one for more than the portable number: whether it can
// hold such a cluster, in the kernel with most registers and with half of a multiprocessor's shared memory for each block.
int32_t max_cluster(DeviceLimits limits, CudaContext& context) {
    limits.max_cluster = Resident::kMaxCluster;
    const int64_t vocab = std::max<int64_t>(Resident::room_for_two(limits) / 4, 1) * limits.max_cluster;
    leash_policy_gradient_args args = {};
    args.rows.logits = {nullptr, 1, vocab, vocab, LEASH_F32, 0};
    const Selection selection = {index_of(LEASH_POLICY_GRADIENT, "resident"), limits.max_cluster};
    const Launch launch = cuda::plan(selection, &args, limits, nullptr, nullptr).launch[0];
    const Configuration configuration(launch, nullptr);
    int clusters = 0;
    const bool is_possible =
        succeeded(context.allow(launch)) &&
        succeeded(cudaOccupancyMaxActiveClusters(&clusters, launch.kernel.function, &configuration.config)) && clusters > 0;
    return is_possible ? limits.max_cluster : static_cast<int32_t>(kPortableCluster);
}

DeviceLimits limits_of(const cudaDeviceProp& properties, CudaContext& context) {
    DeviceLimits limits = {compute_capability(properties), static_cast<int64_t>(properties.sharedMemPerBlockOptin), 0};
    if (limits.compute_capability >= Resident::kTraits.min_compute_capability) limits.max_cluster = max_cluster(limits, context);
    return limits;
}

class CudaDevice final : public leash_device {
  public:
    // In the context.
    CudaDevice(int ordinal, const cudaDeviceProp& properties, CudaContext& context, cudaStream_t stream)
        : ordinal_(ordinal),
          properties_(properties),
          context_(context),
          limits_(limits_of(properties, context)),
          stream_(context, stream),
          log_(context, stream_.get()) {}

    int32_t kind() const override { return LEASH_DEVICE_CUDA; }
    void get_properties(leash_device_properties* properties) override;
    void close() override;
    void synchronize() override;
    void* stream() override { return stream_.get(); }
    void* allocate(int64_t bytes) override;
    void free(void* memory) override;
    void* allocate_host(int64_t bytes) override;
    void free_host(void* memory) override;
    void copy(void* to, const void* from, int64_t bytes, int32_t direction, bool wait) override;
    void fill(void* memory, int32_t byte_value, int64_t bytes) override;
    std::unique_ptr<leash_event> create_event() override;
    void record(leash_event& event) override;
    void wait(leash_event& event) override;
    double elapsed_ns(leash_event& begin, leash_event& end) override;
    void run(int32_t operation, int32_t variant, const void* args, const leash_rows& rows) override;
    void plan(int32_t operation, int32_t variant, const void* args, const leash_rows& rows, leash_plan* plan) override;
    void measure_ceiling(int32_t variant, leash_ceiling_args* args) override;
    void hold(int64_t nanoseconds) override;
    void read_sensors(leash_block* block) override;

  private:
    struct Workspace {
        void* memory = nullptr;
        int64_t bytes = 0;
    };

    // To be held by every function that uses the GPU.
    class Use {
      public:
        explicit Use(CudaDevice& device) : lock_(device.mutex_), entered_(device.context_) {
            if (!device.lost_.empty()) fail(LEASH_ERROR_DEVICE_LOST, "%s", device.lost_.c_str());
            entered_.check();
        }

      private:
        const std::lock_guard<std::mutex> lock_;
        const Entered entered_;
    };

    void checked(cudaError_t error, const char* what) {
        if (error != cudaSuccess) failed(error, what);
    }
    [[noreturn]] void failed(cudaError_t error, const char* what);
    void wait_for_stream();
    // The id of the capture of the stream, if there is one.
    std::optional<unsigned long long> capture();
    // Fails during a capture of the stream, before CUDA invalidates it for what `call` does.
    void refuse_capture(const char* call);
    Plan planned(Launcher launcher, int32_t operation, int32_t variant, const void* args, const leash_rows& rows,
                 Selection* selection);
    void* workspace(int64_t bytes, const std::optional<unsigned long long>& capture);
    void launch(const Launch& launch);
    cudaEvent_t created_event();
    double elapsed(const CudaEvent& begin, const CudaEvent& end);

    const int ordinal_;
    const cudaDeviceProp properties_;
    CudaContext& context_;
    const DeviceLimits limits_;
    std::mutex mutex_;
    std::string lost_;  // the message after the GPU has been lost, else ""
    const Stream stream_;
    CallLog log_;
    Workspace workspace_;
    Workspace captured_workspace_;
    std::optional<unsigned long long> captured_;  // the capture that it is for
    // All workspaces of the device, as plans and graphs hold their addresses.
    std::vector<std::unique_ptr<DeviceMemory>> kept_;
    std::unique_ptr<Sensors> sensors_;  // opened on first use
};

// An error that CUDA keeps returning stems from an earlier call, and the GPU is lost.
void CudaDevice::failed(cudaError_t error, const char* what) {
    (void)cudaGetLastError();
    const bool stays = !succeeded(cudaFree(nullptr));
    if (!stays) {
        fail(error == cudaErrorMemoryAllocation ? LEASH_ERROR_OUT_OF_MEMORY
             : error == cudaErrorInvalidValue   ? LEASH_ERROR_INVALID_ARGUMENT
                                                : LEASH_ERROR_INTERNAL,
             "%s on CUDA device %d: error %d (%s)", what, ordinal_, static_cast<int>(error), cudaGetErrorString(error));
    }
    lost_ = "CUDA device " + std::to_string(ordinal_) + " is lost: error " + std::to_string(error) + " (" +
            cudaGetErrorString(error) + ") in " + log_.describe() +
            ". This process cannot use it again; restart the process, with CUDA_LAUNCH_BLOCKING=1 in the environment to identify "
            "the call";
    fail(LEASH_ERROR_DEVICE_LOST, "%s", lost_.c_str());
}

void CudaDevice::get_properties(leash_device_properties* properties) {
    properties->kind = LEASH_DEVICE_CUDA;
    properties->ordinal = ordinal_;
    properties->threads = 0;
    properties->compute_capability = limits_.compute_capability;
    properties->memory_bytes = static_cast<int64_t>(properties_.totalGlobalMem);
    properties->last_level_cache_bytes = properties_.l2CacheSize;
    properties->shared_bytes_per_block = limits_.shared_bytes_per_block;
    properties->multiprocessors = properties_.multiProcessorCount;
    int version = 0;
    (void)succeeded(cudaDriverGetVersion(&version));
    properties->driver_version = version;
    properties->max_cluster = limits_.max_cluster;
    properties->reserved = 0;
    std::snprintf(properties->name, sizeof properties->name, "%.127s", properties_.name);
    std::snprintf(properties->instruction_sets, sizeof properties->instruction_sets, "sm_%d", limits_.compute_capability);
}

void CudaDevice::close() {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!lost_.empty()) return;
    }
    synchronize();
}

void CudaDevice::wait_for_stream() {
    checked(log_.collect(), "cudaMemcpyAsync");
    checked(cudaStreamSynchronize(stream_.get()), "cudaStreamSynchronize");
    checked(log_.read(), "cudaMemsetAsync");
}

std::optional<unsigned long long> CudaDevice::capture() {
    cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
    unsigned long long id = 0;
    checked(cudaStreamGetCaptureInfo(stream_.get(), &status, &id), "cudaStreamGetCaptureInfo");
    return status == cudaStreamCaptureStatusNone ? std::nullopt : std::make_optional(id);
}

void CudaDevice::refuse_capture(const char* call) {
    if (!capture().has_value()) return;
    fail(LEASH_ERROR_UNSUPPORTED,
         "%s is not possible while the stream of CUDA device %d is captured into a graph; call it before cudaStreamBeginCapture or "
         "after cudaStreamEndCapture",
         call, ordinal_);
}

void CudaDevice::synchronize() {
    const Use use(*this);
    refuse_capture("leash_synchronize");
    wait_for_stream();
    log_.throw_fault();
}

void* CudaDevice::allocate(int64_t bytes) {
    const Use use(*this);
    refuse_capture("leash_allocate");
    void* memory = nullptr;
    const cudaError_t error = cudaMalloc(&memory, static_cast<size_t>(std::max<int64_t>(bytes, 1)));
    if (error == cudaErrorMemoryAllocation) {
        (void)cudaGetLastError();
        size_t left = 0;
        size_t total = 0;
        (void)succeeded(cudaMemGetInfo(&left, &total));
        fail(LEASH_ERROR_OUT_OF_MEMORY, "cannot allocate %lld bytes on CUDA device %d, which has %zu of %zu left",
             static_cast<long long>(bytes), ordinal_, left, total);
    }
    checked(error, "cudaMalloc");
    checked(cudaMemsetAsync(memory, 0, static_cast<size_t>(std::max<int64_t>(bytes, 1)), stream_.get()), "cudaMemsetAsync");
    // Other streams may use the memory, too.
    checked(cudaStreamSynchronize(stream_.get()), "cudaStreamSynchronize");
    return memory;
}

// The memory of a lost GPU is freed with the process.
void CudaDevice::free(void* memory) {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!lost_.empty()) return;
    }
    const Use use(*this);
    refuse_capture("leash_free");
    wait_for_stream();
    checked(cudaFree(memory), "cudaFree");
}

void* CudaDevice::allocate_host(int64_t bytes) {
    const Use use(*this);
    refuse_capture("leash_allocate_host");
    void* memory = nullptr;
    const cudaError_t error = cudaMallocHost(&memory, static_cast<size_t>(std::max<int64_t>(bytes, 1)));
    if (error == cudaErrorMemoryAllocation) {
        (void)cudaGetLastError();
        fail(LEASH_ERROR_OUT_OF_MEMORY, "cannot lock %lld bytes of the host's memory in place", static_cast<long long>(bytes));
    }
    checked(error, "cudaMallocHost");
    std::memset(memory, 0, static_cast<size_t>(bytes));
    return memory;
}

void CudaDevice::free_host(void* memory) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const Entered entered(context_);
    if (!lost_.empty()) {
        (void)succeeded(cudaFreeHost(memory));
        return;
    }
    refuse_capture("leash_free_host");
    checked(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    checked(cudaFreeHost(memory), "cudaFreeHost");
}

void CudaDevice::copy(void* to, const void* from, int64_t bytes, int32_t direction, bool wait) {
    constexpr cudaMemcpyKind kKinds[] = {cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost, cudaMemcpyDeviceToDevice};
    const Use use(*this);
    if (wait) refuse_capture("leash_copy");
    if (direction != LEASH_COPY_DEVICE_TO_DEVICE && capture().has_value()) {
        const void* const on_host = direction == LEASH_COPY_HOST_TO_DEVICE ? from : to;
        cudaPointerAttributes attributes = {};
        checked(cudaPointerGetAttributes(&attributes, on_host), "cudaPointerGetAttributes");
        if (attributes.type == cudaMemoryTypeUnregistered) {
            fail(LEASH_ERROR_UNSUPPORTED,
                 "%s = %p is ordinary host memory, which a graph cannot copy; allocate it with leash_allocate_host",
                 direction == LEASH_COPY_HOST_TO_DEVICE ? "from" : "to", on_host);
        }
    }
    checked(cudaMemcpyAsync(to, from, static_cast<size_t>(bytes), kKinds[direction], stream_.get()), "cudaMemcpyAsync");
    if (wait) wait_for_stream();
}

void CudaDevice::fill(void* memory, int32_t byte_value, int64_t bytes) {
    const Use use(*this);
    checked(cudaMemsetAsync(memory, byte_value, static_cast<size_t>(bytes), stream_.get()), "cudaMemsetAsync");
}

std::unique_ptr<leash_event> CudaDevice::create_event() {
    const Use use(*this);
    return std::make_unique<CudaEvent>(this, context_, created_event());
}

void CudaDevice::record(leash_event& event) {
    const Use use(*this);
    auto& of_cuda = static_cast<CudaEvent&>(event);
    const bool is_captured = capture().has_value();
    checked(cudaEventRecord(of_cuda.event, stream_.get()), "cudaEventRecord");
    of_cuda.is_captured = is_captured;
}

void CudaDevice::wait(leash_event& event) {
    const auto* const of_cuda = dynamic_cast<CudaEvent*>(&event);
    if (of_cuda == nullptr) return;  // of a CPU, which has reached it
    const Use use(*this);
    if (!of_cuda->is_captured && capture().has_value()) {
        fail(LEASH_ERROR_UNSUPPORTED,
             "event was recorded before the capture of the stream of CUDA device %d into a graph, which cannot wait for it; wait for it "
             "before cudaStreamBeginCapture",
             ordinal_);
    }
    checked(cudaStreamWaitEvent(stream_.get(), of_cuda->event, 0), "cudaStreamWaitEvent");
}

double CudaDevice::elapsed_ns(leash_event& begin, leash_event& end) {
    const Use use(*this);
    const auto& from = static_cast<CudaEvent&>(begin);
    const auto& to = static_cast<CudaEvent&>(end);
    if (from.is_captured || to.is_captured) {
        fail(LEASH_ERROR_UNSUPPORTED, "%s was recorded into a graph and has no time; record it outside of a capture",
             from.is_captured ? "begin" : "end");
    }
    return elapsed(from, to);
}

cudaEvent_t CudaDevice::created_event() {
    cudaEvent_t event = nullptr;
    checked(cudaEventCreate(&event), "cudaEventCreate");
    return event;
}

double CudaDevice::elapsed(const CudaEvent& begin, const CudaEvent& end) {
    float milliseconds = 0;
    checked(cudaEventSynchronize(end.event), "cudaEventSynchronize");
    checked(cudaEventElapsedTime(&milliseconds, begin.event, end.event), "cudaEventElapsedTime");
    return static_cast<double>(milliseconds) * 1e6;
}

void* CudaDevice::workspace(int64_t bytes, const std::optional<unsigned long long>& capture) {
    // A graph may be replayed beside the calls of the stream, and beside other graphs, but its own calls run in their order.
    if (capture.has_value() && capture != captured_) {
        captured_ = capture;
        captured_workspace_ = {};
    }
    Workspace& current = capture.has_value() ? captured_workspace_ : workspace_;
    if (bytes <= current.bytes) return current.memory;
    // The smaller ones are kept, but all of them together take no more than the largest.
    int64_t most = std::max(bytes, 2 * current.bytes);
    void* memory = nullptr;
    cudaError_t error = cudaMalloc(&memory, static_cast<size_t>(most));
    if (error == cudaErrorMemoryAllocation && most > bytes) {
        (void)cudaGetLastError();
        most = bytes;
        error = cudaMalloc(&memory, static_cast<size_t>(most));
    }
    checked(error, "cudaMalloc of the call's workspace");
    kept_.push_back(std::make_unique<DeviceMemory>(context_, memory));
    current = {memory, most};
    return memory;
}

Plan CudaDevice::planned(Launcher launcher, int32_t operation, int32_t variant, const void* args, const leash_rows& rows,
                         Selection* selection) {
    *selection = variant == kAnyVariant ? choose(operation, rows, limits_).selection : Selection{variant, 0};
    const std::string refused = refusal(*selection, rows, limits_);
    if (!refused.empty()) fail(LEASH_ERROR_UNSUPPORTED, "%s", refused.c_str());
    const std::optional<unsigned long long> capture = this->capture();
    void* const own = workspace(workspace_bytes(*selection, rows), capture);
    if (capture.has_value() && launcher == Launcher::kDevice) launcher = Launcher::kGraph;
    return cuda::plan(*selection, args, limits_, log_.add(launcher, selection->index, rows), own);
}

void CudaDevice::launch(const Launch& launch) {
    checked(context_.allow(launch), "cudaFuncSetAttribute");
    const Configuration configuration(launch, stream_.get());
    void* arguments[] = {const_cast<unsigned char*>(launch.parameters)};
    checked(cudaLaunchKernelExC(&configuration.config, launch.kernel.function, arguments), launch.kernel.name);
}

void CudaDevice::run(int32_t operation, int32_t variant, const void* args, const leash_rows& rows) {
    const Use use(*this);
    Selection selection = {};
    const Plan plan = planned(Launcher::kDevice, operation, variant, args, rows, &selection);
    for (int i = 0; i < plan.launches; i++) launch(plan.launch[i]);
}

void CudaDevice::plan(int32_t operation, int32_t variant, const void* args, const leash_rows& rows, leash_plan* out) {
    const Use use(*this);
    Selection selection = {};
    const Plan plan = planned(Launcher::kProgram, operation, variant, args, rows, &selection);
    out->variant = selection.index;
    out->launches = plan.launches;
    for (int i = 0; i < plan.launches; i++) {
        const Launch& from = plan.launch[i];
        leash_launch& to = out->launch[i];
        to.kernel = from.kernel.name;
        to.blocks = from.blocks;
        to.threads = from.threads;
        to.cluster = from.cluster;
        to.shared_bytes = from.shared_bytes;
        to.parameter_bytes = from.parameter_bytes;
        to.reserved = 0;
        std::memcpy(to.parameter, from.parameters, from.parameter_bytes);
    }
}

void CudaDevice::measure_ceiling(int32_t, leash_ceiling_args* args) {
    if (args->kind == LEASH_CEILING_EXP) {
        fail(LEASH_ERROR_UNSUPPORTED, "LEASH_CEILING_EXP is for CPU devices: on a GPU memory is the limit");
    }
    const Use use(*this);
    refuse_capture("leash_measure_ceiling");
    wait_for_stream();
    CudaEvent begin(this, context_, created_event());
    CudaEvent end(this, context_, created_event());
    std::vector<double> nanoseconds;
    for (int32_t i = 0; i < args->repetitions; i++) {
        launch(hold_launch(kHoldNs));
        checked(cudaEventRecord(begin.event, stream_.get()), "cudaEventRecord");
        launch(ceiling_launch(args->kind, args->memory, args->bytes, properties_.multiProcessorCount, i));
        checked(cudaEventRecord(end.event, stream_.get()), "cudaEventRecord");
        nanoseconds.push_back(elapsed(begin, end));
    }
    std::sort(nanoseconds.begin(), nanoseconds.end());
    args->best_ns = nanoseconds.front();
    args->median_ns = nanoseconds[nanoseconds.size() / 2];
}

void CudaDevice::hold(int64_t nanoseconds) {
    const Use use(*this);
    launch(hold_launch(nanoseconds));
}

void CudaDevice::read_sensors(leash_block* block) {
    const Use use(*this);
    if (sensors_ == nullptr) {
        char bus_id[32] = "";
        (void)succeeded(cudaDeviceGetPCIBusId(bus_id, sizeof bus_id, ordinal_));
        sensors_ = std::make_unique<Sensors>(bus_id);
    }
    sensors_->read(block);
}

// The GPUs of this machine, queried once.
struct Found {
    int devices = 0;
    std::string missing;
    int best = 0;  // compute capability

    Found() {
        const cudaError_t error = cudaGetDeviceCount(&devices);
        if (!succeeded(error) || devices == 0) {
            devices = 0;
            int version = 0;
            if (!succeeded(cudaDriverGetVersion(&version))) version = 0;
            missing = missing_device(error, version);
            return;
        }
        for (int i = 0; i < devices; i++) {
            cudaDeviceProp properties = {};
            if (succeeded(cudaGetDeviceProperties(&properties, i)) && has_code(properties)) {
                best = std::max(best, compute_capability(properties));
            }
        }
        if (best == 0) missing = "no GPU here has compute capability " + supported() + ", which this library is built for; use one that has";
    }
};

const Found& found() {
    static const Found instance;
    return instance;
}

}  // namespace

int device_count() {
    if (found().devices == 0) fail(LEASH_ERROR_UNAVAILABLE, "CUDA is not available: %s", found().missing.c_str());
    return found().devices;
}

std::unique_ptr<leash_device> open(int ordinal, void* stream) {
    const int devices = device_count();
    if (ordinal < 0 || ordinal >= devices) {
        fail(LEASH_ERROR_UNAVAILABLE, "CUDA device %d does not exist; use one from 0 to %d", ordinal, devices - 1);
    }
    cudaDeviceProp properties = {};
    check(cudaGetDeviceProperties(&properties, ordinal), "cudaGetDeviceProperties");
    if (!has_code(properties)) {
        fail(LEASH_ERROR_UNAVAILABLE, "CUDA device %d (%s) has compute capability %d.%d; use one that has %s", ordinal, properties.name,
             properties.major, properties.minor, supported().c_str());
    }
    CudaContext& context = CudaContext::of(ordinal);
    const Entered entered(context);
    entered.check();
    if (stream != nullptr && !context.owns(static_cast<cudaStream_t>(stream))) {
        fail(LEASH_ERROR_INVALID_ARGUMENT,
             "stream = %p is not of the primary context of CUDA device %d; pass one that was created on this device", stream, ordinal);
    }
    return std::make_unique<CudaDevice>(ordinal, properties, context, static_cast<cudaStream_t>(stream));
}

const char* missing_for(int compute_capability) {
    if (!found().missing.empty()) return found().missing.c_str();
    static const std::string needs_hopper = "needs compute capability 9.0; the best GPU here has " +
                                            std::to_string(found().best / 10) + "." + std::to_string(found().best % 10);
    return found().best < compute_capability ? needs_hopper.c_str() : "";
}

}  // namespace leash::cuda
