// policy_gradient on a CPU: the sums of a row, its loss (math/policy_loss.h, in double precision), and its gradient, from kept
// terms where possible (operations.h).
#include "cpu/ops/work.h"
#include "math/policy_loss.h"

namespace leash::cpu {
namespace {

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
                                       loop_scale(state.statistics.inverse_temperature), state.coefficients, streaming);
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

TargetFault policy_gradient(CpuDevice& device, const Kernels& kernels, const leash_policy_gradient_args& args) {
    const Rows rows(args.rows, kernels);
    FaultCounter faults;
    run_rows(device, rows,
             PolicyGradientWork(rows, args, worth_streaming(device, args.rows.logits, args.gradient), faults));
    return faults.result(args.targets);
}

}  // namespace leash::cpu
