#include "operations.h"

#include <atomic>
#include <limits>

#include "policy_loss.h"
#include "row.h"
#include "schedule.h"

namespace leash::cpu {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Counts rows with a target out of range, keeping the first: whichever thread meets it, the answer is the same.
class FaultCounter {
  public:
    void add(int64_t row) {
        rows_.fetch_add(1, std::memory_order_relaxed);
        int64_t first = first_row_.load(std::memory_order_relaxed);
        while (row < first && !first_row_.compare_exchange_weak(first, row, std::memory_order_relaxed)) {
        }
    }
    TargetFault result(const int32_t* targets) const {
        TargetFault fault;
        fault.rows = rows_.load(std::memory_order_relaxed);
        if (fault.rows > 0) {
            fault.first_row = first_row_.load(std::memory_order_relaxed);
            fault.target = targets[fault.first_row];
        }
        return fault;
    }

  private:
    std::atomic<int64_t> rows_{0};
    std::atomic<int64_t> first_row_{std::numeric_limits<int64_t>::max()};
};

bool in_range(const Rows& rows, int32_t target) { return target >= 0 && target < rows.vocab(); }

// NaN where the target is out of range. Callers read a target once and hand on the copy: memory of the caller's may change
// under a call, and what was checked has to be what is used.
double target_logprob(const Rows& rows, int64_t row, int32_t target, const RowStatistics& statistics,
                      FaultCounter& faults) {
    if (!in_range(rows, target)) {
        faults.add(row);
        return kNaN;
    }
    return statistics.logprob(rows.logit(row, target));
}

void put(float* column, int64_t row, double value) {
    if (column != nullptr) column[row] = static_cast<float>(value);
}

double take(const float* column, int64_t row, double otherwise) {
    return column != nullptr ? static_cast<double>(column[row]) : otherwise;
}

// Outputs larger than the last cache will not be found there again: they are written past it, which saves reading them
// first. In place there is nothing to save.
bool worth_streaming(const CpuDevice& device, const leash_matrix& logits, const leash_matrix& output) {
    if (output.data == nullptr || output.data == logits.data) return false;
    const int64_t bytes = logits.rows * logits.vocab * (logits.dtype == LEASH_F32 ? 4 : 2);
    return device.last_level_cache_bytes > 0 && bytes > device.last_level_cache_bytes;
}

struct NoOutput {
    static bool has_output() { return false; }
    static bool takes_terms() { return false; }
    static void output(int64_t, int64_t, const RowState&) {}
    static void complete(int64_t, const RowState&) {}
};

// The gradient matrix of logits_gradient and policy_gradient.
struct GradientOutput {
    const Rows& rows;
    const leash_matrix& gradient;
    const bool streaming;

    bool has_output() const { return gradient.data != nullptr; }
    static bool takes_terms() { return false; }
    void output(int64_t row, int64_t piece, const RowState& state) const {
        const int64_t start = rows.piece_start(piece);
        rows.loops().gradient(rows.element(rows.logits(), row, start), rows.element(gradient, row, start),
                              rows.piece_count(piece), static_cast<float>(state.statistics.max_logit),
                              loop_scale(state.statistics.temperature), state.coefficients, streaming);
    }
    void complete(int64_t row, const RowState& state) const {
        if (state.target >= 0) {
            rows.loops().store(rows.element(gradient, row, 0), state.target, state.coefficients.at_target);
        }
    }
    void zero(int64_t row) const {
        if (has_output()) rows.fill_zero(gradient, row);
    }
    // With NaN statistics every element of the row comes out NaN.
    static void poison(RowState& state) {
        state.statistics = nan_row();
        state.coefficients = gradient_coefficients(state.statistics, false, kNaN, kNaN, kNaN, kNaN);
        state.target = -1;
    }
};

struct LogSoftmaxWork {
    static constexpr bool kNeedsSums = true;
    const Rows& rows;
    const leash_matrix& logprobs;
    const bool streaming;

