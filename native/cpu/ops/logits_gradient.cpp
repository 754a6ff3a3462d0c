// logits_gradient on a CPU: the coefficients of a row from its saved statistics, then its gradient; no sums.
#include <cmath>

#include "cpu/ops/work.h"

namespace leash::cpu {
namespace {

struct LogitsGradientWork : GradientOutput {
    static constexpr bool kNeedsSums = false;
    const leash_logits_gradient_args& args;
    FaultCounter& faults;

    LogitsGradientWork(const Rows& r, const leash_logits_gradient_args& a, bool streams, FaultCounter& f)
        : GradientOutput{r, a.gradient, streams}, args(a), faults(f) {}
    void masked(int64_t row) const { zero(row); }
    void finish(int64_t row, const PieceSums*, RowState& state) const {
        const leash_row_statistics& saved = args.statistics[row];
        state.statistics = {saved.max, rows.inverse_temperature(row), saved.log_sum, saved.mean,
                            std::exp(-static_cast<double>(saved.log_sum)), 0};
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

}  // namespace

TargetFault logits_gradient(CpuDevice& device, const Kernels& kernels, const leash_logits_gradient_args& args) {
    const Rows rows(args.rows, kernels);
    FaultCounter faults;
    run_rows(device, rows,
             LogitsGradientWork(rows, args, worth_streaming(device, args.rows.logits, args.gradient), faults));
    return faults.result(args.targets);
}

}  // namespace leash::cpu
