// The emulator itself: every kind of fault that it is there to find, planted in a small kernel, has to be reported with its
// kernel, block and thread; the same kernel without the fault has to pass under every schedule.
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "gpu.h"
#include "harness.h"

using namespace leash::gpu;

namespace {

struct Parameters {
    const float* in;
    float* out;
    int count;
};

constexpr unsigned kThreads = 64;

float* shared_floats() { return reinterpret_cast<float*>(shared_memory()); }

template <bool kFaulty>
__global__ void exchange(const Parameters p) {
    float* const shared = shared_floats();
    const unsigned t = threadIdx.x;
    shared[t] = p.in[blockIdx.x * kThreads + t];
    if (!kFaulty) __syncthreads();
    p.out[blockIdx.x * kThreads + t] = shared[kThreads - 1 - t];
}

template <bool kFaulty>
__global__ void overwrite(const Parameters p) {
    float* const shared = shared_floats();
    const unsigned t = threadIdx.x;
    shared[t] = p.in[t];
    __syncthreads();
    const float other = shared[t ^ 1];
    if (!kFaulty) __syncthreads();
    shared[t] = other;
    p.out[t] = shared[t];
}

template <bool kFaulty>
__global__ void write_shared(const Parameters p) {
    float* const shared = shared_floats();
    shared[threadIdx.x + (kFaulty ? 1 : 0)] = 1;
    p.out[threadIdx.x] = 1;
}

template <bool kFaulty>
__global__ void read_global(const Parameters p) {
    const int i = static_cast<int>(threadIdx.x) + (kFaulty ? 1 : 0);
    p.out[threadIdx.x] = i < p.count || kFaulty ? p.in[i] : 0;
}

template <bool kFaulty>
__global__ void vector_read(const Parameters p) {
    if (threadIdx.x != 0) return;
    const Bits128 v = load_once(p.in + (kFaulty ? 1 : 4));
    memcpy(p.out, &v, sizeof(float));
}

template <bool kFaulty>
__global__ void not_initialised(const Parameters p) {
    float* const shared = shared_floats();
    if (!kFaulty || threadIdx.x != 5) shared[threadIdx.x] = 2;
    p.out[threadIdx.x] = shared[threadIdx.x];
}

template <bool kFaulty>
__global__ void shuffle_mask(const Parameters p) {
    const unsigned t = threadIdx.x;
    if (t >= 16) return;
    p.out[t] = __shfl_sync(kFaulty ? 0xffffffffu : 0x0000ffffu, p.in[t], 3);
}

template <bool kFaulty>
__global__ void shuffle_source(const Parameters p) {
    const unsigned t = threadIdx.x;
    if (t >= 16) return;
    p.out[t] = __shfl_sync(0x0000ffffu, p.in[t], kFaulty ? 16 : 15);
}

template <bool kFaulty>
__global__ void divergent_barrier(const Parameters p) {
    if (!kFaulty || threadIdx.x != 7) __syncthreads();
    p.out[threadIdx.x] = 1;
}

template <bool kFaulty>
__global__ void warp_exchange(const Parameters p) {
    float* const shared = shared_floats();
    const unsigned t = threadIdx.x;
    shared[t] = p.in[t];
    if (!kFaulty) __syncwarp();
    p.out[t] = shared[t ^ 1];
}

template <bool kFaulty>
__global__ void cluster_exchange(const Parameters p) {
    float* const shared = shared_floats();
    const unsigned t = threadIdx.x;
    shared[t] = static_cast<float>(cluster_rank());
    if (kFaulty) {
        __syncthreads();
    } else {
        cluster_sync();
    }
    p.out[blockIdx.x * kThreads + t] = *peer(shared + t, (cluster_rank() + 1) % cluster_size());
    cluster_sync();
}

template <bool kFaulty>
__global__ void peer_has_ended(const Parameters p) {
    float* const shared = shared_floats();
    shared[threadIdx.x] = p.in[threadIdx.x];
    cluster_sync();
    if (cluster_rank() == 0) {
        // Long enough for the other block to end under any schedule.
        for (int i = 0; i < 4; i++) __syncthreads();
        p.out[threadIdx.x] = *peer(shared + threadIdx.x, 1);
    }
    if (!kFaulty) cluster_sync();
}

template <bool kFaulty>
__global__ void blocks_race(const Parameters p) {
    p.out[kFaulty ? threadIdx.x : blockIdx.x * kThreads + threadIdx.x] = 1;
}

// Shared memory of the kernels with bulk copies: 64 floats, then a barrier.
Barrier* barrier_of() { return reinterpret_cast<Barrier*>(shared_memory() + kThreads * sizeof(float)); }
constexpr unsigned kBulkBytes = kThreads * sizeof(float);

void init_barrier() {
    if (threadIdx.x == 0) {
        barrier_init(barrier_of(), 1);
        fence_barrier_init();
    }
    __syncthreads();
}

template <bool kFaulty>
__global__ void bulk_load_wait(const Parameters p) {
    init_barrier();
    if (threadIdx.x == 0) {
        barrier_expect(barrier_of(), kBulkBytes);
        bulk_load(shared_floats(), p.in, kBulkBytes, barrier_of());
    }
    if (!kFaulty || threadIdx.x % 2 == 0) barrier_wait(barrier_of(), 0);
    p.out[threadIdx.x] = shared_floats()[threadIdx.x];
}

template <bool kFaulty>
__global__ void bulk_load_bytes(const Parameters p) {
    init_barrier();
    if (threadIdx.x == 0) {
        barrier_expect(barrier_of(), kBulkBytes + (kFaulty ? 16 : 0));
        bulk_load(shared_floats(), p.in, kBulkBytes, barrier_of());
    }
    barrier_wait(barrier_of(), 0);
    p.out[threadIdx.x] = shared_floats()[threadIdx.x];
}

// Loads twice into the same place.
template <bool kFaulty>
__global__ void refill(const Parameters p) {
    init_barrier();
    for (unsigned round = 0; round < 2; round++) {
        if (threadIdx.x == 0) {
            barrier_expect(barrier_of(), kBulkBytes);
            bulk_load(shared_floats(), p.in + round * kThreads, kBulkBytes, barrier_of());
        }
        barrier_wait(barrier_of(), round);
        p.out[round * kThreads + threadIdx.x] = shared_floats()[kThreads - 1 - threadIdx.x];
        if (!kFaulty) __syncthreads();
    }
}

enum class Store { kRight, kNotFenced, kNotOrdered, kOverwritten, kNotWaitedFor };

template <Store kStore>
__global__ void bulk_store_from(const Parameters p) {
    float* const shared = shared_floats();
    shared[threadIdx.x] = p.in[threadIdx.x];
    if (kStore != Store::kNotFenced) fence_async_shared();
    if (kStore != Store::kNotOrdered) __syncthreads();
    if (threadIdx.x == 0) {
        bulk_store(p.out, shared, kBulkBytes);
        bulk_commit();
        if (kStore == Store::kOverwritten) shared[0] = 7;
        if (kStore != Store::kNotWaitedFor) bulk_wait_read<0>();
    }
}

struct Launched {
    std::string fault;
    std::vector<float> out;
};

Launched launch(const void* kernel, unsigned blocks, unsigned cluster, size_t shared_bytes, uint64_t seed) {
    leash::emulator::reset();
    leash::emulator::set_seed(seed);
    constexpr size_t kCount = 2 * kThreads;
    std::vector<float> in(kCount);
    for (size_t i = 0; i < kCount; i++) in[i] = static_cast<float>(i);
    Launched result = {"", std::vector<float>(kCount, -1)};
    void* device_in = nullptr;
    void* device_out = nullptr;
    CHECK_EQ(cudaMalloc(&device_in, kCount * sizeof(float)), cudaSuccess);
    CHECK_EQ(cudaMalloc(&device_out, kCount * sizeof(float)), cudaSuccess);
    cudaMemcpyAsync(device_in, in.data(), kCount * sizeof(float), cudaMemcpyHostToDevice, nullptr);
    cudaMemsetAsync(device_out, 0, kCount * sizeof(float), nullptr);
    Parameters parameters = {static_cast<const float*>(device_in), static_cast<float*>(device_out), kCount};
    void* arguments[] = {&parameters};
    cudaLaunchAttribute attribute = {cudaLaunchAttributeClusterDimension, {dim3(cluster)}};
    const cudaLaunchConfig_t config = {dim3(blocks), dim3(kThreads), shared_bytes, nullptr, &attribute, 1};
    CHECK_EQ(cudaLaunchKernelExC(&config, kernel, arguments), cudaSuccess);
    cudaMemcpyAsync(result.out.data(), device_out, kCount * sizeof(float), cudaMemcpyDeviceToHost, nullptr);
    CHECK_EQ(result.out[0], -1.0f);  // nothing happens before somebody waits
    const cudaError_t error = cudaStreamSynchronize(nullptr);
    result.fault = leash::emulator::last_fault();
    CHECK_EQ(error == cudaSuccess, result.fault.empty());
    if (error != cudaSuccess) CHECK_EQ(cudaStreamSynchronize(nullptr), cudaErrorLaunchFailure);
    leash::emulator::reset();
    cudaFree(device_in);
    cudaFree(device_out);
    return result;
}

struct Planted {
    const char* name;
    const void* right;
    const void* faulty;
    const char* message;  // "": what is seen first depends on the schedule
    unsigned blocks = 1;
    unsigned cluster = 1;
    size_t shared_bytes = kThreads * sizeof(float);
};

constexpr size_t kWithBarrier = kThreads * sizeof(float) + sizeof(Barrier);

#define PAIR(kernel) #kernel, entry_of<kernel<false>>(), entry_of<kernel<true>>()

std::vector<Planted> planted() {
    const void* const store = entry_of<bulk_store_from<Store::kRight>>();
    return {
        {PAIR(exchange), "reads shared memory at "},
        {PAIR(overwrite), "with no barrier between"},
        {PAIR(write_shared), "writes 4 bytes at offset 256 of the 256 bytes of shared memory"},
        {PAIR(vector_read), "which is not aligned to them"},
        {PAIR(not_initialised), "reads shared memory at "},
        {PAIR(shuffle_mask), "waits in vain for the other lanes of its mask in a shuffle"},
        {PAIR(shuffle_source), "from lane 16, which is not in mask 0x0000ffff"},
        {PAIR(divergent_barrier), "waits in vain for the other threads of its block in __syncthreads"},
        {PAIR(warp_exchange), "reads shared memory at "},
        {PAIR(cluster_exchange), "", 2, 2},
        {PAIR(peer_has_ended), "reads shared memory of block 1 of its cluster, which has ended", 2, 2},
        {PAIR(blocks_race), "with no barrier between", 2},
        {PAIR(bulk_load_wait), "", 1, 1, kWithBarrier},
        {PAIR(bulk_load_bytes), "waits in vain for a barrier with 0 arrivals and 16 bytes to come", 1, 1, kWithBarrier},
        {PAIR(refill), "", 1, 1, kWithBarrier},
        {"bulk_store_from", store, entry_of<bulk_store_from<Store::kNotFenced>>(), "has not fenced"},
        {"bulk_store_from", store, entry_of<bulk_store_from<Store::kNotOrdered>>(), ""},
        {"bulk_store_from", store, entry_of<bulk_store_from<Store::kOverwritten>>(), "that a bulk store is still to read"},
        {"bulk_store_from", store, entry_of<bulk_store_from<Store::kNotWaitedFor>>(), "that it has not waited for"},
    };
}

}  // namespace