    void masked(int64_t row) const { rows.fill_zero(logprobs, row); }
    void finish(int64_t row, const PieceSums* sums, RowState& state) const {
        state.statistics = rows.statistics(row, sums);
    }
    static bool has_output() { return true; }
    static bool takes_terms() { return false; }
    void output(int64_t row, int64_t piece, const RowState& state) const {
        const RowStatistics& s = state.statistics;
        const int64_t start = rows.piece_start(piece);
        rows.loops().log_softmax(rows.element(rows.logits(), row, start), rows.element(logprobs, row, start),
                                 rows.piece_count(piece), static_cast<float>(s.max_logit),
                                 static_cast<float>(1 / s.temperature), static_cast<float>(s.log_sum), streaming);
    }
    static void complete(int64_t, const RowState&) {}
};

struct EntropyWork : NoOutput {
    static constexpr bool kNeedsSums = true;
    const Rows& rows;
    float* const entropies;

    EntropyWork(const Rows& r, float* out) : rows(r), entropies(out) {}
    void masked(int64_t row) const { entropies[row] = 0; }
    void finish(int64_t row, const PieceSums* sums, RowState&) const {
        put(entropies, row, rows.statistics(row, sums).entropy());
    }
};

struct TokenStatisticsWork : NoOutput {
    static constexpr bool kNeedsSums = true;
    const Rows& rows;
    const leash_token_statistics_args& args;
    FaultCounter& faults;

    TokenStatisticsWork(const Rows& r, const leash_token_statistics_args& a, FaultCounter& f)
        : rows(r), args(a), faults(f) {}
    void write(int64_t row, double logprob, double entropy, double lse, leash_row_statistics statistics) const {
        put(args.logprob, row, logprob);
        put(args.entropy, row, entropy);
        put(args.lse, row, lse);
        if (args.statistics != nullptr) args.statistics[row] = statistics;
    }
    void masked(int64_t row) const { write(row, 0, 0, 0, {0, 0, 0}); }
    void finish(int64_t row, const PieceSums* sums, RowState&) const {
        RowStatistics s = rows.statistics(row, sums);
        double logprob = 0;
        if (args.targets != nullptr) {
            const int32_t target = args.targets[row];
            logprob = target_logprob(rows, row, target, s, faults);
            if (!in_range(rows, target)) s = nan_row();
        }
        write(row, logprob, s.entropy(), s.lse(),
              {static_cast<float>(s.max_logit), static_cast<float>(s.log_sum), static_cast<float>(s.mean)});
    }
};

struct LogitsGradientWork : GradientOutput {
    static constexpr bool kNeedsSums = false;
    const leash_logits_gradient_args& args;
    FaultCounter& faults;

    LogitsGradientWork(const Rows& r, const leash_logits_gradient_args& a, bool streams, FaultCounter& f)
        : GradientOutput{r, a.gradient, streams}, args(a), faults(f) {}
    void masked(int64_t row) const { zero(row); }
    void finish(int64_t row, const PieceSums*, RowState& state) const {
        const leash_row_statistics& saved = args.statistics[row];
        state.statistics = {saved.max, rows.temperature(row), saved.log_sum, saved.mean};
        state.target = -1;
        double logprob = 0;
        const bool has_target = args.grad_logprob != nullptr;
        if (has_target) {
            const int32_t target = args.targets[row];
            logprob = target_logprob(rows, row, target, state.statistics, faults);
            if (!in_range(rows, target)) return poison(state);
            state.target = target;
        }
        state.coefficients =
            gradient_coefficients(state.statistics, has_target, logprob, take(args.grad_logprob, row, 0),
                                  take(args.grad_entropy, row, 0), take(args.grad_lse, row, 0));
    }
};

struct PolicyGradientWork : GradientOutput {
    static constexpr bool kNeedsSums = true;
    const leash_policy_gradient_args& args;
    FaultCounter& faults;

