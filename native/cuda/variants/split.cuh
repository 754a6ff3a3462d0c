// split: for a few long rows, in up to three launches: many blocks sum slices of each row, one warp per row finishes it, many
// blocks write. 2R + 1W; the second read is from the second-level cache if the rows fit.
#ifndef LEASH_CUDA_VARIANTS_SPLIT_CUH
#define LEASH_CUDA_VARIANTS_SPLIT_CUH

#include "cuda/variants/variant.h"

#if LEASH_DEVICE_CODE
#include "cuda/ops/launches.cuh"
#include "cuda/variants/vectors.cuh"
#endif

namespace leash::cuda {

#if LEASH_DEVICE_CODE
template <class Operation>
struct SplitParameters;
#endif

struct Split : AnyRows {
    static constexpr int kSliceVectors = 2048;  // eight a thread, so that combining them takes little of a block's time
    static constexpr Traits kTraits = {"many blocks a row, for a few long rows: sums of slices, then the output", INT32_MAX, 80, 130};
    static constexpr int reads(bool sums, bool output) { return (sums ? 1 : 0) + (output ? 1 : 0); }

    static int64_t slices_of(const leash_rows& rows) {
        return (vectors_of(rows.logits.vocab, rows.logits.dtype) - 1) / kSliceVectors + 1;
    }
    // One partial row per slice, then one output row per row.
    static constexpr int64_t kPartialBytes = 16;  // at most
    static constexpr int64_t kOutputBytes = 28;
    static int64_t partial_bytes(const leash_rows& rows) {
        return (rows.logits.rows * slices_of(rows) * kPartialBytes + 255) / 256 * 256;
    }
    static int64_t workspace_bytes(const leash_rows& rows) {
        return rows.logits.rows == 0 ? 0 : partial_bytes(rows) + rows.logits.rows * kOutputBytes;
    }

#if LEASH_DEVICE_CODE
    struct Stage {
        static constexpr int kBlocks = 3;
        template <class Operation>
        using Parameters = SplitParameters<Operation>;
    };
    struct Sums : Stage {
        static constexpr int kThreads = kBlockThreads;
        template <class Operation, int kDType>
        static __device__ void run(const SplitParameters<Operation>& split);
    };
    struct Finish : Stage {
        static constexpr int kThreads = 128;
        static constexpr int kRows = kThreads / gpu::kWarpThreads;
        template <class Operation, int kDType>
        static __device__ void run(const SplitParameters<Operation>& split);
    };
    struct Output : Stage {
        static constexpr int kThreads = kBlockThreads;
        template <class Operation, int kDType>
        static __device__ void run(const SplitParameters<Operation>& split);
    };
    template <class Operation>
    static void plan(Launches<Operation>& launches);
#endif
};

#if LEASH_DEVICE_CODE

// The parameters of the three launches: the operation's, and the workspace for intermediate results.
template <class Operation>
struct SplitParameters {
    Operation operation;
    PartialRow<Operation::kSquares>* partials;  // [rows, slices]
    OutputRow* outputs;                         // [rows]
    int32_t slices;                             // depends only on vocab
    int32_t slice_vectors;
};

template <class Operation, int kDType>
__device__ void Split::Sums::run(const SplitParameters<Operation>& split) {
    auto& s = shared<BlockShared<Operation::kSquares>>();
    const RowParameters& rows = split.operation.rows;
    const int64_t tasks = rows.rows * split.slices;
    for (int64_t task = blockIdx.x; task < tasks; task += gridDim.x) {
        const int64_t r = task / split.slices;
        if (rows.masked(r)) continue;
        const int begin = static_cast<int>(task % split.slices) * split.slice_vectors;
        const Row<kDType> row(rows.logits, r, rows.stride, rows.vocab);
        const int end = min(begin + split.slice_vectors, row.vectors());
        if (begin == 0 && threadIdx.x == kBlockThreads - 1) split.operation.prefetch(r);
        const PartialRow<Operation::kSquares> sums =
            sum_block<Operation::kSquares>(row, begin, end, loop_scale(rows.inverse_temperature(r)), s.sums);
        if (threadIdx.x == 0) split.partials[task] = sums;
        __syncthreads();
    }
}

// One warp per row.
template <class Operation, int kDType>
__device__ void Split::Finish::run(const SplitParameters<Operation>& split) {
    const RowParameters& rows = split.operation.rows;
    const int lane = static_cast<int>(threadIdx.x) % gpu::kWarpThreads;
    const int64_t step = static_cast<int64_t>(gridDim.x) * kRows;
    for (int64_t r = static_cast<int64_t>(blockIdx.x) * kRows + threadIdx.x / gpu::kWarpThreads; r < rows.rows; r += step) {
        if (rows.masked(r)) {
            if (lane == 0) split.operation.masked(r);
            continue;
        }
        Target target = {};
        if (lane == 0) target = target_of(split.operation, Row<kDType>(rows.logits, r, rows.stride, rows.vocab), r);
        const double inverse_temperature = rows.inverse_temperature(r);
        PartialRow<Operation::kSquares> sums = empty_row<Operation::kSquares>();
        if (Operation::kNeedsSums) {
            const float scale = loop_scale(inverse_temperature);
            for (int i = lane; i < split.slices; i += gpu::kWarpThreads) {
                const PartialRow<Operation::kSquares> slice = split.partials[r * split.slices + i];
                sums = i == lane ? slice : combine(sums, slice, scale);
            }
            sums = combine_lanes(sums, gpu::kWarpThreads, scale);
        }
        if (lane != 0) continue;
        const OutputRow output = split.operation.finish(r, finish(sums, inverse_temperature), target, true);
        if (split.operation.has_output()) split.outputs[r] = output;
    }
}

template <class Operation, int kDType>
__device__ void Split::Output::run(const SplitParameters<Operation>& split) {
    const RowParameters& rows = split.operation.rows;
    const int64_t tasks = rows.rows * split.slices;
    for (int64_t task = blockIdx.x; task < tasks; task += gridDim.x) {
        const int64_t r = task / split.slices;
        const Row<kDType> row(rows.logits, r, rows.stride, rows.vocab);
        const int slice = static_cast<int>(task % split.slices);
        const int t = static_cast<int>(threadIdx.x);
        if (rows.masked(r)) {
            write_masked<Operation, kDType>(split.operation, r, slice * kBlockThreads + t, split.slices * kBlockThreads, false);
            continue;
        }
        const OutputRow output = split.outputs[r];
        const Row<kDType> to(split.operation.output, r, split.operation.output_stride, rows.vocab);
        const int begin = slice * split.slice_vectors;
        // An unaligned row may have one word more than vectors.
        const int end = slice + 1 < split.slices ? begin + split.slice_vectors : to.words();
        write_words<Operation, kBlockThreads>(output, row, to, begin + t, (end - begin + kBlockThreads - 1 - t) / kBlockThreads);
    }
}

template <class Operation>
void Split::plan(Launches<Operation>& launches) {
    static_assert(sizeof(PartialRow<Operation::kSquares>) <= kPartialBytes && sizeof(OutputRow) == kOutputBytes,
                  "the workspace has other sizes");
    const int64_t rows = launches.row_count();
    const int64_t slices = slices_of(launches.rows);
    char* const workspace = static_cast<char*>(launches.workspace);
    const SplitParameters<Operation> split = {launches.operation, reinterpret_cast<PartialRow<Operation::kSquares>*>(workspace),
                                              reinterpret_cast<OutputRow*>(workspace + partial_bytes(launches.rows)),
                                              static_cast<int32_t>(slices), kSliceVectors};
    if constexpr (Operation::kNeedsSums) launches.template add<Sums>(rows * slices, sizeof(BlockShared<Operation::kSquares>), split);
    launches.template add<Finish>((rows - 1) / Finish::kRows + 1, 0, split);
    if constexpr (Operation::kWritesMatrix) {
        if (launches.operation.output != nullptr) launches.template add<Output>(rows * slices, 0, split);
    }
}

#endif

}  // namespace leash::cuda

#endif
