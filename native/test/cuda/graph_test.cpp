// Calls recorded into CUDA graphs, and calls without an end: nothing allocates or waits, replays have the bits of eager calls, and
// their targets out of range are reported. On the emulator, where a forbidden call invalidates the capture.
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "cuda_runtime.h"
#include "emulator/emulator.h"
#include "spec/names.h"
#include "test/cuda/opened_gpu.h"
#include "test/harness.h"
#include "leash.h"

using namespace leash;
using namespace leash::test;

namespace {

cudaStream_t stream_of(leash_device* device) {
    void* stream = nullptr;
    CHECK_EQ(leash_device_stream(device, &stream), LEASH_OK);
    return static_cast<cudaStream_t>(stream);
}

// What a call of a device enqueues, to be launched again.
class Graph {
  public:
    Graph(leash_device* device, const std::function<void()>& body) {
        const cudaStream_t stream = stream_of(device);
        CHECK_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal), cudaSuccess);
        body();
        cudaGraph_t graph = nullptr;
        CHECK_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
        if (graph == nullptr) return;
        CHECK_EQ(cudaGraphInstantiate(&exec_, graph), cudaSuccess);
        CHECK_EQ(cudaGraphDestroy(graph), cudaSuccess);
    }
    ~Graph() { cudaGraphExecDestroy(exec_); }
    Graph(const Graph&) = delete;
    Graph& operator=(const Graph&) = delete;

    void launch(cudaStream_t stream) const {
        if (exec_ != nullptr) CHECK_EQ(cudaGraphLaunch(exec_, stream), cudaSuccess);
    }

  private:
    cudaGraphExec_t exec_ = nullptr;
};

// Arguments of every operation over the same memory of a GPU.
class Calls {
  public:
    static constexpr int64_t kRows = 3;
    // Which every variant takes.
    static constexpr int64_t kVocab = 1000;
    static constexpr size_t kCells = kRows * kVocab;

    explicit Calls(const OpenedGpu& gpu)
        : gpu_(gpu),
          logits_(gpu.put(std::vector<float>(kCells))),
          matrix_(gpu.put(std::vector<float>(kCells))),
          columns_(gpu.put(std::vector<float>(kColumns * kRows))),
          given_(gpu.put(std::vector<float>{0.5f, -0.25f, 1.0f})),
          targets_(gpu.put(std::vector<int32_t>{1, 2, 3})),
          statistics_(gpu.put(std::vector<leash_row_statistics>(kRows, {5, 0.45f, -0.8f}))),
          flags_(gpu.put(std::vector<uint8_t>(kRows))) {}
    ~Calls() {
        for (void* memory : {static_cast<void*>(logits_), static_cast<void*>(matrix_), static_cast<void*>(columns_),
                             static_cast<void*>(given_), static_cast<void*>(targets_), static_cast<void*>(statistics_),
                             static_cast<void*>(flags_)}) {
            CHECK_EQ(leash_free(gpu_, memory), LEASH_OK);
        }
    }

    leash_status run(int32_t operation, int32_t variant) const {
        const leash_rows rows = {{logits_, kRows, kVocab, kVocab, LEASH_F32, 0}, nullptr, nullptr, 1.0f, variant};
        const leash_matrix matrix = {matrix_, kRows, kVocab, kVocab, LEASH_F32, 0};
        switch (operation) {
            case LEASH_LOG_SOFTMAX: {
                const leash_log_softmax_args args = {rows, matrix};
                return leash_log_softmax(gpu_, &args);
            }
            case LEASH_ENTROPY: {
                const leash_entropy_args args = {rows, column(0)};
                return leash_entropy(gpu_, &args);
            }
            case LEASH_TOKEN_STATISTICS: {
                const leash_token_statistics_args args = {rows, targets_, column(0), column(1), column(2), nullptr, column(3)};
                return leash_token_statistics(gpu_, &args);
            }
            case LEASH_LOGITS_GRADIENT: {
                const leash_logits_gradient_args args = {rows, targets_, statistics_, given_, given_, given_, matrix};
                return leash_logits_gradient(gpu_, &args);
            }
            default: {
                leash_policy_gradient_args args = {};
                args.rows = rows;
                args.policy = {LEASH_LOSS_PPO_CLIP, LEASH_KL_K3, LEASH_ROLLOUT_TRUNCATE, 0.2f, 0.3f, 3.0f, 1.0f, 1.0f, 0.0f, 2.0f,
                               0.1f,                0.01f,       100.0f,                 0};
                args.targets = targets_;
                args.advantage = args.reference_logprob = given_;
                args.loss = column(0);
                args.logprob = column(1);
                args.entropy = column(2);
                args.ratio = column(3);
                args.kl = column(4);
                args.clip_flags = flags_;
                args.gradient = matrix;
                return leash_policy_gradient(gpu_, &args);
            }
        }
    }

