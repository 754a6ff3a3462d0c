// naive: one block per row, element by element: a pass for the maximum, one for the sums, one for the output. 3R + 1W; 2R without
// an output. The simple baseline.
#ifndef LEASH_CUDA_VARIANTS_NAIVE_CUH
#define LEASH_CUDA_VARIANTS_NAIVE_CUH

#include "cuda/variants/variant.h"

#if LEASH_DEVICE_CODE
#include "cuda/ops/launches.cuh"
#include "cuda/variants/vectors.cuh"
#endif

namespace leash::cuda {

struct Naive : AnyRows {
    static constexpr Traits kTraits = {"a block a row, one element at a time: passes for the maximum, the sums and the output",
                                       INT32_MAX, 80, 100};
    static constexpr int reads(bool sums, bool output) { return (sums ? 2 : 0) + (output ? 1 : 0); }

#if LEASH_DEVICE_CODE
    static constexpr int kThreads = kBlockThreads;
    static constexpr int kBlocks = 2;
    template <class Operation>
    using Parameters = Operation;
    template <class Operation, int kDType>
    static __device__ void run(const Operation& operation);
    template <class Operation>
    static void plan(Launches<Operation>& launches);
#endif
};

#if LEASH_DEVICE_CODE

template <bool kSquares>
struct NaiveShared {
    float max[kBlockThreads];
    int index[kBlockThreads];
    PartialRow<kSquares> warps[kBlockWarps];
    OutputRow output;
};

// The maximum of a row and the index of its first occurrence, in every thread.
template <int kDType, bool kSquares>
__device__ void find_max(const Row<kDType>& row, NaiveShared<kSquares>& s, float* max, int* index) {
    const int t = static_cast<int>(threadIdx.x);
    float m = kMinusInfinity;
    int at = -1;
    for (int j = t; j < row.count(); j += kBlockThreads) {
        const float x = row.element(j);
        if (x > m || x != x) at = j;
        m = gpu::max_nan(m, x);
    }
    s.max[t] = m;
    s.index[t] = at;
    __syncthreads();
    for (int half = kBlockThreads / 2; half > 0; half /= 2) {
        if (t < half) {
            const float other = s.max[t + half];
            const bool first = other == s.max[t] && s.index[t + half] >= 0 && s.index[t + half] < s.index[t];
            if (other > s.max[t] || first) s.index[t] = s.index[t + half];
            s.max[t] = gpu::max_nan(s.max[t], other);
        }
        __syncthreads();
    }
    *max = s.max[0];
    *index = s.index[0];
}

template <class Operation, int kDType>
__device__ void Naive::run(const Operation& operation) {
    constexpr bool kSquares = Operation::kSquares;
    auto& s = shared<NaiveShared<kSquares>>();
    const RowParameters& rows = operation.rows;
    const int t = static_cast<int>(threadIdx.x);
    for (int64_t r = blockIdx.x; r < rows.rows; r += gridDim.x) {
        const Row<kDType> row(rows.logits, r, rows.stride, rows.vocab);
        if (rows.masked(r)) {
            write_masked<Operation, kDType>(operation, r, t, kBlockThreads, t == 0);
            continue;
        }
        const double inverse_temperature = rows.inverse_temperature(r);
        PartialRow<kSquares> sums = empty_row<kSquares>();
        if (Operation::kNeedsSums) {
            const float scale = loop_scale(inverse_temperature);
            float max;
            int index;
            find_max(row, s, &max, &index);
            // In f64: in a long f32 sum of equal terms, all roundings could have the same sign.
            double rest = 0;
            double weighted = 0;
            double squares = 0;
            for (int j = t; j < row.count(); j += kBlockThreads) {
                if (j == index) continue;
                const float y = exponent_of(row.element(j), max, scale);
                const float e = gpu::exp2_fast(y);
                rest += e;
                weighted += e * y;
                if constexpr (kSquares) squares += e * e;
            }
            sums = {max, static_cast<float>(rest), static_cast<float>(weighted)};
            if constexpr (kSquares) sums.squares = static_cast<float>(squares);
            // All parts have the same maximum, and none includes its term.
            for (int offset = gpu::kWarpThreads / 2; offset > 0; offset /= 2) {
                const int source = (t % gpu::kWarpThreads + offset) % gpu::kWarpThreads;
                sums.rest += __shfl_sync(gpu::kFullWarp, sums.rest, source);
                sums.weighted += __shfl_sync(gpu::kFullWarp, sums.weighted, source);
                if constexpr (kSquares) sums.squares += __shfl_sync(gpu::kFullWarp, sums.squares, source);
            }
            if (t % gpu::kWarpThreads == 0) s.warps[t / gpu::kWarpThreads] = sums;
            __syncthreads();
            if (t == 0) {
                for (int w = 1; w < kBlockWarps; w++) {
                    sums.rest += s.warps[w].rest;
                    sums.weighted += s.warps[w].weighted;
                    if constexpr (kSquares) sums.squares += s.warps[w].squares;
                }
            }
        }
        if (t == 0) {
            const OutputRow output = operation.finish(r, finish(sums, inverse_temperature), target_of(operation, row, r), true);
            s.output = output;
        }
        __syncthreads();
        if (operation.has_output()) {
            const OutputRow output = s.output;
            const Row<kDType> to(operation.output, r, operation.output_stride, rows.vocab);
            for (int j = t; j < row.count(); j += kBlockThreads) {
                float x[1][1] = {{row.element(j)}};
                Operation::elements(output, x);
                to.set_element(j, j == output.target ? output.at_target : x[0][0]);
            }
        }
        __syncthreads();
    }
}

template <class Operation>
void Naive::plan(Launches<Operation>& launches) {
    launches.template add<Naive>(launches.row_count(), sizeof(NaiveShared<Operation::kSquares>), launches.operation);
}

#endif

}  // namespace leash::cuda

#endif
