// Common steps of the variants: blocks, the vectors of a row, and the words of an output. cuda/rows.cuh has the vectors of one
// row, cuda/sums.cuh their sums.
#ifndef LEASH_CUDA_VARIANTS_VECTORS_CUH
#define LEASH_CUDA_VARIANTS_VECTORS_CUH

#include "cuda/gpu.h"
#include "cuda/ops/operation.cuh"
#include "cuda/rows.cuh"
#include "cuda/sums.cuh"

namespace leash::cuda {

constexpr int kBlockThreads = 256;
constexpr int kBlockWarps = kBlockThreads / gpu::kWarpThreads;
constexpr int kWordsInFlight = 4;

struct BlockShared {
    PartialRow warps[kBlockWarps];
    OutputRow output;
};

template <class Shared>
__device__ Shared& shared() {
    return *reinterpret_cast<Shared*>(gpu::shared_memory());
}

// Logits from a column on. The column is on a 16-byte boundary, or no thread writes the row meanwhile.
template <int kDType>
__device__ void load_logits(const Row<kDType>& row, bool straddles, int64_t column, float (&x)[Row<kDType>::kPerVector]) {
    if (straddles) {
        row.load_straddling(column, x);
    } else {
        row.load(column, x);
    }
}

template <bool kAligned, int kDType>
__device__ PartialRow sum_vectors_of(const Row<kDType>& row, int first, int last, int step, float scale) {
    constexpr int kPerVector = Row<kDType>::kPerVector;
    constexpr int kInFlight = kAligned ? kWordsInFlight : kWordsInFlight / 2;  // an unaligned vector is two words
    PartialRow sums = empty_row();
    int v = first;
    for (; v + (kInFlight - 1) * step < last; v += kInFlight * step) {
        float x[kInFlight][kPerVector];
#pragma unroll
        for (int i = 0; i < kInFlight; i++) {
            load_logits(row, !kAligned, static_cast<int64_t>(v + i * step) * kPerVector, x[i]);
        }
#pragma unroll
        for (int i = 0; i < kInFlight; i++) add_vector(sums, x[i], scale);
    }
    for (; v < last; v += step) {
        float x[kPerVector];
        load_logits(row, !kAligned, static_cast<int64_t>(v) * kPerVector, x);
        add_vector(sums, x, scale);
    }
    return sums;
}

// The partial row of the vectors first, first + step, ..., below `last`.
template <int kDType>
__device__ PartialRow sum_vectors(const Row<kDType>& row, int first, int last, int step, float scale) {
    return row.aligned() ? sum_vectors_of<true>(row, first, last, step, scale)
                         : sum_vectors_of<false>(row, first, last, step, scale);
}

// Replaces logits with output elements, from a column on.
template <class Operation, int kPerVector>
__device__ void transform(const OutputRow& output, int64_t column, float (&x)[kPerVector]) {
#pragma unroll
    for (int i = 0; i < kPerVector; i++) x[i] = Operation::element(output, x[i]);
    const int in_vector = static_cast<int>(output.target - column);
#pragma unroll
    for (int i = 0; i < kPerVector; i++) {
        if (i == in_vector) x[i] = output.at_target;
    }
}

// Writes one word of the output.
template <class Operation, int kDType>
__device__ void write_word(const OutputRow& output, const Row<kDType>& row, const Row<kDType>& to, int word) {
    float x[Row<kDType>::kPerVector];
    load_logits(row, row.head() != to.head(), to.column_of(word), x);
    transform<Operation>(output, to.column_of(word), x);
    to.store(word, x);
}

// Writes the columns of a masked row and the words first, first + step, ... of its output, with the threads of a block.
template <class Operation, int kDType>
__device__ void write_masked(const Operation& operation, int64_t row, int first, int step, bool writes) {
    if (writes) operation.masked(row);
    if (!operation.has_output()) return;
    const Row<kDType> to(operation.output, row, operation.output_stride, operation.rows.vocab);
    float zero[Row<kDType>::kPerVector] = {};
    for (int w = first; w < to.words(); w += step) to.store(w, zero);
}

}  // namespace leash::cuda

#endif