    leash_status plan_entropy(int32_t variant, leash_plan* plan) const {
        const leash_rows rows = {{logits_, kRows, kVocab, kVocab, LEASH_F32, 0}, nullptr, nullptr, 1.0f, variant};
        const leash_entropy_args args = {rows, column(0)};
        return leash_plan_call(gpu_, LEASH_ENTROPY, &args, plan);
    }

    // Other logits for each seed, and empty outputs.
    void change(int seed) const {
        std::vector<float> logits(kCells);
        for (size_t i = 0; i < kCells; i++) logits[i] = static_cast<float>((i * 37 + static_cast<size_t>(seed) * 101) % 113) * 0.05f;
        CHECK_EQ(leash_copy(gpu_, logits_, logits.data(), kCells * 4, LEASH_COPY_HOST_TO_DEVICE), LEASH_OK);
        CHECK_EQ(leash_fill(gpu_, matrix_, 0, kCells * 4), LEASH_OK);
        CHECK_EQ(leash_fill(gpu_, columns_, 0, kColumns * kRows * 4), LEASH_OK);
        CHECK_EQ(leash_fill(gpu_, flags_, 0, kRows), LEASH_OK);
    }
    void set_targets(const std::vector<int32_t>& targets) const {
        CHECK_EQ(leash_copy(gpu_, targets_, targets.data(), kRows * 4, LEASH_COPY_HOST_TO_DEVICE), LEASH_OK);
    }
    // Bits of all outputs.
    std::vector<uint32_t> outputs() const {
        std::vector<uint32_t> bits = gpu_.get(reinterpret_cast<const uint32_t*>(matrix_), kCells);
        for (const uint32_t each : gpu_.get(reinterpret_cast<const uint32_t*>(columns_), kColumns * kRows)) bits.push_back(each);
        for (const uint8_t each : gpu_.get(flags_, kRows)) bits.push_back(each);
        return bits;
    }

  private:
    static constexpr int64_t kColumns = 5;

    float* column(int64_t i) const { return columns_ + i * kRows; }

    const OpenedGpu& gpu_;
    float* const logits_;
    float* const matrix_;
    float* const columns_;
    float* const given_;
    int32_t* const targets_;
    leash_row_statistics* const statistics_;
    uint8_t* const flags_;
};

}  // namespace

// The first call of a device is the one that is captured: it allocates, and another thread may be capturing, too.
TEST(captured_calls_have_the_bits_of_eager_calls) {
    const OpenedGpu eager;
    const Calls calls(eager);
    int cases = 0;
    for (int32_t operation = 0; operation < count_of(kOperationNames); operation++) {
        for (const std::string& name : cuda_variants_of(operation)) {
            const Context context(std::string(kOperationNames[operation]) + " by " + name);
            const int32_t variant = cuda_variant(operation, name);
            const OpenedGpu gpu;
            const Calls captured(gpu);
            captured.change(0);
            const std::vector<uint32_t> untouched = captured.outputs();
            const Graph graph(gpu, [&] { CHECK_EQ(captured.run(operation, variant), LEASH_OK); });
            CHECK(captured.outputs() == untouched);
            for (int seed = 1; seed <= 3; seed++) {
                calls.change(seed);
                captured.change(seed);
                CHECK_EQ(calls.run(operation, variant), LEASH_OK);
                graph.launch(stream_of(gpu));
                const std::vector<uint32_t> expected = calls.outputs();
                CHECK(expected != untouched);
                CHECK(captured.outputs() == expected);
            }
            CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
            cases++;
        }
    }
    CHECK_EQ(leash_synchronize(eager), LEASH_OK);
    CHECK(cases >= 25);
}

