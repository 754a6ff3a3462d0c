// Common parts of the operations on a CPU: columns, targets out of range, and the gradient as an output. schedule.h lists the
// members of an operation.
#ifndef LEASH_CPU_OPS_WORK_H
#define LEASH_CPU_OPS_WORK_H

#include <atomic>
#include <limits>

#include "cpu/ops/operations.h"
#include "cpu/ops/rows.h"
#include "cpu/ops/schedule.h"

namespace leash::cpu {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Counts rows with a target out of range and keeps the first; the result does not depend on the threads.
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

inline bool in_range(const Rows& rows, int32_t target) { return target >= 0 && target < rows.vocab(); }

// NaN if the target is out of range. Callers read a target once and pass on the copy: the memory may change during the call, and
// the value checked must be the value used.
inline double target_logprob(const Rows& rows, int64_t row, int32_t target, const RowStatistics& statistics,
                      FaultCounter& faults) {
    if (!in_range(rows, target)) {
        faults.add(row);
        return kNaN;
    }
    return statistics.logprob(rows.logit(row, target));
}

inline void put(float* column, int64_t row, double value) {
    if (column != nullptr) column[row] = static_cast<float>(value);
}

inline double take(const float* column, int64_t row, double otherwise) {
    return column != nullptr ? static_cast<double>(column[row]) : otherwise;
}

// Outputs larger than the last-level cache are written past it, which saves reading them first. In place, nothing would be saved.
inline bool worth_streaming(const CpuDevice& device, const leash_matrix& logits, const leash_matrix& output) {
    if (output.data == nullptr || output.data == logits.data) return false;
    const int64_t bytes = logits.rows * logits.vocab * (logits.dtype == LEASH_F32 ? 4 : 2);
    return device.last_level_cache_bytes > 0 && bytes > device.last_level_cache_bytes;
}

struct NoOutput {
    static bool has_output() { return false; }
    static bool takes_terms() { return false; }
    static bool takes_squares() { return false; }
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
    static bool takes_squares() { return false; }
    void output(int64_t row, int64_t piece, const RowState& state) const {
        const int64_t start = rows.piece_start(piece);
        rows.loops().gradient(rows.element(rows.logits(), row, start), rows.element(gradient, row, start),
                              rows.piece_count(piece), static_cast<float>(state.statistics.max_logit),
                              loop_scale(state.statistics.inverse_temperature), state.coefficients, streaming);
    }
    void complete(int64_t row, const RowState& state) const {
        if (state.target >= 0) {
            rows.loops().store(rows.element(gradient, row, 0), state.target, state.coefficients.at_target);
        }
    }
    void zero(int64_t row) const {
        if (has_output()) rows.fill_zero(gradient, row);
    }
    // NaN statistics make every element of the row NaN.
    static void poison(RowState& state) {
        state.statistics = nan_row();
        state.coefficients = gradient_coefficients(state.statistics, false, kNaN, kNaN, kNaN, kNaN);
        state.target = -1;
    }
};

}  // namespace leash::cpu

#endif