TEST(planted_faults_are_reported_under_every_schedule) {
    int reported = 0;
    for (const Planted& each : planted()) {
        for (uint64_t seed = 1; seed <= 10; seed++) {
            const leash::test::Context context(std::string(each.name) + " seed " + std::to_string(seed));
            const std::string fault = launch(each.faulty, each.blocks, each.cluster, each.shared_bytes, seed).fault;
            CHECK(fault.find(std::string("kernel ")) == 0 && fault.find(each.name) != std::string::npos);
            CHECK(fault.find(", block ") != std::string::npos && fault.find(", thread ") != std::string::npos);
            CHECK(fault.find(each.message) != std::string::npos);
            if (fault.find(each.message) == std::string::npos) leash::test::report_failure(__FILE__, __LINE__, fault);
            reported += fault.empty() ? 0 : 1;
        }
    }
    CHECK_EQ(reported, 10 * static_cast<int>(planted().size()));
}

TEST(kernels_without_a_fault_pass_under_every_schedule) {
    for (const Planted& each : planted()) {
        std::vector<float> first;
        for (uint64_t seed = 1; seed <= 50; seed++) {
            const leash::test::Context context(std::string(each.name) + " seed " + std::to_string(seed));
            const Launched launched = launch(each.right, each.blocks, each.cluster, each.shared_bytes, seed);
            CHECK(launched.fault.empty());
            if (!launched.fault.empty()) leash::test::report_failure(__FILE__, __LINE__, launched.fault);
            if (seed == 1) first = launched.out;
            CHECK(launched.out == first);
        }
    }
}

