// Every variant of the CUDA kernels on the emulator, planned as for a GPU: values and gradients against long double, bitwise
// invariances, masked rows, and targets out of range.
#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "test/batch.h"
#include "cuda_runtime.h"
#include "emulator/emulator.h"
#include "test/harness.h"
#include "test/operation_checks.h"
#include "cuda/host/choices.h"
#include "cuda/host/plan.h"
#include "spec/cuda_variants.h"
#include "spec/names.h"

using namespace leash;
using namespace leash::test;

namespace {

constexpr cuda::DeviceLimits kHopper = {90, 232448, 16};

// Little enough shared memory that the rows of these tests need clusters.
cuda::DeviceLimits with_shared(int64_t bytes) {
    cuda::DeviceLimits limits = kHopper;
    limits.shared_bytes_per_block = bytes;
    return limits;
}

struct Setup {
    std::string variant;
    cuda::DeviceLimits limits;
    int64_t max_vocab;
    int32_t cluster = 0;
};

// Every selected variant of spec/cuda_variants.h; resident also with the rows below in 1, 2, 4, 8 and 16 blocks, and with more
// blocks than needed.
std::vector<Setup> make_setups() {
    std::vector<Setup> setups;
#define LEASH_ADD(name, Type, operations) \
    if (is_selected("cuda:" #name)) setups.push_back({#name, kHopper, std::min<int64_t>(5000, cuda::Type::kTraits.max_vocab)});
    LEASH_CUDA_VARIANTS(LEASH_ADD)
#undef LEASH_ADD
    if (!is_selected("cuda:resident")) return setups;
    for (const int64_t shared : {20000, 12000, 8000, 5528}) setups.push_back({"resident", with_shared(shared), 5000});
    setups.push_back({"resident", kHopper, 5000, 4});
    return setups;
}
const std::vector<Setup>& tested_setups() {
    expect_variant_test();
    static const std::vector<Setup> setups = make_setups();
    return setups;
}

// A setup's variant of an operation, or naive if it has none.
cuda::Selection selected(int32_t operation, const Setup& setup) {
    const int32_t own = cuda::index_of(operation, setup.variant.c_str());
    return own >= 0 ? cuda::Selection{own, setup.cluster} : cuda::Selection{cuda::index_of(operation, "naive"), 0};
}

// Device memory with a copy of host memory.
template <class T>
class OnDevice {
  public:
    explicit OnDevice(std::vector<T>& host) : host_(&host) {
        cudaSetDevice(0);
        cudaMalloc(&memory_, bytes());
        cudaMemcpyAsync(memory_, host.data(), bytes(), cudaMemcpyHostToDevice, nullptr);
        cudaStreamSynchronize(nullptr);
    }
    explicit OnDevice(const std::vector<T>& host) : OnDevice(const_cast<std::vector<T>&>(host)) {}
    ~OnDevice() { cudaFree(memory_); }
    OnDevice(const OnDevice&) = delete;
    OnDevice& operator=(const OnDevice&) = delete;

    T* get() const { return static_cast<T*>(memory_); }
    void back() const {
        cudaMemcpyAsync(host_->data(), memory_, bytes(), cudaMemcpyDeviceToHost, nullptr);
        cudaStreamSynchronize(nullptr);
    }

  private:
    size_t bytes() const { return host_->size() * sizeof(T); }

    std::vector<T>* host_;
    void* memory_ = nullptr;
};

// A batch on the device, with logits and output offset by a number of elements from an aligned allocation.
struct DeviceBatch {
    Batch& batch;
    int64_t shift, output_shift;
    std::vector<char> padded_logits, padded_output;
    OnDevice<char> logits, output;
    OnDevice<float> temperatures;
    OnDevice<uint8_t> mask;
    OnDevice<int32_t> targets;

    DeviceBatch(Batch& b, int64_t elements) : DeviceBatch(b, elements, elements) {}
    DeviceBatch(Batch& b, int64_t elements, int64_t output_elements)
        : batch(b),
          shift(elements * dtype_bytes(b.dtype)),
          output_shift(output_elements * dtype_bytes(b.dtype)),
          padded_logits(shifted(b.logits, shift)),
          padded_output(shifted(b.output, output_shift)),
          logits(padded_logits),
          output(padded_output),
          temperatures(b.temperatures),
          mask(b.mask),
          targets(b.targets) {}

    static std::vector<char> shifted(const std::vector<char>& bytes, int64_t by) {
        std::vector<char> result(static_cast<size_t>(by), 0);
        result.insert(result.end(), bytes.begin(), bytes.end());
        return result;
    }
    leash_rows rows() const {
        return {{logits.get() + shift, batch.rows, batch.vocab, batch.stride, batch.dtype, 0},
                temperatures.get(),
                mask.get(),
                1.0f,
                LEASH_VARIANT_AUTO};
    }
    leash_matrix matrix() const { return {output.get() + output_shift, batch.rows, batch.vocab, batch.stride, batch.dtype, 0}; }
    void back() {
        logits.back();
        output.back();
        std::copy(padded_logits.begin() + shift, padded_logits.end(), batch.logits.begin());
        std::copy(padded_output.begin() + output_shift, padded_output.end(), batch.output.begin());
    }
};

// Launches a plan and waits for it. A fault found by the emulator fails the test.
cuda::Fault launch(const cuda::Selection& selection, const void* args, const leash_rows& rows, const cuda::DeviceLimits& limits) {
    std::vector<cuda::Fault> fault = {{0, 0}};
    const OnDevice<cuda::Fault> device_fault(fault);
    std::vector<char> workspace(static_cast<size_t>(std::max<int64_t>(1, cuda::workspace_bytes(selection, rows))), -1);
    const OnDevice<char> device_workspace(workspace);
    const cuda::Plan plan = cuda::plan(selection, args, limits, device_fault.get(), device_workspace.get());
    for (int i = 0; i < plan.launches; i++) {
        const cuda::Launch& launch = plan.launch[i];
        CHECK_EQ(cudaFuncSetAttribute(launch.kernel.function, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                      static_cast<int>(launch.shared_bytes)),
                 cudaSuccess);
        if (launch.cluster > cuda::kPortableCluster) {
            CHECK_EQ(cudaFuncSetAttribute(launch.kernel.function, cudaFuncAttributeNonPortableClusterSizeAllowed, 1), cudaSuccess);
        }
        cudaLaunchAttribute cluster = {cudaLaunchAttributeClusterDimension, {dim3(launch.cluster)}};
        const cudaLaunchConfig_t config = {dim3(launch.blocks), dim3(launch.threads), launch.shared_bytes,
                                           nullptr,             &cluster,             1};
        std::vector<unsigned char> parameters(launch.parameters, launch.parameters + launch.parameter_bytes);
        void* arguments[] = {parameters.data()};
        CHECK_EQ(cudaLaunchKernelExC(&config, launch.kernel.function, arguments), cudaSuccess);
    }
    if (cudaStreamSynchronize(nullptr) != cudaSuccess) {
        report_failure(__FILE__, __LINE__, emulator::last_fault());
        emulator::reset();
    }
    device_fault.back();
    return fault[0];
}

cuda::Fault run_policy_gradient(const cuda::Selection& selection, Batch& batch, const cuda::DeviceLimits& limits,
                                int64_t shift, bool in_place, Columns* out) {
    DeviceBatch on(batch, shift);
    const OnDevice<float> advantage(batch.advantage), old_logprob(batch.old_logprob),
        reference_logprob(batch.reference_logprob), rollout_logprob(batch.rollout_logprob), weight(batch.weight);
    const OnDevice<float> a(out->a), b(out->b), c(out->c), d(out->d), e(out->e);
    const OnDevice<uint8_t> flags(out->flags);
    const leash_policy_gradient_args args = {on.rows(),
                                             policy(),
                                             on.targets.get(),
                                             advantage.get(),
                                             old_logprob.get(),
                                             reference_logprob.get(),
                                             rollout_logprob.get(),
                                             weight.get(),
                                             a.get(),
                                             b.get(),
                                             c.get(),
                                             d.get(),
                                             e.get(),
                                             flags.get(),
                                             in_place ? on.rows().logits : on.matrix()};
    const cuda::Fault fault = launch(selection, &args, args.rows, limits);
    for (const OnDevice<float>* column : {&a, &b, &c, &d, &e}) column->back();
    flags.back();
    on.back();
    return fault;
}

cuda::Fault run_token_statistics(const cuda::Selection& selection, Batch& batch, const cuda::DeviceLimits& limits, int64_t shift,
                                 Columns* out) {
    DeviceBatch on(batch, shift);
    const OnDevice<float> a(out->a), b(out->b), c(out->c), d(out->d);
    const OnDevice<leash_row_statistics> statistics(out->statistics);
    const leash_token_statistics_args args = {on.rows(), on.targets.get(), a.get(),
                                              b.get(),   c.get(),          statistics.get(), d.get()};
    const cuda::Fault fault = launch(selection, &args, args.rows, limits);
    for (const OnDevice<float>* column : {&a, &b, &c, &d}) column->back();
    statistics.back();
    return fault;
}

// On a variant's kernels, with logits and output so many elements off the alignment that allocations have.
class CudaRunner final : public Runner {
  public:
    CudaRunner(const Setup& setup, int64_t shift) : setup_(setup), shift_(shift) {}

    leash_rows rows(Batch& batch) override {
        batch_ = std::make_unique<DeviceBatch>(batch, shift_);
        return batch_->rows();
    }
    leash_matrix output(Batch&) override { return batch_->matrix(); }
    void run(int32_t operation, const void* args, const leash_rows& rows) override {
        CHECK_EQ(launch(selected(operation, setup_), args, rows, setup_.limits).rows, 0u);
        batch_->back();
        batch_ = nullptr;
        for (size_t i = 0; i < memory_.size(); i++) {
            memory_[i]->back();
            std::memcpy(columns_[i], bytes_[i].data(), bytes_[i].size());
        }
        columns_.clear();
        memory_.clear();
        bytes_.clear();
    }

  private:
    void* put_bytes(void* host, size_t count) override {
        columns_.push_back(host);
        bytes_.emplace_back(static_cast<const char*>(host), static_cast<const char*>(host) + count);
        memory_.push_back(std::make_unique<OnDevice<char>>(bytes_.back()));
        return memory_.back()->get();
    }

    const Setup& setup_;
    const int64_t shift_;
    std::unique_ptr<DeviceBatch> batch_;
    std::vector<void*> columns_;
    std::deque<std::vector<char>> bytes_;
    std::vector<std::unique_ptr<OnDevice<char>>> memory_;
};

template <class Body>
void for_each_setup(Body body) {
    constexpr int64_t kShapes[][2] = {{1, 1}, {3, 2}, {10, 33}, {10, 257}, {10, 2048}, {10, 4099}};
    for (const Setup& setup : tested_setups()) {
        for (int32_t dtype = LEASH_F32; dtype <= LEASH_F16; dtype++) {
            if (!is_dtype_selected(dtype)) continue;
            for (const auto& shape : kShapes) {
                if (shape[1] > setup.max_vocab) continue;
                const Context context(setup.variant + " " + dtype_name(dtype) + " " +
                                      std::to_string(shape[0]) + " x " + std::to_string(shape[1]) + " shared " +
                                      std::to_string(setup.limits.shared_bytes_per_block));
                Batch batch = common_batch(shape[0], shape[1], dtype);
                leash_rows rows = batch.row_arguments();
                const cuda::Selection selection = selected(LEASH_POLICY_GRADIENT, setup);
                if (!cuda::refusal(selection, rows, setup.limits).empty()) continue;
                body(setup, batch);
            }
        }
    }
}

}  // namespace

VARIANT_TEST(cuda_variants_agree_with_long_double) {
    int cases = 0;
    int64_t rows[count_of(kOperationNames)] = {};
    uint64_t seed = 1;
    for_each_setup([&](const Setup& setup, Batch& batch) {
        for (const int64_t shift : {0, 1}) {
            emulator::set_seed(seed++);
            CudaRunner runner(setup, shift);
            const Batch fresh = batch;
            const auto check = [&](int32_t operation, const auto& body) {
                if (!is_operation_selected(operation)) return;
                // If the variant lacks the operation, naive replaces it: nothing to test if only one variant is selected.
                if (is_one_selected() && cuda::index_of(operation, setup.variant.c_str()) < 0) return;
                rows[operation] += body(runner, batch);
                batch.output = fresh.output;
                cases++;
            };
#define LEASH_CHECK(id, NAME, name, ...) check(LEASH_##NAME, check_##name);
            LEASH_OPERATIONS(LEASH_CHECK)
#undef LEASH_CHECK
        }
    });
    std::printf("cuda: %d cases of variant x operation x dtype x shape x alignment on the emulator\n", cases);
    CHECK(cases > (is_one_selected() ? 0 : 1000));
    for (const int64_t each : rows) CHECK(is_one_selected() || each > 500);
}

VARIANT_TEST(cuda_uses_clusters_of_all_sizes) {
    if (!is_selected("cuda:resident")) return;
    bool seen[17] = {};
    for (const Setup& setup : tested_setups()) {
        if (setup.variant != "resident" || setup.cluster != 0) continue;
        Batch batch(1, 4099, LEASH_F32, 1);
        const leash_log_softmax_args args = {batch.row_arguments(), batch.output_argument()};
        const cuda::Plan plan = cuda::plan(selected(LEASH_LOG_SOFTMAX, setup), &args, setup.limits, nullptr, nullptr);
        seen[plan.launch[0].cluster] = true;
    }
    CHECK(seen[1] && seen[2] && seen[4] && seen[8] && seen[16]);
}

// Row r of a batch must have the same bits at any alignment, position, schedule and mask, in place or not.
VARIANT_TEST(cuda_results_are_independent_of_surroundings) {
    for_each_setup([](const Setup& setup, Batch& batch) {
        const cuda::Selection selection = selected(LEASH_POLICY_GRADIENT, setup);
        Columns first(batch.rows);
        Batch reference = batch;
        run_policy_gradient(selection, reference, setup.limits, 0, false, &first);
        for (int64_t shift = 1; shift < 16 / dtype_bytes(batch.dtype); shift++) {
            emulator::set_seed(static_cast<uint64_t>(100 + shift));
            Columns again(batch.rows);
            Batch copy = batch;
            run_policy_gradient(selection, copy, setup.limits, shift, false, &again);
            CHECK(again.same_as(first));
            CHECK(copy.output == reference.output);
        }
        // In place, and only the last row.
        Columns alone(batch.rows);
        Batch copy = batch;
        std::fill(copy.mask.begin(), copy.mask.end() - 1, 0);
        run_policy_gradient(selection, copy, setup.limits, 2, true, &alone);
        const size_t last = static_cast<size_t>(batch.rows) - 1;
        CHECK_EQ(alone.a[last], first.a[last]);
        const auto row_bytes = static_cast<size_t>(batch.vocab * dtype_bytes(batch.dtype));
        const auto at = last * static_cast<size_t>(batch.stride * dtype_bytes(batch.dtype));
        CHECK(std::memcmp(copy.logits.data() + at, reference.output.data() + at, row_bytes) == 0);
        for (size_t r = 0; r < last; r++) {
            CHECK_EQ(alone.a[r], 0.0f);
            CHECK_EQ(static_cast<int>(alone.flags[r]), 0);
            CHECK_EQ(copy.logit(static_cast<int64_t>(r), batch.vocab / 2), 0.0f);
        }
    });
}

// Only the first vector of a row, the remainder after the last words, and the target are read by elements: 8 + 15 + 1 halves.
VARIANT_TEST(cuda_rows_off_a_boundary_are_read_in_vectors) {
    constexpr uint64_t kNarrowReads = 24;
    for (const Setup& setup : tested_setups()) {
        for (const int32_t dtype : {LEASH_BF16, LEASH_F16}) {
            for (int64_t shift = 1; shift < 8; shift++) {
                const Context context(setup.variant + " " + dtype_name(dtype) + " shift " +
                                      std::to_string(shift));
                Batch batch(3, setup.max_vocab < 4099 ? 2041 : 4099, dtype, 43);
                std::fill(batch.mask.begin(), batch.mask.end(), 1);
                Columns columns(batch.rows);
                const uint64_t before = emulator::global_reads(2);
                run_token_statistics(selected(LEASH_TOKEN_STATISTICS, setup), batch, setup.limits, shift, &columns);
                const uint64_t narrow = emulator::global_reads(2) - before;
                const auto rows = static_cast<uint64_t>(batch.rows);
                if (std::string(cuda::variant(selected(LEASH_TOKEN_STATISTICS, setup).index).name) == "naive") {
                    CHECK(narrow >= rows * static_cast<uint64_t>(batch.vocab));
                } else {
                    CHECK(narrow >= rows);
                    CHECK(narrow <= rows * kNarrowReads);
                }
            }
        }
    }
}

// Bulk copies are not counted: threads read and write only partial words, wherever a row starts, if its output starts likewise.
VARIANT_TEST(cuda_resident_copies_rows_in_bulk) {
    for (const Setup& setup : tested_setups()) {
        if (setup.variant != "resident") continue;
        for (const int32_t dtype : {LEASH_BF16, LEASH_F32}) {
            for (int64_t shift = 0; shift < 16 / dtype_bytes(dtype); shift++) {
                const Context context(setup.variant + " " + dtype_name(dtype) + " shift " + std::to_string(shift));
                Batch batch = common_batch(3, 4099, dtype);
                std::fill(batch.mask.begin(), batch.mask.end(), 1);
                Columns columns(batch.rows);
                const auto accesses = [] { return emulator::global_reads(16) + emulator::global_writes(16); };
                const uint64_t before = accesses();
                run_token_statistics(selected(LEASH_TOKEN_STATISTICS, setup), batch, setup.limits, shift, &columns);
                run_policy_gradient(selected(LEASH_POLICY_GRADIENT, setup), batch, setup.limits, shift, shift % 2 == 0, &columns);
                CHECK_EQ(accesses() - before, 0u);
            }
        }
    }
}

// Only the ends of an output row, and of each slice of resident, are written by elements: 14 halves, and 8 per block.
VARIANT_TEST(cuda_rows_off_a_boundary_are_written_in_vectors) {
    for (const Setup& setup : tested_setups()) {
        const cuda::Selection selection = selected(LEASH_LOG_SOFTMAX, setup);
        const bool is_naive = std::string(cuda::variant(selection.index).name) == "naive";
        Batch batch(3, setup.max_vocab < 4099 ? 2041 : 4099, LEASH_BF16, 47);
        std::fill(batch.mask.begin(), batch.mask.end(), 1);
        std::vector<char> expected;
        for (int64_t shift = 0; shift < 8; shift++) {
            for (int64_t output_shift = 0; output_shift < 8; output_shift++) {
                const Context context(setup.variant + " shifts " + std::to_string(shift) + ", " +
                                      std::to_string(output_shift));
                Batch copy = batch;
                DeviceBatch on(copy, shift, output_shift);
                const leash_log_softmax_args args = {on.rows(), on.matrix()};
                const uint64_t before = emulator::global_writes(2);
                launch(selection, &args, args.rows, setup.limits);
                const uint64_t narrow = emulator::global_writes(2) - before;
                on.back();
                if (expected.empty()) expected = copy.output;
                CHECK(copy.output == expected);
                const auto rows = static_cast<uint64_t>(batch.rows);
                CHECK(narrow <= rows * (is_naive ? static_cast<uint64_t>(batch.vocab) : 14 + 8 * 8));
            }
        }
    }
}

VARIANT_TEST(cuda_invalid_rows_are_nan_and_reported) {
    for_each_setup([](const Setup& setup, Batch& batch) {
        if (batch.rows < 4) return;
        const cuda::Selection selection = selected(LEASH_POLICY_GRADIENT, setup);
        Columns good(batch.rows);
        Batch reference = batch;
        run_policy_gradient(selection, reference, setup.limits, 0, false, &good);
        batch.targets[1] = static_cast<int32_t>(batch.vocab);
        batch.targets[3] = -1;
        batch.put_logit(2, batch.vocab / 2, std::copysign(NAN, batch.vocab % 2 == 0 ? 1.0f : -1.0f));
        batch.put_logit(4, batch.vocab - 1, INFINITY);
        batch.temperatures[5] = -1;
        for (int64_t j = 0; j < batch.vocab; j++) batch.put_logit(6, j, -INFINITY);
        Columns out(batch.rows);
        const cuda::Fault fault = run_policy_gradient(selection, batch, setup.limits, 1, false, &out);
        CHECK_EQ(fault.first_row(), 1);
        CHECK_EQ(fault.first_target(), static_cast<int32_t>(batch.vocab));
        CHECK_EQ(fault.rows, 2ull);
        for (int64_t r = 0; r < batch.rows; r++) {
            const auto i = static_cast<size_t>(r);
            if (r >= 1 && r <= 6) {
                CHECK(std::isnan(out.a[i]));
                for (const int64_t j : {int64_t{0}, batch.vocab / 2, batch.vocab - 1}) CHECK(std::isnan(batch.out(r, j)));
            } else {
                CHECK_EQ(out.a[i], good.a[i]);
            }
        }
    });
}

// Neighbouring floats, of which log2(e) / T is a large multiple: it cannot be subtracted after the multiplication.
VARIANT_TEST(cuda_rows_of_enormous_logits_agree_with_long_double) {
    for (const Setup& setup : tested_setups()) {
        for (const int32_t dtype : {LEASH_F32, LEASH_BF16, LEASH_F16}) {
            if (!is_dtype_selected(dtype)) continue;
            Batch batch(4, setup.max_vocab < 5003 ? 2041 : 5003, dtype, 51);
            const bool is_f16 = dtype == LEASH_F16;
            for (int64_t r = 0; r < batch.rows; r++) {
                // A row with one maximum, and rows with many; the last is beyond any offset, except in f16.
                const float enormous = is_f16 ? 0x1.7p15f : r < 3 ? -0x1.7p27f : 0x1.7p80f;
                const float step = std::fabs(enormous) * 0x1p-7f;
                for (int64_t j = 0; j < batch.vocab; j++) {
                    const int64_t below = r == 0 ? j % 5 + (j == 77 ? 0 : 1) : j % 3;
                    batch.put_logit(r, j, enormous - (r < 2 && !is_f16 ? 16.0f : step) * static_cast<float>(below));
                }
                batch.temperatures[static_cast<size_t>(r)] = is_f16 ? 0x1p-12f : 2.0f;
            }
            batch = referenced(batch);
            const Context context(setup.variant + " " + dtype_name(dtype));
            CudaRunner runner(setup, 0);
            check_token_statistics(runner, batch);
            CudaRunner again(setup, 0);
            check_policy_gradient(again, batch);
        }
    }
}

TEST(cuda_variants_state_reason_for_rejection) {
    Batch batch(2, 4099, LEASH_F32, 1);
    const leash_rows rows = batch.row_arguments();
    cuda::DeviceLimits ampere = kHopper;
    ampere.compute_capability = 80;
    const auto refusal = [&](int32_t operation, const Setup& setup) {
        return cuda::refusal(selected(operation, setup), rows, setup.limits);
    };
    const auto says = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
    CHECK(says(refusal(LEASH_ENTROPY, {"warp", kHopper, 0}), "4099 is more than the 2048"));
    CHECK(says(refusal(LEASH_LOG_SOFTMAX, {"resident", ampere, 0}), "capability 9.0; this device has 8.0"));
    CHECK(says(refusal(LEASH_LOG_SOFTMAX, {"resident", with_shared(1024), 0}),
               "does not fit the shared memory of 16 blocks"));
    cuda::DeviceLimits small = with_shared(2500);
    CHECK(refusal(LEASH_LOG_SOFTMAX, {"resident", small, 0}).empty());
    small.max_cluster = 8;
    CHECK(says(refusal(LEASH_LOG_SOFTMAX, {"resident", small, 0}), "does not fit the shared memory of 8 blocks"));
    CHECK(says(refusal(LEASH_LOG_SOFTMAX, {"resident", small, 0, 16}), "clusters have at most 8 blocks on this device, not 16"));
    CHECK(says(refusal(LEASH_LOG_SOFTMAX, {"resident", with_shared(8000), 0, 2}),
               "does not fit the shared memory of 2 blocks"));
    CHECK(refusal(LEASH_LOG_SOFTMAX, {"resident", with_shared(8000), 0, 4}).empty());
    CHECK(refusal(LEASH_LOG_SOFTMAX, {"naive", ampere, 0}).empty());
    // The choice never rejects the call.
    for (int32_t operation = LEASH_LOG_SOFTMAX; operation <= LEASH_POLICY_GRADIENT; operation++) {
        for (const cuda::DeviceLimits& limits : {kHopper, ampere}) {
            const cuda::Chosen chosen = cuda::choose(operation, rows, limits);
            CHECK(chosen.entry >= 0 && cuda::variant(chosen.selection.index).operation == operation);
            CHECK(cuda::refusal(chosen.selection, rows, limits).empty());
        }
    }
}

// Every vocabulary up to the largest in use, with the shared memory of every architecture with clusters.
TEST(residency_table_holds_every_row) {
    int clusters[17] = {};
    for (const int64_t shared : {int64_t{232448}, int64_t{166912}, int64_t{101376}}) {
        const cuda::DeviceLimits limits = with_shared(shared);
        for (const int32_t dtype : {LEASH_BF16, LEASH_F32}) {
            const int64_t per_vector = dtype == LEASH_F32 ? 4 : 8;
            for (int64_t vocab = 1; vocab <= 262144; vocab++) {
                const cuda::Resident::Residency residency = cuda::Resident::residency(vocab, dtype, limits, 0);
                const int64_t vectors = (vocab - 1) / per_vector + 1;
                const int64_t bytes = cuda::Resident::kHeadBytes + int64_t{residency.slice_vectors} * 16;
                const bool fits = residency.cluster * int64_t{residency.slice_vectors} >= vectors && bytes <= shared;
                const bool is_tight = residency.cluster == 1 || (residency.cluster / 2) * int64_t{residency.slice_vectors} < vectors;
                if (!fits || !is_tight) {
                    const Context context(std::to_string(vocab) + " shared " + std::to_string(shared));
                    CHECK(fits && is_tight);
                    continue;
                }
                clusters[residency.cluster]++;
            }
        }
    }
    CHECK(clusters[1] > 0 && clusters[2] > 0 && clusters[4] > 0 && clusters[8] > 0 && clusters[16] > 0);
}

// The vocabularies in use at their full length, aligned and not: resident as on Hopper, and the others.
VARIANT_TEST(cuda_variants_agree_with_long_double_on_full_vocabularies) {
    uint64_t seed = 1000;
    for (const int64_t vocab : {32000, 50257, 128256, 151936, 262144}) {
        for (const int32_t dtype : {LEASH_BF16, LEASH_F32}) {
            for (const std::string variant : {"resident", "two_read", "split"}) {
                if (!is_selected("cuda:" + variant) || !is_dtype_selected(dtype)) continue;
                const int64_t shift = static_cast<int64_t>(seed % 2);
                emulator::set_seed(seed++);
                const Context context(variant + " " + dtype_name(dtype) + " " + std::to_string(vocab));
                Batch batch = referenced_batch(2, vocab, dtype, seed);
                const Setup setup = {variant, kHopper, vocab};
                CudaRunner runner(setup, shift);
                check_policy_gradient(runner, batch);
            }
        }
    }
}
