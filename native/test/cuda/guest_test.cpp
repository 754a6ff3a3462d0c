// CUDA devices in a program that uses CUDA itself: what it finds as it left it, on the emulator.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "cuda.h"
#include "cuda_runtime.h"
#include "emulator/emulator.h"
#include "test/cuda/opened_gpu.h"
#include "test/harness.h"
#include "leash.h"

using namespace leash;
using namespace leash::test;

namespace {

int current_device() {
    int ordinal = -1;
    CHECK_EQ(cudaGetDevice(&ordinal), cudaSuccess);
    return ordinal;
}

CUcontext current_context() {
    CUcontext context = nullptr;
    CHECK_EQ(cuCtxGetCurrent(&context), CUDA_SUCCESS);
    return context;
}

// Calls every function of a device once, some of them so that they fail; `after` is called after each.
template <class After>
void use_everything(int32_t ordinal, After after) {
    const auto step = [&](leash_status status, leash_status expected = LEASH_OK) {
        CHECK_EQ(status, expected);
        after();
    };
    int32_t count = 0;
    step(leash_device_count(LEASH_DEVICE_CUDA, &count));
    leash_device* device = nullptr;
    step(leash_device_open(LEASH_DEVICE_CUDA, count, nullptr, &device), LEASH_ERROR_UNAVAILABLE);
    step(leash_device_open(LEASH_DEVICE_CUDA, ordinal, nullptr, &device));
    leash_device_properties properties = {};
    step(leash_device_get_properties(device, &properties));
    void* stream = nullptr;
    step(leash_device_stream(device, &stream));
    void* memory = nullptr;
    void* host = nullptr;
    step(leash_allocate(device, int64_t{1} << 40, &memory), LEASH_ERROR_OUT_OF_MEMORY);
    step(leash_allocate(device, 4096, &memory));
    step(leash_allocate_host(device, int64_t{1} << 40, &host), LEASH_ERROR_OUT_OF_MEMORY);
    step(leash_allocate_host(device, 4096, &host));
    step(leash_fill(device, memory, 0, 4096));
    step(leash_copy(device, host, memory, 4096, LEASH_COPY_DEVICE_TO_HOST));
    step(leash_copy(device, host, host, 4096, LEASH_COPY_DEVICE_TO_HOST), LEASH_ERROR_INVALID_ARGUMENT);
    step(leash_enqueue_copy(device, memory, host, 4096, LEASH_COPY_HOST_TO_DEVICE));
    leash_event* begin = nullptr;
    leash_event* end = nullptr;
    step(leash_event_create(device, &begin));
    step(leash_event_create(device, &end));
    step(leash_event_record(device, begin));
    leash_token_statistics_args args = {{{memory, 2, 10, 10, LEASH_F32, 0}, nullptr, nullptr, 1.0f, LEASH_VARIANT_AUTO},
                                        nullptr,
                                        nullptr,
                                        static_cast<float*>(memory) + 100,
                                        nullptr,
                                        nullptr,
                                        nullptr};
    step(leash_token_statistics(device, &args));
    leash_plan plan = {};
    step(leash_plan_call(device, LEASH_TOKEN_STATISTICS, &args, &plan));
    args.rows.logits.vocab = 0;
    step(leash_token_statistics(device, &args), LEASH_ERROR_INVALID_ARGUMENT);
    step(leash_event_record(device, end));
    step(leash_wait(device, end));
    double elapsed_ns = 0;
    step(leash_event_elapsed_ns(begin, end, &elapsed_ns));
    leash_ceiling_args ceiling = {LEASH_CEILING_READ, 1, memory, 4096, LEASH_VARIANT_AUTO, 0, 0, 0};
    step(leash_measure_ceiling(device, &ceiling));
    args.rows.logits.vocab = 10;
    const void* const call = &args;
    leash_block block = {};
    block.operation = LEASH_TOKEN_STATISTICS;
    block.launches = 2;
    block.calls = &call;
    block.count = 1;
    step(leash_measure_block(device, &block));
    step(leash_synchronize(device));
    step(leash_free_host(device, memory), LEASH_ERROR_INVALID_ARGUMENT);
    step(leash_free_host(device, host));
    step(leash_free(device, memory));
    step(leash_event_destroy(begin));
    step(leash_device_close(device));
    step(leash_event_destroy(end));
}

}  // namespace

