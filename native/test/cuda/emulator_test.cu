// The emulator itself: every kind of fault, planted in a small kernel, must be reported with kernel, block, thread and line; the
// same kernel without the fault must pass under every schedule.
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "cuda/gpu.h"
#include "test/harness.h"

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

constexpr int kLineBeforeOverwrite = __LINE__;
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
    const int first = p.count - static_cast<int>(kThreads) + (kFaulty ? 1 : 0);
    p.out[threadIdx.x] = p.in[first + static_cast<int>(threadIdx.x)];
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
        // Enough time for the other block to end under any schedule.
        for (int i = 0; i < 4; i++) __syncthreads();
        p.out[threadIdx.x] = *peer(shared + threadIdx.x, 1);
    }
    if (!kFaulty) cluster_sync();
}

// Every block writes into the shared memory of block 0.
template <bool kFaulty>
__global__ void cluster_race(const Parameters p) {
    float* const shared = shared_floats();
    *peer(shared + (kFaulty ? 0 : cluster_rank() * kThreads) + threadIdx.x, 0) = static_cast<float>(cluster_rank());
    cluster_sync();
    if (cluster_rank() == 0) p.out[threadIdx.x] = shared[threadIdx.x];
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

// Loads twice into the same memory, which all threads must have read in between.
template <bool kFaulty>
__global__ void refill(const Parameters p) {
    init_barrier();
    for (unsigned round = 0; round < 2; round++) {
        if (threadIdx.x == 0) {
            barrier_expect(barrier_of(), kBulkBytes);
            bulk_load(shared_floats(), p.in + round * kThreads, kBulkBytes, barrier_of());
        }
        barrier_wait(barrier_of(), round);
        if (kFaulty) __syncthreads();
        p.out[round * kThreads + threadIdx.x] = shared_floats()[kThreads - 1 - threadIdx.x];
        if (!kFaulty) __syncthreads();
    }
}

template <bool kFaulty>
__global__ void relaxed_exchange(const Parameters p) {
    float* const shared = shared_floats();
    shared[threadIdx.x] = p.in[threadIdx.x];
    if (kFaulty) {
        cluster_arrive_relaxed();
        cluster_wait();
    } else {
        cluster_sync();
    }
    p.out[blockIdx.x * kThreads + threadIdx.x] = *peer(shared + threadIdx.x, (cluster_rank() + 1) % cluster_size());
    cluster_sync();
}

enum class Remote { kRight, kNotFenced, kNotOrdered, kNotWaitedFor, kArrivesTwice, kNeverArrives, kNotAligned };

// Every block stores four words in the shared memory of the next.
template <Remote kRemote>
__global__ void store_remotely(const Parameters p) {
    if (threadIdx.x == 0) {
        barrier_init(barrier_of(), 1);
        if (kRemote != Remote::kNotFenced) fence_barrier_init();
        barrier_expect(barrier_of(), sizeof(Bits128));
    }
    __syncthreads();
    if (kRemote != Remote::kNotOrdered && kRemote != Remote::kNeverArrives) cluster_arrive_relaxed();
    if (kRemote == Remote::kArrivesTwice) cluster_arrive_relaxed();
    if (kRemote != Remote::kNotOrdered) cluster_wait();
    if (threadIdx.x == 0) {
        const Bits128 value = {{cluster_rank(), 1, 2, 3}};
        float* const to = shared_floats() + (kRemote == Remote::kNotAligned ? 1 : 0);
        store_async(reinterpret_cast<Bits128*>(to), value, barrier_of(), (cluster_rank() + 1) % cluster_size());
    }
    if (kRemote != Remote::kNotWaitedFor || threadIdx.x == 0) barrier_wait_cluster(barrier_of(), 0);
    if (threadIdx.x < 4) p.out[blockIdx.x * 4 + threadIdx.x] = shared_floats()[threadIdx.x];
}

// Each function adds a power of 2 if it returns the same as CUDA's.
__global__ void warp_words(const Parameters p) {
    const unsigned t = threadIdx.x;
    const float x = p.in[t];
    int right = __ballot_sync(kFullWarp, t % 2 == 0) == 0x55555555u ? 1 : 0;
    right += __any_sync(kFullWarp, t == 40) != 0 ? 2 : 0;
    right += __all_sync(kFullWarp, t < 32) != 0 ? 4 : 0;
    right += __shfl_xor_sync(kFullWarp, x, 5) == p.in[t ^ 5] ? 8 : 0;
    right += __shfl_down_sync(kFullWarp, x, 3) == p.in[t % 32 + 3 < 32 ? t + 3 : t] ? 16 : 0;
    p.out[t] = static_cast<float>(right);
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
    CHECK_EQ(result.out[0], -1.0f);  // work waits until it is synchronized
    const cudaError_t error = cudaStreamSynchronize(nullptr);
    result.fault = leash::emulator::last_fault();
    CHECK_EQ(error == cudaSuccess, result.fault.empty());
    if (error != cudaSuccess) CHECK_EQ(cudaStreamSynchronize(nullptr), cudaErrorLaunchFailure);
    leash::emulator::reset();
    cudaFree(device_in);
    cudaFree(device_out);
    return result;
}

#define WHERE "test/cuda/emulator_test\\.cu:[0-9]+( called at test/cuda/emulator_test\\.cu:[0-9]+)*"
#define UNORDERED "at " WHERE " with no barrier between: "
#define SINCE " is missing; (neither has passed a barrier|the last that both passed is at " WHERE ")"

struct Planted {
    const char* name;
    const void* right;
    const void* faulty;
    const char* place;  // a regular expression, as the next
    const char* what;   // of all that can be seen first, by the schedule
    unsigned blocks = 1;
    unsigned cluster = 1;
    size_t shared_bytes = kThreads * sizeof(float);

    std::string message() const {
        return std::string("kernel .*\\b") + name + "<.*>, " + place + "(, at " WHERE ")?: " + what;
    }
};

constexpr size_t kWithBarrier = kThreads * sizeof(float) + sizeof(Barrier);

#define PAIR(kernel) #kernel, entry_of<kernel<false>>(), entry_of<kernel<true>>()
#define STORE(fault) "bulk_store_from", entry_of<bulk_store_from<Store::kRight>>(), entry_of<bulk_store_from<fault>>()
#define REMOTE(fault) "store_remotely", entry_of<store_remotely<Remote::kRight>>(), entry_of<store_remotely<fault>>()
#define SHARED "shared memory at 0x[0-9a-f]+"
#define ANY "block 0, thread [0-9]+"

std::vector<Planted> planted() {
    return {
        {PAIR(exchange), ANY, "reads " SHARED " that nothing has written"},
        {PAIR(overwrite), ANY,
         "reads " SHARED " that " ANY " wrote " UNORDERED "__syncwarp or __syncthreads of block 0" SINCE},
        {PAIR(write_shared), "block 0, thread 63", "writes 4 bytes at offset 256 of the 256 bytes of shared memory"},
        {PAIR(read_global), "block 0, thread 63",
         "reads 4 bytes at 0x[0-9a-f]+, which is neither device memory nor shared memory nor its own"},
        {PAIR(vector_read), "block 0, thread 0", "reads 16 bytes at 0x[0-9a-f]+, which is not aligned to them"},
        {PAIR(not_initialised), "block 0, thread 5", "reads " SHARED " that nothing has written"},
        {PAIR(shuffle_mask), "block 0, thread 0", "waits in vain for the other lanes of its mask in a shuffle"},
        {PAIR(shuffle_source), "block 0, thread ([0-9]|1[0-5])",
         "a shuffle takes lane 0's value from lane 16, which is not in mask 0x0000ffff"},
        {PAIR(divergent_barrier), "block 0, thread 0", "waits in vain for the other threads of its block in __syncthreads"},
        {PAIR(warp_exchange), ANY, "reads " SHARED " that nothing has written"},
        {PAIR(cluster_exchange), "block [01], thread ([0-9]+)",
         "reads " SHARED " that (nothing has written|block [01], thread \\1 wrote " UNORDERED "cluster_sync" SINCE ")", 2, 2},
        {PAIR(peer_has_ended), ANY, "reads shared memory of block 1 of its cluster, which has ended", 2, 2},
        {PAIR(cluster_race), "block [01], thread ([0-9]+)",
         "writes " SHARED " that block [01], thread \\1 wrote " UNORDERED "cluster_sync" SINCE, 2, 2,
         2 * kThreads * sizeof(float)},
        {PAIR(blocks_race), "block 1, thread ([0-9]+)",
         "writes global memory at 0x[0-9a-f]+ that block 0, thread \\1 wrote " UNORDERED "no barrier orders blocks outside a cluster", 2},
        {PAIR(bulk_load_wait), "block 0, thread [0-9]*[13579]",
         "reads " SHARED " that (nothing has written|an asynchronous write filled " UNORDERED "its barrier has not been waited for|"
         "an asynchronous write is still to fill: its barrier has not been waited for)",
         1, 1, kWithBarrier},
        {PAIR(bulk_load_bytes), "block 0, thread 0", "waits in vain for a barrier with 0 arrivals and 16 bytes to come", 1, 1,
         kWithBarrier},
        {PAIR(refill), ANY,
         "(writes " SHARED " that " ANY " read " UNORDERED "(__syncwarp or )?__syncthreads of block 0" SINCE "|"
         "reads " SHARED " that an asynchronous write filled " UNORDERED "its barrier has not been waited for)",
         1, 1, kWithBarrier},
        {PAIR(relaxed_exchange), "block [01], thread ([0-9]+)",
         "reads " SHARED " that block [01], thread \\1 wrote " UNORDERED "cluster_sync" SINCE, 2, 2},
        {REMOTE(Remote::kNotFenced), "block [01], thread 0",
         "an asynchronous store to block [01], whose barrier may not be initialised: its initialisation is not fenced", 2, 2, kWithBarrier},
        {REMOTE(Remote::kNotOrdered), "block [01], thread 0",
         "(uses a barrier that was not initialised|an asynchronous store to block [01], whose barrier may not be initialised: "
         "(its initialisation is not fenced|no barrier of the cluster is in between))", 2, 2, kWithBarrier},
        {REMOTE(Remote::kNotWaitedFor), "block [01], thread [123]",
         "reads " SHARED " that (nothing has written|an asynchronous write (filled " UNORDERED "|is still to fill: )its barrier has not been "
         "waited for)", 2, 2, kWithBarrier},
        {REMOTE(Remote::kArrivesTwice), "block [01], thread [0-9]+",
         "arrives at a barrier of its cluster before waiting for the previous one", 2, 2, kWithBarrier},
        {REMOTE(Remote::kNeverArrives), "block [01], thread [0-9]+",
         "waits for a barrier of its cluster at which it has not arrived", 2, 2, kWithBarrier},
        {REMOTE(Remote::kNotAligned), "block [01], thread 0",
         "an asynchronous store of 16 bytes at 0x[0-9a-f]+, which is not aligned to them", 2, 2, kWithBarrier},
        {STORE(Store::kNotFenced), "block 0, thread 0", "a bulk store of " SHARED " that " ANY " wrote at " WHERE " and has not fenced"},
        {STORE(Store::kNotOrdered), "block 0, thread 0",
         "reads " SHARED " that (nothing has written|" ANY " wrote " UNORDERED "(__syncwarp or )?__syncthreads of block 0" SINCE ")"},
        {STORE(Store::kOverwritten), "block 0, thread 0",
         "writes " SHARED " that a bulk store is still to read: it has not been waited for"},
        {STORE(Store::kNotWaitedFor), "block 0, thread 0", "ends with bulk stores that it has not waited for"},
    };
}

}  // namespace

