// Divides the rows of a call among the threads of a device; operations.h has the plan.
#ifndef LEASH_CPU_OPS_SCHEDULE_H
#define LEASH_CPU_OPS_SCHEDULE_H

#include <algorithm>
#include <cstdint>

#include "cpu/device.h"
#include "cpu/ops/rows.h"

namespace leash::cpu {

// Minimum work in a call that is worth waking a thread: some 3 us of sums.
constexpr int64_t kElementsWorthSharing = 16384;
// With fewer rows per thread, threads share pieces instead of rows.
constexpr int64_t kRowsPerThread = 4;
// The terms of longer rows, more than 4 MiB, would have left the near caches before their use.
constexpr int64_t kMostKeptTerms = int64_t{1} << 20;

// The state of a row in progress.
struct RowState {
    bool live;  // not masked
    RowStatistics statistics;
    GradientCoefficients coefficients;
    int64_t target;  // column whose gradient is coefficients.at_target, or -1
    const PieceSums* sums;  // of its pieces
    const float* terms;     // of its pieces, kPieceElements apart; null if not kept
};

template <class Task>
void share(ThreadPool& pool, int64_t tasks, Task task) {
    pool.run(
        tasks, [](void* context, int worker, int64_t index) { (*static_cast<Task*>(context))(worker, index); },
        &task);
}

// Work provides, for row r:
//   static constexpr bool kNeedsSums     whether the statistics come from the logits
//   void masked(r)                       the outputs of a masked row
//   void finish(r, sums, RowState&)      from the pieces' sums to the per-row outputs
//   bool has_output()                    whether there is an output matrix
//   bool takes_terms()                   whether output() can use the terms kept by the sums
//   bool takes_squares()                 whether the statistics need sums of squares
//   void output(r, piece, RowState)      one piece of the output row
//   void complete(r, RowState)           after all pieces of the output row
template <class Work>
void run_rows(CpuDevice& device, const Rows& rows, Work work) {
    const int64_t n = rows.count();
    const int64_t pieces = rows.pieces();
    const int threads = device.pool.threads();
    const bool shared = threads > 1 && n * pieces > 1 && n * rows.vocab() >= kElementsWorthSharing;
    const bool by_piece = shared && pieces > 1 && n < kRowsPerThread * threads;

    // One slot per row in progress: its state, the sums of its pieces and, if one thread processes the whole row, their terms.
    const int64_t slots = by_piece ? n : threads;
    const bool keeps_terms = !by_piece && rows.vocab() <= kMostKeptTerms && work.has_output() && work.takes_terms();
    const size_t row_terms = keeps_terms ? static_cast<size_t>(pieces * kPieceElements) : 0;
    // Else the terms of a piece are kept until their squares have been summed.
    const bool squares = work.takes_squares();
    const size_t square_terms = squares && !keeps_terms ? static_cast<size_t>(threads * kPieceElements) : 0;
    const size_t row_bytes =
        row_terms * sizeof(float) + sizeof(RowState) + static_cast<size_t>(pieces) * sizeof(PieceSums);
    float* const all_terms = static_cast<float*>(
        device.scratch(square_terms * sizeof(float) + static_cast<size_t>(slots) * row_bytes));
    PieceSums* const all_sums = reinterpret_cast<PieceSums*>(all_terms + static_cast<size_t>(slots) * row_terms + square_terms);
    RowState* const states = reinterpret_cast<RowState*>(all_sums + slots * pieces);
    const auto terms_of = [&](int64_t slot, int64_t piece) {
        return keeps_terms ? all_terms + static_cast<size_t>(slot) * row_terms + piece * kPieceElements : nullptr;
    };
    const auto summed_terms_of = [&](int worker, int64_t slot, int64_t piece) {
        return square_terms > 0 ? all_terms + worker * kPieceElements : terms_of(slot, piece);
    };
    for (int64_t k = 0; k < slots; ++k) {
        states[k].sums = all_sums + k * pieces;
        states[k].terms = terms_of(k, 0);
    }

    if (by_piece) {
        for (int64_t r = 0; r < n; ++r) {
            states[r].live = !rows.masked(r);
            if (!states[r].live) work.masked(r);
        }
        if (Work::kNeedsSums) {
            share(device.pool, n * pieces, [&](int worker, int64_t task) {
                const int64_t r = task / pieces;
                const int64_t piece = task % pieces;
                if (states[r].live) rows.sums(r, piece, summed_terms_of(worker, r, piece), squares, all_sums[task]);
            });
        }
        share(device.pool, n, [&](int, int64_t r) {
            if (states[r].live) work.finish(r, all_sums + r * pieces, states[r]);
        });
        if (!work.has_output()) return;
        share(device.pool, n * pieces, [&](int, int64_t task) {
            const RowState& state = states[task / pieces];
            if (state.live) work.output(task / pieces, task % pieces, state);
        });
        for (int64_t r = 0; r < n; ++r) {
            if (states[r].live) work.complete(r, states[r]);
        }
        return;
    }

    const auto whole_row = [&](int worker, int64_t r) {
        if (rows.masked(r)) {
            work.masked(r);
            return;
        }
        RowState& state = states[worker];
        PieceSums* const sums = all_sums + worker * pieces;
        if (Work::kNeedsSums) {
            for (int64_t k = 0; k < pieces; ++k) rows.sums(r, k, summed_terms_of(worker, worker, k), squares, sums[k]);
        }
        work.finish(r, sums, state);
        if (!work.has_output()) return;
        // Backwards, as the piece read last is still in the cache.
        for (int64_t k = pieces - 1; k >= 0; --k) work.output(r, k, state);
        work.complete(r, state);
    };
    if (!shared) {
        for (int64_t r = 0; r < n; ++r) whole_row(0, r);
        return;
    }
    const int64_t rows_a_task = std::max<int64_t>(1, kElementsWorthSharing / rows.vocab());
    share(device.pool, (n + rows_a_task - 1) / rows_a_task, [&](int worker, int64_t task) {
        const int64_t end = std::min(n, (task + 1) * rows_a_task);
        for (int64_t r = task * rows_a_task; r < end; ++r) whole_row(worker, r);
    });
}

}  // namespace leash::cpu

#endif