TEST(a_graph_of_several_calls_runs_in_another_stream) {
    const OpenedGpu gpu;
    const OpenedGpu elsewhere;
    const Calls calls(gpu);
    const auto both = [&] {
        CHECK_EQ(calls.run(LEASH_TOKEN_STATISTICS, cuda_variant(LEASH_TOKEN_STATISTICS, "split")), LEASH_OK);
        CHECK_EQ(calls.run(LEASH_LOGITS_GRADIENT, cuda_variant(LEASH_LOGITS_GRADIENT, "split")), LEASH_OK);
    };
    const Graph graph(gpu, both);
    // Later calls that need more memory leave what the graph uses.
    constexpr int64_t kMany = 100 * Calls::kRows;
    float* const logits = gpu.put(std::vector<float>(kMany * Calls::kVocab));
    float* const entropy = gpu.put(std::vector<float>(kMany));
    const leash_entropy_args many = {
        {{logits, kMany, Calls::kVocab, Calls::kVocab, LEASH_F32, 0}, nullptr, nullptr, 1.0f, cuda_variant(LEASH_ENTROPY, "split")},
        entropy};
    leash_plan plan = {};
    CHECK_EQ(leash_plan_call(gpu, LEASH_ENTROPY, &many, &plan), LEASH_OK);
    for (int seed = 1; seed <= 2; seed++) {
        calls.change(seed);
        both();
        const std::vector<uint32_t> expected = calls.outputs();
        calls.change(seed);
        CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
        graph.launch(stream_of(elsewhere));
        CHECK_EQ(leash_synchronize(elsewhere), LEASH_OK);
        CHECK(calls.outputs() == expected);
    }
    CHECK_EQ(leash_free(gpu, logits), LEASH_OK);
    CHECK_EQ(leash_free(gpu, entropy), LEASH_OK);
}

TEST(streams_join_a_capture_by_events) {
    const OpenedGpu gpu;
    const OpenedGpu other;
    const Calls calls(gpu);
    const Calls others(other);
    const int32_t split = cuda_variant(LEASH_POLICY_GRADIENT, "split");
    leash_event* fork = nullptr;
    leash_event* join = nullptr;
    CHECK_EQ(leash_event_create(gpu, &fork), LEASH_OK);
    CHECK_EQ(leash_event_create(other, &join), LEASH_OK);
    for (const Calls* each : {&calls, &others}) each->change(1);
    CHECK_EQ(leash_synchronize(other), LEASH_OK);
    const Graph graph(gpu, [&] {
        CHECK_EQ(leash_event_record(gpu, fork), LEASH_OK);
        CHECK_EQ(leash_wait(other, fork), LEASH_OK);
        CHECK_EQ(others.run(LEASH_POLICY_GRADIENT, split), LEASH_OK);
        CHECK_EQ(calls.run(LEASH_POLICY_GRADIENT, split), LEASH_OK);
        CHECK_EQ(leash_event_record(other, join), LEASH_OK);
        CHECK_EQ(leash_wait(gpu, join), LEASH_OK);
    });
    graph.launch(stream_of(gpu));
    CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
    const std::vector<uint32_t> replayed = calls.outputs();
    CHECK(others.outputs() == replayed);
    calls.change(1);
    CHECK_EQ(calls.run(LEASH_POLICY_GRADIENT, split), LEASH_OK);
    CHECK(calls.outputs() == replayed);
    leash_event_destroy(fork);
    leash_event_destroy(join);
}

// Graphs run beside each other and beside the calls of the device.
TEST(each_graph_has_a_workspace_of_its_own) {
    const OpenedGpu gpu;
    const Calls calls(gpu);
    const auto planned = [&] {
        leash_plan plan = {};
        CHECK_EQ(calls.plan_entropy(cuda_variant(LEASH_ENTROPY, "split"), &plan), LEASH_OK);
        const leash_launch& first = plan.launch[0];
        return std::vector<uint8_t>(first.parameter, first.parameter + first.parameter_bytes);
    };
    const std::vector<uint8_t> eager = planned();
    CHECK(planned() == eager);
    std::vector<uint8_t> captured[2];
    for (std::vector<uint8_t>& parameters : captured) {
        const Graph graph(gpu, [&] {
            parameters = planned();
            CHECK(planned() == parameters);
        });
        CHECK(planned() == eager);
    }
    CHECK(captured[0] != eager && captured[1] != eager && captured[0] != captured[1]);
}