TEST(calls_leave_the_current_device_as_it_was) {
    for (const int own : {0, 1, 3}) {
        std::thread([own] {
            CHECK_EQ(cudaSetDevice(own), cudaSuccess);
            const CUcontext before = current_context();
            for (const int32_t ordinal : {1, 2}) {
                use_everything(ordinal, [&] { CHECK(current_device() == own && current_context() == before); });
            }
        }).join();
    }
}

TEST(calls_leave_a_context_of_the_program_as_it_was) {
    std::thread([] {
        const auto foreign = static_cast<CUcontext>(emulator::foreign_context(1));
        CHECK_EQ(cuCtxPushCurrent(foreign), CUDA_SUCCESS);
        use_everything(1, [&] { CHECK(current_context() == foreign); });
    }).join();
}

// Restoring device 0 in a thread that has no context yet would create one there.
TEST(calls_create_no_context_on_another_gpu) {
    std::thread([] { use_everything(1, [] { CHECK(current_context() == nullptr); }); }).join();
}

TEST(successful_calls_leave_the_last_error_of_the_program) {
    std::thread([] {
        cudaSetDevice(0);
        const auto pends = [](auto call) {
            (void)cudaSetDevice(99);
            CHECK_EQ(call(), LEASH_OK);
            CHECK_EQ(cudaGetLastError(), cudaErrorInvalidDevice);
        };
        int32_t count = 0;
        pends([&] { return leash_device_count(LEASH_DEVICE_CUDA, &count); });
        leash_device* device = nullptr;
        for (const int32_t ordinal : {0, 3}) {
            pends([&] { return leash_device_open(LEASH_DEVICE_CUDA, ordinal, nullptr, &device); });
            void* memory = nullptr;
            pends([&] { return leash_allocate(device, 64, &memory); });
            pends([&] { return leash_fill(device, memory, 0, 64); });
            pends([&] { return leash_synchronize(device); });
            pends([&] { return leash_free(device, memory); });
            pends([&] { return leash_device_close(device); });
        }
    }).join();
}

TEST(calls_leave_no_error_of_their_own) {
    std::thread([] {
        cudaSetDevice(0);
        use_everything(0, [] { CHECK_EQ(cudaGetLastError(), cudaSuccess); });
    }).join();
}

TEST(a_device_works_in_the_stream_of_the_program) {
    std::thread([] {
        cudaSetDevice(1);
        cudaStream_t own = nullptr;
        CHECK_EQ(cudaStreamCreate(&own), cudaSuccess);
        cudaSetDevice(0);
        for (const cudaStream_t stream : {own, cudaStreamLegacy, cudaStreamPerThread}) {
            void* memory = nullptr;
            uint32_t host = 0;
            {
                const OpenedGpu gpu(1, stream);
                void* reported = nullptr;
                CHECK_EQ(leash_device_stream(gpu, &reported), LEASH_OK);
                CHECK(reported == stream);
                CHECK_EQ(leash_allocate(gpu, 4, &memory), LEASH_OK);
                // In the order of the stream, without a wait in between.
                cudaSetDevice(1);
                CHECK_EQ(cudaMemsetAsync(memory, 0x40, 4, stream), cudaSuccess);
                CHECK_EQ(leash_fill(gpu, memory, 0x3f, 2), LEASH_OK);
                CHECK_EQ(leash_copy(gpu, &host, memory, 4, LEASH_COPY_DEVICE_TO_HOST), LEASH_OK);
                CHECK_EQ(host, 0x40403f3fu);
                CHECK_EQ(leash_fill(gpu, memory, 0x40, 4), LEASH_OK);
                CHECK_EQ(cudaMemsetAsync(memory, 0x3f, 2, stream), cudaSuccess);
                CHECK_EQ(leash_copy(gpu, &host, memory, 4, LEASH_COPY_DEVICE_TO_HOST), LEASH_OK);
                CHECK_EQ(host, 0x40403f3fu);
            }
            // The stream outlives the device.
            CHECK_EQ(cudaMemsetAsync(memory, 0, 4, stream), cudaSuccess);
            CHECK_EQ(cudaStreamSynchronize(stream), cudaSuccess);
            CHECK_EQ(cudaFree(memory), cudaSuccess);
        }
        CHECK_EQ(cudaStreamDestroy(own), cudaSuccess);
    }).join();
}

