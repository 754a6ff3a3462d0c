// two_read: one block per row, in vectors of 16 bytes, four in flight per thread: sums in one pass, the output in a second,
// backward pass, as the elements read last are still in the second-level cache. 2R + 1W, partly served by the cache; 1R, the
// minimum, without an output. A vector of bf16 takes 58 issue slots in the sums and 70 in the gradient (machine_code.csv).
#ifndef LEASH_CUDA_VARIANTS_TWO_READ_CUH
#define LEASH_CUDA_VARIANTS_TWO_READ_CUH

#include "cuda/variants/variant.h"

#if LEASH_DEVICE_CODE
#include "cuda/ops/launches.cuh"
#include "cuda/variants/vectors.cuh"
#endif

namespace leash::cuda {

struct TwoRead : AnyRows {
    static constexpr Traits kTraits = {"a block a row in vectors of 16 bytes: a pass of online sums, then the output, backwards",
                                       INT32_MAX, 80, 120};
    static constexpr int reads(bool sums, bool output) { return (sums ? 1 : 0) + (output ? 1 : 0); }

#if LEASH_DEVICE_CODE
    static constexpr int kThreads = kBlockThreads;
    static constexpr int kBlocks = 3;
    template <class Operation>
    using Parameters = Operation;
    template <class Operation, int kDType>
    static __device__ void run(const Operation& operation);
    template <class Operation>
    static void plan(Launches<Operation>& launches);
#endif
};

#if LEASH_DEVICE_CODE

template <class Operation, int kDType>
__device__ void TwoRead::run(const Operation& operation) {
    auto& s = shared<BlockShared<Operation::kSquares>>();
    const RowParameters& rows = operation.rows;
    const int t = static_cast<int>(threadIdx.x);
    for (int64_t r = blockIdx.x; r < rows.rows; r += gridDim.x) {
        const Row<kDType> row(rows.logits, r, rows.stride, rows.vocab);
        if (rows.masked(r)) {
            write_masked<Operation, kDType>(operation, r, t, kBlockThreads, t == 0);
            continue;
        }
        Target target = {};
        if (t == 0) target = target_of(operation, row, r);
        if (t == kBlockThreads - 1) operation.prefetch(r);
        const double inverse_temperature = rows.inverse_temperature(r);
        PartialRow<Operation::kSquares> sums = empty_row<Operation::kSquares>();
        if (Operation::kNeedsSums) {
            sums = sum_block<Operation::kSquares>(row, 0, row.vectors(), loop_scale(inverse_temperature), s.sums);
        }
        if (t == 0) {
            const OutputRow output = operation.finish(r, finish(sums, inverse_temperature), target, true);
            s.output = output;
        }
        __syncthreads();
        if (operation.has_output()) {
            const OutputRow output = s.output;
            const Row<kDType> to(operation.output, r, operation.output_stride, rows.vocab);
            // From the last word of thread t backwards.
            const int count = (to.words() + kBlockThreads - 1 - t) / kBlockThreads;
            write_words<Operation, -kBlockThreads>(output, row, to, t + (count - 1) * kBlockThreads, count);
        }
        __syncthreads();
    }
}

template <class Operation>
void TwoRead::plan(Launches<Operation>& launches) {
    launches.template add<TwoRead>(launches.row_count(), sizeof(BlockShared<Operation::kSquares>), launches.operation);
}

#endif

}  // namespace leash::cuda

#endif