TEST(targets_out_of_range_in_replays_are_reported) {
    const OpenedGpu gpu;
    const Calls calls(gpu);
    calls.change(1);
    const int32_t warp = cuda_variant(LEASH_TOKEN_STATISTICS, "warp");
    const Graph graph(gpu, [&] { CHECK_EQ(calls.run(LEASH_TOKEN_STATISTICS, warp), LEASH_OK); });
    for (int round = 0; round < 3; round++) {
        calls.set_targets({1, 2, 3});
        graph.launch(stream_of(gpu));
        CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
        calls.set_targets({1, 5000, -1});
        graph.launch(stream_of(gpu));
        CHECK_EQ(leash_synchronize(gpu), LEASH_ERROR_TARGET_OUT_OF_RANGE);
        CHECK("target[1] = 5000 is outside [0, 1000); its row is NaN (rows with such a target: 2); in a replay of a graph, "
              "token_statistics by warp" == std::string(leash_last_error()));
        CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
        // Also after eager calls have used all slots of their own.
        for (int i = 0; i < 1030; i++) CHECK_EQ(calls.run(LEASH_ENTROPY, cuda_variant(LEASH_ENTROPY, "warp")), LEASH_OK);
        CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
    }
}

TEST(what_a_capture_forbids_is_refused_and_leaves_it_valid) {
    const OpenedGpu gpu;
    const Calls calls(gpu);
    calls.change(1);
    float* const memory = gpu.put(std::vector<float>(16));
    void* pinned = nullptr;
    CHECK_EQ(leash_allocate_host(gpu, 64, &pinned), LEASH_OK);
    std::vector<float> pageable(16);
    leash_event* before = nullptr;
    leash_event* within = nullptr;
    CHECK_EQ(leash_event_create(gpu, &before), LEASH_OK);
    CHECK_EQ(leash_event_create(gpu, &within), LEASH_OK);
    CHECK_EQ(leash_event_record(gpu, before), LEASH_OK);
    const Graph graph(gpu, [&] {
        const auto refuses = [](const std::string& name, leash_status status) {
            CHECK_EQ(status, LEASH_ERROR_UNSUPPORTED);
            CHECK(error_says(name + " is not possible while the stream of CUDA device 0 is captured into a graph"));
        };
        void* more = nullptr;
        refuses("leash_synchronize", leash_synchronize(gpu));
        refuses("leash_allocate", leash_allocate(gpu, 64, &more));
        refuses("leash_free", leash_free(gpu, memory));
        refuses("leash_allocate_host", leash_allocate_host(gpu, 64, &more));
        refuses("leash_free_host", leash_free_host(gpu, pinned));
        refuses("leash_copy", leash_copy(gpu, pinned, memory, 64, LEASH_COPY_DEVICE_TO_HOST));
        leash_ceiling_args ceiling = {LEASH_CEILING_LAUNCH, 1, memory, 4096, LEASH_VARIANT_AUTO, 0, 0, 0};
        refuses("leash_measure_ceiling", leash_measure_ceiling(gpu, &ceiling));
        CHECK_EQ(leash_enqueue_copy(gpu, memory, pageable.data(), 64, LEASH_COPY_HOST_TO_DEVICE), LEASH_ERROR_UNSUPPORTED);
        CHECK(error_says("is ordinary host memory, which a graph cannot copy; allocate it with leash_allocate_host"));
        CHECK_EQ(leash_wait(gpu, before), LEASH_ERROR_UNSUPPORTED);
        CHECK(error_says("event was recorded before the capture of the stream of CUDA device 0"));
        // A device that works elsewhere may do all of this meanwhile, in this thread and in another.
        const auto use_another = [] {
            const OpenedGpu other;
            const Calls own(other);
            own.change(1);
            CHECK_EQ(own.run(LEASH_POLICY_GRADIENT, cuda_variant(LEASH_POLICY_GRADIENT, "split")), LEASH_OK);
            CHECK_EQ(leash_synchronize(other), LEASH_OK);
        };
        use_another();
        std::thread(use_another).join();
        CHECK_EQ(leash_event_record(gpu, within), LEASH_OK);
        double ns = 0;
        CHECK_EQ(leash_event_elapsed_ns(before, within, &ns), LEASH_ERROR_UNSUPPORTED);
        CHECK(error_says("end was recorded into a graph and has no time"));
        CHECK_EQ(leash_fill(gpu, memory, 0x3f, 64), LEASH_OK);
        CHECK_EQ(leash_enqueue_copy(gpu, pinned, memory, 64, LEASH_COPY_DEVICE_TO_HOST), LEASH_OK);
        CHECK_EQ(calls.run(LEASH_POLICY_GRADIENT, cuda_variant(LEASH_POLICY_GRADIENT, "split")), LEASH_OK);
    });
    std::memset(pinned, 0, 64);
    graph.launch(stream_of(gpu));
    CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
    CHECK_EQ(static_cast<unsigned char*>(pinned)[63], 0x3f);
    CHECK_EQ(leash_event_record(gpu, within), LEASH_OK);
    double ns = -1;
    CHECK_EQ(leash_event_elapsed_ns(before, within, &ns), LEASH_OK);
    CHECK(ns >= 0);
    leash_event_destroy(before);
    leash_event_destroy(within);
    CHECK_EQ(leash_free_host(gpu, pinned), LEASH_OK);
    CHECK_EQ(leash_free(gpu, memory), LEASH_OK);
}

