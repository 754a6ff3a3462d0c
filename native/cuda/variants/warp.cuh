// warp: one warp per row, with the row in registers: 1R + 1W. Up to Warp::kVocab elements.
#ifndef LEASH_CUDA_VARIANTS_WARP_CUH
#define LEASH_CUDA_VARIANTS_WARP_CUH

#include "cuda/variants/variant.h"

#if LEASH_DEVICE_CODE
#include "cuda/ops/launches.cuh"
#include "cuda/variants/vectors.cuh"
#endif

namespace leash::cuda {

struct Warp : AnyRows {
    static constexpr int kVocab = 2048;  // in 64 registers per thread
    static constexpr Traits kTraits = {"a warp a row, the row in registers", kVocab, 80, 110};
    static constexpr int reads(bool, bool) { return 1; }

#if LEASH_DEVICE_CODE
    static constexpr int kThreads = 128;
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

// Writes the vectors of a row held by a warp, vector lane + 32 i in x[i]. A word of an unaligned row is the end of one vector,
// held by the previous lane, and the start of the next.
template <int kDType, int kVectors>
__device__ void store_vectors(const Row<kDType>& to, int lane, const float (&x)[kVectors][Row<kDType>::kPerVector]) {
    using Type = Element<kDType>;
    constexpr int kPerVector = Type::kPerVector;
    const int vectors = to.vectors();
    Bits128 of_lane_31 = {};
#pragma unroll
    for (int i = 0; i < kVectors; i++) {
        const int v = lane + i * gpu::kWarpThreads;
        if (to.aligned()) {
            if (v < vectors) to.store(v, x[i]);
            continue;
        }
        Bits128 vector = {};
        if (v < vectors) vector = Type::pack(x[i]);
        Bits128 before;
#pragma unroll
        for (int k = 0; k < 4; k++) {
            before.word[k] = __shfl_sync(gpu::kFullWarp, vector.word[k], (lane + gpu::kWarpThreads - 1) % gpu::kWarpThreads);
        }
        const Bits128 rotated = before;
        if (lane == 0) before = of_lane_31;
        of_lane_31 = rotated;
        if (v >= vectors) continue;
        if (to.is_whole(v)) {
            const int offset = (kPerVector - to.head()) * static_cast<int>(sizeof(typename Type::Stored));
            gpu::store_once(to.at(v * kPerVector - to.head()), Row<kDType>::straddling(offset, before, vector));
        }
#pragma unroll
        for (int j = 0; j < kPerVector; j++) {
            const int column = v * kPerVector + j;
            const int word = j + to.head() < kPerVector ? v : v + 1;
            if (column < to.count() && !to.is_whole(word)) to.set_element(column, x[i][j]);
        }
    }
}

template <class Operation, int kDType>
__device__ void Warp::run(const Operation& operation) {
    constexpr int kPerVector = Row<kDType>::kPerVector;
    constexpr int kVectors = Warp::kVocab / kPerVector / gpu::kWarpThreads;
    const RowParameters& rows = operation.rows;
    const int lane = static_cast<int>(threadIdx.x % gpu::kWarpThreads);
    const int64_t warps = static_cast<int64_t>(gridDim.x) * (Warp::kThreads / gpu::kWarpThreads);
    const int64_t first = static_cast<int64_t>(blockIdx.x) * (Warp::kThreads / gpu::kWarpThreads) +
                          threadIdx.x / gpu::kWarpThreads;
    for (int64_t r = first; r < rows.rows; r += warps) {
        const Row<kDType> row(rows.logits, r, rows.stride, rows.vocab);
        const int vectors = row.vectors();
        if (rows.masked(r)) {
            write_masked<Operation, kDType>(operation, r, lane, gpu::kWarpThreads, lane == 0);
            continue;
        }
        const double temperature = rows.row_temperature(r);
        const float scale = loop_scale(temperature);
        float x[kVectors][kPerVector];
        if (row.aligned()) {
#pragma unroll
            for (int i = 0; i < kVectors; i++) {
                const int v = lane + i * gpu::kWarpThreads;
                if (v < vectors) row.load(v * kPerVector, x[i]);
            }
        } else {
#pragma unroll
            for (int i = 0; i < kVectors; i++) {
                const int v = lane + i * gpu::kWarpThreads;
                if (v < vectors) row.load_straddling(v * kPerVector, x[i]);
            }
        }
        PartialRow sums = empty_row();
        if (Operation::kNeedsSums) {
#pragma unroll
            for (int i = 0; i < kVectors; i++) {
                if (lane + i * gpu::kWarpThreads < vectors) add_vector(sums, x[i], scale);
            }
            sums = combine_warp(sums, scale);
        }
        OutputRow output = {};
        if (lane == 0) output = operation.template finish<kDType>(r, finish(sums, temperature), true);
        if (!operation.has_output()) continue;
        output.max = __shfl_sync(gpu::kFullWarp, output.max, 0);
        output.scale = __shfl_sync(gpu::kFullWarp, output.scale, 0);
        output.base = __shfl_sync(gpu::kFullWarp, output.base, 0);
        output.slope = __shfl_sync(gpu::kFullWarp, output.slope, 0);
        output.at_target = __shfl_sync(gpu::kFullWarp, output.at_target, 0);
        output.target = __shfl_sync(gpu::kFullWarp, output.target, 0);
        // Lane 0 has read the target's logit, which another lane may now overwrite.
        __syncwarp();
#pragma unroll
        for (int i = 0; i < kVectors; i++) {
            const int v = lane + i * gpu::kWarpThreads;
            if (v < vectors) transform<Operation>(output, v * kPerVector, x[i]);
        }
        store_vectors(Row<kDType>(operation.output, r, operation.output_stride, rows.vocab), lane, x);
    }
}

template <class Operation>
void Warp::plan(Launches<Operation>& launches) {
    constexpr int kRows = kThreads / gpu::kWarpThreads;
    launches.template add<Warp>((launches.row_count() - 1) / kRows + 1, 0, launches.operation);
}

#endif

}  // namespace leash::cuda

#endif
