#include "device/cuda_context.h"

#include <dlfcn.h>

#include <map>
#include <memory>

#include "device/status.h"

namespace leash::cuda {

namespace {

// The driver's library is not linked, as machines without a GPU lack it, but the runtime API has loaded it; cuda.h has macros for
// versions of functions, which make the names of its symbols.
#ifdef LEASH_EMULATED
#define LEASH_DRIVER_FUNCTION(name) (&name)
#else
void* symbol(const char* name) {
    void* const library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    void* const found = library != nullptr ? dlsym(library, name) : nullptr;
    if (found == nullptr) fail(LEASH_ERROR_UNAVAILABLE, "NVIDIA's driver lacks %s; update the driver", name);
    return found;
}
#define LEASH_NAME_OF(name) #name
#define LEASH_DRIVER_SYMBOL(name) symbol(LEASH_NAME_OF(name))
#define LEASH_DRIVER_FUNCTION(name) (reinterpret_cast<decltype(&name)>(LEASH_DRIVER_SYMBOL(name)))
#endif

struct Driver {
    decltype(&cuDeviceGet) const device_get = LEASH_DRIVER_FUNCTION(cuDeviceGet);
    decltype(&cuDevicePrimaryCtxRetain) const retain_primary = LEASH_DRIVER_FUNCTION(cuDevicePrimaryCtxRetain);
    decltype(&cuCtxPushCurrent) const push = LEASH_DRIVER_FUNCTION(cuCtxPushCurrent);
    decltype(&cuCtxPopCurrent) const pop = LEASH_DRIVER_FUNCTION(cuCtxPopCurrent);
    decltype(&cuStreamGetCtx) const context_of_stream = LEASH_DRIVER_FUNCTION(cuStreamGetCtx);
};

const Driver& driver() {
    static const Driver functions;
    return functions;
}

void check(CUresult result, const char* what) {
    if (result != CUDA_SUCCESS) fail(LEASH_ERROR_UNAVAILABLE, "%s: CUDA error %d", what, static_cast<int>(result));
}

}  // namespace

CudaContext& CudaContext::of(int ordinal) {
    static std::mutex& mutex = *new std::mutex;
    static auto& contexts = *new std::map<int, std::unique_ptr<CudaContext>>;
    const std::lock_guard<std::mutex> lock(mutex);
    std::unique_ptr<CudaContext>& context = contexts[ordinal];
    if (context == nullptr) context = std::make_unique<CudaContext>(ordinal);
    return *context;
}

CudaContext::CudaContext(int ordinal) {
    CUdevice device = 0;
    check(driver().device_get(&device, ordinal), "cuDeviceGet");
    check(driver().retain_primary(&handle_, device), "cuDevicePrimaryCtxRetain");
}

bool CudaContext::owns(cudaStream_t stream) const {
    CUcontext context = nullptr;
    return driver().context_of_stream(stream, &context) == CUDA_SUCCESS && context == handle_;
}

cudaError_t CudaContext::allow(const Launch& launch) {
    constexpr uint32_t kSharedBytes = 48 << 10;
    const void* const function = launch.kernel.function;
    const std::lock_guard<std::mutex> lock(mutex_);
    Allowed& allowed = kernels_.try_emplace(function, Allowed{kSharedBytes, kPortableCluster}).first->second;
    if (launch.shared_bytes > allowed.shared_bytes) {
        const auto bytes = static_cast<int>(launch.shared_bytes);
        const cudaError_t error = cudaFuncSetAttribute(function, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes);
        if (error != cudaSuccess) return error;
        allowed.shared_bytes = launch.shared_bytes;
    }
    if (launch.cluster > allowed.cluster) {
        const cudaError_t error = cudaFuncSetAttribute(function, cudaFuncAttributeNonPortableClusterSizeAllowed, 1);
        if (error != cudaSuccess) return error;
        allowed.cluster = launch.cluster;
    }
    return cudaSuccess;
}

Entered::Entered(const CudaContext& context) : result_(driver().push(context.handle_)) {
    (void)cudaThreadExchangeStreamCaptureMode(&mode_);
}

Entered::~Entered() {
    (void)cudaThreadExchangeStreamCaptureMode(&mode_);
    CUcontext left = nullptr;
    if (result_ == CUDA_SUCCESS) (void)driver().pop(&left);
}

void Entered::check() const { cuda::check(result_, "cuCtxPushCurrent"); }

}  // namespace leash::cuda