TEST(a_stream_of_another_gpu_or_context_is_rejected) {
    std::thread([] {
        cudaSetDevice(1);
        cudaStream_t elsewhere = nullptr;
        cudaStreamCreate(&elsewhere);
        CHECK_EQ(cuCtxPushCurrent(static_cast<CUcontext>(emulator::foreign_context(0))), CUDA_SUCCESS);
        cudaStream_t foreign = nullptr;
        cudaStreamCreate(&foreign);
        int nothing = 0;
        for (void* const stream : {static_cast<void*>(elsewhere), static_cast<void*>(foreign), static_cast<void*>(&nothing)}) {
            leash_device_options options = {};
            options.stream = stream;
            leash_device* device = nullptr;
            CHECK_EQ(leash_device_open(LEASH_DEVICE_CUDA, 0, &options, &device), LEASH_ERROR_INVALID_ARGUMENT);
            CHECK(error_says("is not of the primary context of CUDA device 0; pass one that was created on this device"));
            CHECK(device == nullptr);
        }
        cudaStreamDestroy(elsewhere);
        cudaStreamDestroy(foreign);
    }).join();
}

// The shared memory and the cluster that a kernel may have hold for all devices of a GPU.
TEST(devices_of_a_gpu_do_not_take_shared_memory_from_each_other) {
    const OpenedGpu first;
    const OpenedGpu second;
    constexpr int64_t kVocabs[] = {57000, 30000, 57000, 40, 200000, 57000, 30000, 130000};
    constexpr int64_t kMost = 200000;
    float* const logits = first.put(std::vector<float>(kMost, 1.0f));
    float* const outputs[] = {first.put(std::vector<float>(kMost)), first.put(std::vector<float>(kMost))};
    for (const std::string& name : cuda_variants_of(LEASH_LOG_SOFTMAX)) {
        int turn = 0;
        for (const int64_t vocab : kVocabs) {
            const OpenedGpu& gpu = turn++ % 2 == 0 ? first : second;
            const leash_log_softmax_args args = {
                {{logits, 1, vocab, vocab, LEASH_F32, 0}, nullptr, nullptr, 1.0f, cuda_variant(LEASH_LOG_SOFTMAX, name)},
                {outputs[0], 1, vocab, vocab, LEASH_F32, 0}};
            const leash_status status = leash_log_softmax(gpu, &args);
            if (status == LEASH_ERROR_UNSUPPORTED) continue;
            CHECK_EQ(status, LEASH_OK);
            CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
        }
    }
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; t++) {
        threads.emplace_back([&, t] {
            const OpenedGpu& gpu = t == 0 ? first : second;
            for (int i = 0; i < 4; i++) {
                for (const std::string& name : cuda_variants_of(LEASH_LOG_SOFTMAX)) {
                    const int64_t vocab = kVocabs[(i + t) % 4];
                    const leash_log_softmax_args args = {
                        {{logits, 1, vocab, vocab, LEASH_F32, 0}, nullptr, nullptr, 1.0f, cuda_variant(LEASH_LOG_SOFTMAX, name)},
                        {outputs[t], 1, vocab, vocab, LEASH_F32, 0}};
                    const leash_status status = leash_log_softmax(gpu, &args);
                    CHECK(status == LEASH_OK || status == LEASH_ERROR_UNSUPPORTED);
                }
            }
            CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK_EQ(leash_free(first, logits), LEASH_OK);
    for (float* const output : outputs) CHECK_EQ(leash_free(first, output), LEASH_OK);
}
