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

// Loads the vectors of a row, vector lane + 32 i into x[i], with as many loads before the first use as possible.
template <int kDType, int kVectors>
__device__ void load_vectors(const Row<kDType>& row, int lane, Bits128 (&x)[kVectors]) {
    const int whole = row.aligned() ? row.count() / Row<kDType>::kPerVector : 0;
#pragma unroll
    for (int i = 0; i < kVectors; i++) {
        const int v = lane + i * gpu::kWarpThreads;
        if (v < whole) x[i] = gpu::load_once(row.at(v * Row<kDType>::kPerVector));
    }
#pragma unroll
    for (int i = 0; i < kVectors; i++) {
        const int v = lane + i * gpu::kWarpThreads;
        if (v >= whole && v < row.vectors()) x[i] = row.vector(v);
    }
}

// Writes them. A word of an unaligned row is the end of one vector, held by the previous lane, and the start of the next.
template <int kDType, int kVectors>
__device__ void store_vectors(const Row<kDType>& to, int lane, const Bits128 (&x)[kVectors]) {
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
        if (v < vectors) vector = x[i];
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
        float elements[kPerVector];
        Type::unpack(vector, elements);
#pragma unroll
        for (int j = 0; j < kPerVector; j++) {
            const int column = v * kPerVector + j;
            const int word = j + to.head() < kPerVector ? v : v + 1;
            if (column < to.count() && !to.is_whole(word)) to.set_element(column, elements[j]);
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
        Target target = {};
        if (lane == 0) target = target_of(operation, row, r);
        const double inverse_temperature = rows.inverse_temperature(r);
        const float scale = loop_scale(inverse_temperature);
        Bits128 x[kVectors];
        load_vectors(row, lane, x);
        PartialRow<Operation::kSquares> sums = empty_row<Operation::kSquares>();
        if (Operation::kNeedsSums) {
            typename Element<kDType>::Packed largest = Element<kDType>::kLowest;
#pragma unroll
            for (int i = 0; i < kVectors; i++) {
                if (lane + i * gpu::kWarpThreads < vectors) largest = Element<kDType>::largest(largest, x[i]);
            }
            const float max = largest_of_warp(Element<kDType>::value(largest));
            Terms<Operation::kSquares> terms = {0.0f, 0.0f, 0};
#pragma unroll
            for (int i = 0; i < kVectors; i++) {
                if (lane + i * gpu::kWarpThreads < vectors) add_terms<kDType>(terms, x[i], max, scale);
            }
            sums = partial_row(max, sum_of_warp(terms));
        }
        OutputRow output = {};
        if (lane == 0) output = operation.finish(r, finish(sums, inverse_temperature), target, true);
        if (!operation.has_output()) continue;
        output.max = __shfl_sync(gpu::kFullWarp, output.max, 0);
        output.scale = __shfl_sync(gpu::kFullWarp, output.scale, 0);
        output.offset = __shfl_sync(gpu::kFullWarp, output.offset, 0);
        output.base = __shfl_sync(gpu::kFullWarp, output.base, 0);
        output.slope = __shfl_sync(gpu::kFullWarp, output.slope, 0);
        output.at_target = __shfl_sync(gpu::kFullWarp, output.at_target, 0);
        output.target = __shfl_sync(gpu::kFullWarp, output.target, 0);
        // Lane 0 has read the target's logit, which another lane may now overwrite.
        __syncwarp();
#pragma unroll
        for (int i = 0; i < kVectors; i++) {
            const int v = lane + i * gpu::kWarpThreads;
            if (v >= vectors) continue;
            Bits128 elements[1] = {x[i]};
            to_output<Operation, kDType>(output, elements);
            x[i] = elements[0];
        }
        const Row<kDType> to(operation.output, r, operation.output_stride, rows.vocab);
        store_vectors(to, lane, x);
        if (output.target >= 0) {
            __syncwarp();
            if (lane == 0) to.set_element(output.target, output.at_target);
        }
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