TEST(a_read_past_device_memory_is_reported) {
    leash::emulator::reset();
    void* in = nullptr;
    void* out = nullptr;
    cudaMalloc(&in, kThreads * sizeof(float));
    cudaMalloc(&out, kThreads * sizeof(float));
    Parameters parameters = {static_cast<const float*>(in), static_cast<float*>(out), kThreads};
    void* arguments[] = {&parameters};
    const cudaLaunchConfig_t config = {dim3(1), dim3(kThreads), 0, nullptr, nullptr, 0};
    cudaLaunchKernelExC(&config, entry_of<read_global<true>>(), arguments);
    CHECK_EQ(cudaStreamSynchronize(nullptr), cudaErrorLaunchFailure);
    const std::string fault = leash::emulator::last_fault();
    CHECK(fault.find("thread 63: reads 4 bytes at ") != std::string::npos);
    leash::emulator::reset();
    cudaLaunchKernelExC(&config, entry_of<read_global<false>>(), arguments);
    CHECK_EQ(cudaStreamSynchronize(nullptr), cudaSuccess);
    CHECK(std::isnan(*static_cast<float*>(out)));  // fresh device memory is NaN
    cudaFree(in);
    cudaFree(out);
}

TEST(launches_that_no_gpu_would_take_are_refused) {
    Parameters parameters = {};
    void* arguments[] = {&parameters};
    const void* const kernel = entry_of<exchange<false>>();
    cudaLaunchAttribute three = {cudaLaunchAttributeClusterDimension, {dim3(3)}};
    const cudaLaunchConfig_t wrong[] = {
        {dim3(0), dim3(32), 0, nullptr, nullptr, 0},
        {dim3(1), dim3(1025), 0, nullptr, nullptr, 0},
        {dim3(4), dim3(32), 0, nullptr, &three, 1},
        {dim3(1), dim3(32), 232449, nullptr, nullptr, 0},
        {dim3(1), dim3(32), 49153, nullptr, nullptr, 0},  // more than 48 KiB, without having asked
    };
    for (const cudaLaunchConfig_t& config : wrong) {
        CHECK_EQ(cudaLaunchKernelExC(&config, kernel, arguments), cudaErrorInvalidConfiguration);
        CHECK_EQ(cudaGetLastError(), cudaErrorInvalidConfiguration);
    }
    CHECK_EQ(cudaGetLastError(), cudaSuccess);
    CHECK_EQ(cudaFree(&parameters), cudaErrorInvalidValue);
    cudaGetLastError();
}
