// log_softmax on a CPU: the sums of a row, then out = (x - max) / T - log s, last piece first.
#include "cpu/ops/work.h"

namespace leash::cpu {
namespace {

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
    static bool takes_squares() { return false; }
    void output(int64_t row, int64_t piece, const RowState& state) const {
        const RowStatistics& s = state.statistics;
        const int64_t start = rows.piece_start(piece);
        rows.loops().log_softmax(rows.element(rows.logits(), row, start), rows.element(logprobs, row, start),
                                 rows.piece_count(piece), static_cast<float>(s.max_logit),
                                 static_cast<float>(s.inverse_temperature), static_cast<float>(s.log_sum), streaming);
    }
    static void complete(int64_t, const RowState&) {}
};

}  // namespace

TargetFault log_softmax(CpuDevice& device, const Kernels& kernels, const leash_log_softmax_args& args) {
    const Rows rows(args.rows, kernels);
    run_rows(device, rows,
             LogSoftmaxWork{rows, args.logprobs, worth_streaming(device, args.rows.logits, args.logprobs)});
    return {};
}

}  // namespace leash::cpu