TEST(planted_faults_are_reported_under_every_schedule) {
    constexpr uint64_t kSchedules = 10;
    const std::vector<Planted> faults = planted();
    size_t reported = 0;
    for (const Planted& each : faults) {
        for (uint64_t seed = 1; seed <= kSchedules; seed++) {
            const leash::test::Context context(std::string(each.name) + " seed " + std::to_string(seed));
            const std::string fault = launch(each.faulty, each.blocks, each.cluster, each.shared_bytes, seed).fault;
            if (leash::test::matches(fault, each.message())) {
                reported++;
            } else {
                leash::test::report_failure(__FILE__, __LINE__, "\"" + fault + "\" is not \"" + each.message() + "\"");
            }
        }
    }
    CHECK_EQ(reported, kSchedules * faults.size());
    std::printf("emulator: %zu planted faults x %llu schedules, %zu of %zu reported\n", faults.size(),
                static_cast<unsigned long long>(kSchedules), reported, faults.size() * kSchedules);
}

TEST(race_is_reported_with_both_lines_and_barrier_before_them) {
    const auto line = [](int after) { return "test/cuda/emulator_test.cu:" + std::to_string(kLineBeforeOverwrite + after); };
    const std::string fault = launch(entry_of<overwrite<true>>(), 1, 1, kThreads * sizeof(float), 1).fault;
    CHECK(leash::test::matches(fault, "kernel .*overwrite<.*>, " ANY ", at " + line(7) + ": reads " SHARED " that " ANY " wrote at " +
                                          line(9) +
                                          " with no barrier between: __syncwarp or __syncthreads of block 0 is missing; "
                                          "the last that both passed is at " +
                                          line(6)));
}