TEST(a_device_opens_on_a_stream_that_is_being_captured) {
    cudaSetDevice(0);
    cudaStream_t stream = nullptr;
    CHECK_EQ(cudaStreamCreate(&stream), cudaSuccess);
    {
        const OpenedGpu memory_of;
        CHECK_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal), cudaSuccess);
        const OpenedGpu gpu(0, stream);
        const int32_t split = cuda_variant(LEASH_ENTROPY, "split");
        float* const logits = memory_of.put(std::vector<float>(8, 1.0f));
        float* const entropy = memory_of.put(std::vector<float>(1));
        const leash_entropy_args args = {{{logits, 1, 8, 8, LEASH_F32, 0}, nullptr, nullptr, 1.0f, split}, entropy};
        CHECK_EQ(leash_entropy(gpu, &args), LEASH_OK);
        cudaGraph_t graph = nullptr;
        CHECK_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
        cudaGraphExec_t exec = nullptr;
        CHECK_EQ(cudaGraphInstantiate(&exec, graph), cudaSuccess);
        for (int replay = 0; replay < 2; replay++) {
            CHECK_EQ(leash_fill(memory_of, entropy, 0, 4), LEASH_OK);
            CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
            CHECK_EQ(memory_of.get(entropy, 1)[0], 0.0f);
            CHECK_EQ(cudaGraphLaunch(exec, stream), cudaSuccess);
            CHECK_EQ(leash_synchronize(gpu), LEASH_OK);
            CHECK_NEAR(static_cast<double>(memory_of.get(entropy, 1)[0]), 2.0794415416798357, 1e-5);
        }
        cudaGraphExecDestroy(exec);
        cudaGraphDestroy(graph);
        leash_free(memory_of, logits);
        leash_free(memory_of, entropy);
    }
    CHECK_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

TEST(calls_neither_allocate_nor_wait_however_many_there_are) {
    const OpenedGpu gpu;
    const Calls calls(gpu);
    calls.change(1);
    const auto run_all = [&] {
        for (int32_t operation = 0; operation < count_of(kOperationNames); operation++) {
            CHECK_EQ(calls.run(operation, LEASH_VARIANT_AUTO), LEASH_OK);
            CHECK_EQ(calls.run(operation, cuda_variant(operation, "split")), LEASH_OK);
        }
    };
    run_all();
    const uint64_t allocations = emulator::allocations_and_frees();
    const uint64_t waits = emulator::synchronizations();
    for (int i = 0; i < 500; i++) run_all();
    CHECK_EQ(emulator::allocations_and_frees(), allocations);
    CHECK_EQ(emulator::synchronizations(), waits);
}