    PolicyGradientWork(const Rows& r, const leash_policy_gradient_args& a, bool streams, FaultCounter& f)
        : GradientOutput{r, a.gradient, streams}, args(a), faults(f) {}
    void write(int64_t row, double logprob, double entropy, const PolicyResult<double>& result) const {
        put(args.loss, row, result.loss);
        put(args.logprob, row, logprob);
        put(args.entropy, row, entropy);
        put(args.ratio, row, result.ratio);
        put(args.kl, row, result.kl);
        if (args.clip_flags != nullptr) args.clip_flags[row] = static_cast<uint8_t>(result.clip_flags);
    }
    bool takes_terms() const { return rows.loops().keeps_terms; }
    void output(int64_t row, int64_t piece, const RowState& state) const {
        if (!takes_terms()) return GradientOutput::output(row, piece, state);
        const int64_t start = rows.piece_start(piece);
        const PieceSums& sums = state.sums[piece];
        const float* const terms = state.terms == nullptr ? nullptr : state.terms + start;
        TermRun runs[kPieceRuns + 1];
        Rows::runs(sums, state.statistics, runs);
        rows.loops().gradient_of_terms(rows.element(rows.logits(), row, start), terms, sums.far, runs,
                                       rows.element(gradient, row, start), rows.piece_count(piece),
                                       static_cast<float>(state.statistics.max_logit),
                                       loop_scale(state.statistics.temperature), state.coefficients, streaming);
    }
    void masked(int64_t row) const {
        write(row, 0, 0, {});
        zero(row);
    }
    void finish(int64_t row, const PieceSums* sums, RowState& state) const {
        state.statistics = rows.statistics(row, sums);
        const int32_t target = args.targets[row];
        state.target = target;
        const double logprob = target_logprob(rows, row, target, state.statistics, faults);
        if (!in_range(rows, target)) {
            write(row, kNaN, kNaN, {kNaN, kNaN, kNaN, 0, kNaN, kNaN});
            return poison(state);
        }
        PolicyInputs<double> in;
        in.logprob = logprob;
        in.entropy = state.statistics.entropy();
        in.advantage = args.advantage[row];
        in.old_logprob = take(args.old_logprob, row, logprob);
        in.reference_logprob = take(args.reference_logprob, row, 0);
        in.rollout_logprob = take(args.rollout_logprob, row, 0);
        in.weight = take(args.weight, row, 1);
        const PolicyResult<double> result = policy_loss(args.policy, in, args.rollout_logprob != nullptr);
        write(row, logprob, in.entropy, result);
        state.coefficients = gradient_coefficients(state.statistics, true, logprob, result.grad_logprob,
                                                   result.grad_entropy, 0);
    }
};

}  // namespace

TargetFault log_softmax(CpuDevice& device, const Kernels& kernels, const leash_log_softmax_args& args) {
    const Rows rows(args.rows, kernels);
    run_rows(device, rows,
             LogSoftmaxWork{rows, args.logprobs, worth_streaming(device, args.rows.logits, args.logprobs)});
    return {};
}

TargetFault entropy(CpuDevice& device, const Kernels& kernels, const leash_entropy_args& args) {
    const Rows rows(args.rows, kernels);
    run_rows(device, rows, EntropyWork(rows, args.entropy));
    return {};
}

TargetFault token_statistics(CpuDevice& device, const Kernels& kernels, const leash_token_statistics_args& args) {
    const Rows rows(args.rows, kernels);
    FaultCounter faults;
    run_rows(device, rows, TokenStatisticsWork(rows, args, faults));
    return faults.result(args.targets);
}

TargetFault logits_gradient(CpuDevice& device, const Kernels& kernels, const leash_logits_gradient_args& args) {
    const Rows rows(args.rows, kernels);
    FaultCounter faults;
    run_rows(device, rows,
             LogitsGradientWork(rows, args, worth_streaming(device, args.rows.logits, args.gradient), faults));
    return faults.result(args.targets);
}

TargetFault policy_gradient(CpuDevice& device, const Kernels& kernels, const leash_policy_gradient_args& args) {
    const Rows rows(args.rows, kernels);
    FaultCounter faults;
    run_rows(device, rows,
             PolicyGradientWork(rows, args, worth_streaming(device, args.rows.logits, args.gradient), faults));
    return faults.result(args.targets);
}

}  // namespace leash::cpu