TEST(correct_kernels_pass_under_every_schedule) {
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

TEST(shuffles_and_votes_match_cuda) {
    const Launched launched = launch(entry_of<warp_words>(), 1, 1, 0, 1);
    CHECK(launched.fault.empty());
    for (unsigned t = 0; t < kThreads; t++) CHECK_EQ(launched.out[t], t < 32 ? 1.0f + 4 + 8 + 16 : 1.0f + 2 + 8 + 16);
}

TEST(fresh_device_memory_is_nan) {
    leash::emulator::reset();
    void* in = nullptr;
    void* out = nullptr;
    cudaMalloc(&in, kThreads * sizeof(float));
    cudaMalloc(&out, kThreads * sizeof(float));
    Parameters parameters = {static_cast<const float*>(in), static_cast<float*>(out), kThreads};
    void* arguments[] = {&parameters};
    const cudaLaunchConfig_t config = {dim3(1), dim3(kThreads), 0, nullptr, nullptr, 0};
    cudaLaunchKernelExC(&config, entry_of<read_global<false>>(), arguments);
    CHECK_EQ(cudaStreamSynchronize(nullptr), cudaSuccess);
    CHECK(std::isnan(*static_cast<float*>(out)));
    cudaFree(in);
    cudaFree(out);
}

TEST(launches_beyond_gpu_limits_are_rejected) {
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
