// token_statistics on a CPU: the sums of a row, then its columns.
#include "cpu/ops/work.h"

namespace leash::cpu {
namespace {

struct TokenStatisticsWork : NoOutput {
    static constexpr bool kNeedsSums = true;
    const Rows& rows;
    const leash_token_statistics_args& args;
    FaultCounter& faults;

    TokenStatisticsWork(const Rows& r, const leash_token_statistics_args& a, FaultCounter& f)
        : rows(r), args(a), faults(f) {}
    void write(int64_t row, double logprob, double entropy, double lse, double collision,
               leash_row_statistics statistics) const {
        put(args.logprob, row, logprob);
        put(args.entropy, row, entropy);
        put(args.lse, row, lse);
        put(args.collision, row, collision);
        if (args.statistics != nullptr) args.statistics[row] = statistics;
    }
    bool takes_squares() const { return args.collision != nullptr; }
    void masked(int64_t row) const { write(row, 0, 0, 0, 0, {0, 0, 0}); }
    void finish(int64_t row, const PieceSums* sums, RowState&) const {
        RowStatistics s = rows.statistics(row, sums);
        double logprob = 0;
        if (args.targets != nullptr) {
            const int32_t target = args.targets[row];
            logprob = target_logprob(rows, row, target, s, faults);
            if (!in_range(rows, target)) s = nan_row();
        }
        write(row, logprob, s.entropy(), s.lse(), s.collision,
              {static_cast<float>(s.max_logit), static_cast<float>(s.log_sum), static_cast<float>(s.mean)});
    }
};

}  // namespace

TargetFault token_statistics(CpuDevice& device, const Kernels& kernels, const leash_token_statistics_args& args) {
    const Rows rows(args.rows, kernels);
    FaultCounter faults;
    run_rows(device, rows, TokenStatisticsWork(rows, args, faults));
    return faults.result(args.targets);
}

}  // namespace leash::cpu
