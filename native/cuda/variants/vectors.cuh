// Common steps of the variants: blocks, the vectors of a row, and the words of an output. cuda/rows.cuh has the vectors of one
// row, cuda/sums.cuh their sums.
#ifndef LEASH_CUDA_VARIANTS_VECTORS_CUH
#define LEASH_CUDA_VARIANTS_VECTORS_CUH

#include "cuda/gpu.h"
#include "cuda/ops/operation.cuh"
#include "cuda/rows.cuh"
#include "cuda/sums.cuh"

namespace leash::cuda {

constexpr int kWordsInFlight = 4;

template <bool kSquares>
struct BlockShared {
    BlockSums<kSquares> sums;
    OutputRow output;
};

template <class Shared>
__device__ Shared& shared() {
    return *reinterpret_cast<Shared*>(gpu::shared_memory());
}

// Replaces logits by elements of the output, except the target's.
template <class Operation, int kDType, int kCount>
__device__ void to_output(const OutputRow& output, Bits128 (&v)[kCount]) {
    constexpr int kPerVector = Element<kDType>::kPerVector;
    float x[kCount][kPerVector];
#pragma unroll
    for (int i = 0; i < kCount; i++) Element<kDType>::unpack(v[i], x[i]);
    Operation::elements(output, x);
#pragma unroll
    for (int i = 0; i < kCount; i++) v[i] = Element<kDType>::pack(x[i]);
}

// Writes the words start, start + kStep, ..., `count` of them, of the output. All of a thread's words of a row, so that it can set
// the target's column afterwards.
template <class Operation, int kStep, int kDType>
__device__ void write_words(const OutputRow& output, const Row<kDType>& row, const Row<kDType>& to, int start, int count) {
    const bool same_words = row.head() == to.head();
    for (int i = 0; i < count;) {
        const int word = start + i * kStep;
        const int last = word + (kWordsInFlight - 1) * kStep;
        if (same_words && i + kWordsInFlight <= count && row.is_whole(word) && row.is_whole(last)) {
            Bits128 v[kWordsInFlight];
#pragma unroll
            for (int k = 0; k < kWordsInFlight; k++) v[k] = gpu::load_once(row.at(row.column_of(word + k * kStep)));
#pragma unroll
            for (int k = 0; k < kWordsInFlight; k++) {
                Bits128 elements[1] = {v[k]};
                to_output<Operation, kDType>(output, elements);
                gpu::store_once(to.at(to.column_of(word + k * kStep)), elements[0]);
            }
            i += kWordsInFlight;
        } else {
            Bits128 v[1] = {row.load_straddling(to.column_of(word))};
            to_output<Operation, kDType>(output, v);
            to.store(word, v[0]);
            i++;
        }
    }
    if (output.target >= 0) {
        const int steps = (to.word_of(output.target) - start) / kStep;
        if (steps >= 0 && steps < count && start + steps * kStep == to.word_of(output.target)) {
            to.set_element(output.target, output.at_target);
        }
    }
}

// Writes the columns of a masked row and the words first, first + step, ... of its output, with the threads of a block.
template <class Operation, int kDType>
__device__ void write_masked(const Operation& operation, int64_t row, int first, int step, bool writes) {
    if (writes) operation.masked(row);
    if (!operation.has_output()) return;
    const Row<kDType> to(operation.output, row, operation.output_stride, operation.rows.vocab);
    for (int w = first; w < to.words(); w += step) to.store(w, {});
}

}  // namespace leash::cuda

#endif
