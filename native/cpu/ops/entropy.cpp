// entropy on a CPU: the sums of a row, then log s - mean.
#include "cpu/ops/work.h"

namespace leash::cpu {
namespace {

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

}  // namespace

TargetFault entropy(CpuDevice& device, const Kernels& kernels, const leash_entropy_args& args) {
    const Rows rows(args.rows, kernels);
    run_rows(device, rows, EntropyWork(rows, args.entropy));
    return {};
}

}  // namespace leash::cpu
