// The ways of going over a row, for any operation. R reads and W writes are of the row's bytes in device memory.
//
//   naive      a block a row, one element at a time: a pass for the maximum, one for the sums, one for the output.
//              3R + 1W, 2R without an output. The plain baseline.
//   two_read   a block a row in vectors of 16 bytes, four in flight a thread: sums in one pass, the output in a second that
//              goes backwards, so that it finds what was read last in the second-level cache. 2R + 1W, of which the cache may
//              answer a part; 1R without an output, where nothing does better.
//   warp       a warp a row, the row in registers: 1R + 1W. Up to kWarpVocab elements.
//   resident   a cluster of blocks a row, each with a slice of it in shared memory, brought by bulk copies that are summed as
//              they land, and written back from there: 1R + 1W. Compute capability 9.0.
//   split      a few long rows: many blocks sum slices of each, one warp a row finishes, many blocks write. 2R + 1W, the
//              second read from the second-level cache as long as the rows fit there.
//
// A thread sums the vectors that are congruent to its index, front to back; threads combine in a fixed tree, slices in
// order. So the order depends on the vocabulary (which sets slices) and the variant alone.
#ifndef LEASH_CUDA_VARIANTS_CUH
#define LEASH_CUDA_VARIANTS_CUH

#include "gpu.h"
#include "operations.cuh"
#include "residency.h"
#include "rows.cuh"
#include "sums.cuh"

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

// Logits from a column on, which lies on a 16-byte boundary or is not written by anybody meanwhile.
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
    constexpr int kInFlight = kAligned ? kWordsInFlight : kWordsInFlight / 2;  // off a boundary a vector is two words
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

// The output's columns from one on, in place of the logits'.
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

// One word of the output.
template <class Operation, int kDType>
__device__ void write_word(const OutputRow& output, const Row<kDType>& row, const Row<kDType>& to, int word) {
    float x[Row<kDType>::kPerVector];
    load_logits(row, row.head() != to.head(), to.column_of(word), x);
    transform<Operation>(output, to.column_of(word), x);
    to.store(word, x);
}

// The columns of a masked row and the words first, first + step, ... of its output, by the threads of a block.
template <class Operation, int kDType>
__device__ void write_masked(const Operation& operation, int64_t row, int first, int step, bool writes) {
    if (writes) operation.masked(row);
    if (!operation.has_output()) return;
    const Row<kDType> to(operation.output, row, operation.output_stride, operation.rows.vocab);
    float zero[Row<kDType>::kPerVector] = {};
    for (int w = first; w < to.words(); w += step) to.store(w, zero);
}

// ----------------------------------------------------------------------------------------------------------- naive --

struct NaiveShared {
    float max[kBlockThreads];
    int index[kBlockThreads];
    PartialRow warps[kBlockWarps];
    OutputRow output;
};

// The maximum of a row and where it is first, in every thread.
template <int kDType>
__device__ void find_max(const Row<kDType>& row, NaiveShared& s, float* max, int* index) {
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
__device__ void naive(const Operation& operation) {
    NaiveShared& s = shared<NaiveShared>();
    const RowParameters& rows = operation.rows;
    const int t = static_cast<int>(threadIdx.x);
    for (int64_t r = blockIdx.x; r < rows.rows; r += gridDim.x) {
        const Row<kDType> row(rows.logits, r, rows.stride, rows.vocab);
        if (rows.masked(r)) {
            write_masked<Operation, kDType>(operation, r, t, kBlockThreads, t == 0);
            continue;
        }
        const double temperature = rows.row_temperature(r);
        RowStatistics statistics = {};
        if (Operation::kNeedsSums) {
            const float scale = loop_scale(temperature);
            float max;
            int index;
            find_max(row, s, &max, &index);
            PartialRow sums = {max, 0.0f, 0.0f};
            for (int j = t; j < row.count(); j += kBlockThreads) {
                if (j == index) continue;
                const float y = exponent_of(row.element(j), max, scale);
                const float e = gpu::exp2_fast(y);
                sums.rest += e;
                sums.weighted += e * y;
            }
            // All parts have the same maximum, and none of them its term.
            for (int offset = gpu::kWarpThreads / 2; offset > 0; offset /= 2) {
                const int source = (t % gpu::kWarpThreads + offset) % gpu::kWarpThreads;
                sums.rest += __shfl_sync(gpu::kFullWarp, sums.rest, source);
                sums.weighted += __shfl_sync(gpu::kFullWarp, sums.weighted, source);
            }
            if (t % gpu::kWarpThreads == 0) s.warps[t / gpu::kWarpThreads] = sums;
            __syncthreads();
            if (t == 0) {
                for (int w = 1; w < kBlockWarps; w++) {
                    sums.rest += s.warps[w].rest;
                    sums.weighted += s.warps[w].weighted;
                }
                statistics = finish(sums, temperature);
            }
        }
        if (t == 0) {
            const OutputRow output = operation.template finish<kDType>(r, statistics, true);
            s.output = output;
        }
        __syncthreads();
        if (operation.has_output()) {
            const OutputRow output = s.output;
            const Row<kDType> to(operation.output, r, operation.output_stride, rows.vocab);
            for (int j = t; j < row.count(); j += kBlockThreads) {
                to.set_element(j, j == output.target ? output.at_target : Operation::element(output, row.element(j)));
            }
        }
        __syncthreads();
    }
}

// -------------------------------------------------------------------------------------------------------- two_read --

template <class Operation, int kDType>
__device__ void two_read(const Operation& operation) {
    BlockShared& s = shared<BlockShared>();
    const RowParameters& rows = operation.rows;
    const int t = static_cast<int>(threadIdx.x);
    for (int64_t r = blockIdx.x; r < rows.rows; r += gridDim.x) {
        const Row<kDType> row(rows.logits, r, rows.stride, rows.vocab);
        const int vectors = row.vectors();
        if (rows.masked(r)) {
            write_masked<Operation, kDType>(operation, r, t, kBlockThreads, t == 0);
            continue;
        }
        const double temperature = rows.row_temperature(r);
        const float scale = loop_scale(temperature);
        PartialRow sums = empty_row();
        if (Operation::kNeedsSums) {
            sums = combine_block(sum_vectors(row, t, vectors, kBlockThreads, scale), scale, s.warps);
        }
        if (t == 0) {
            const OutputRow output = operation.template finish<kDType>(r, finish(sums, temperature), true);
            s.output = output;
        }
        __syncthreads();
        if (operation.has_output()) {
            const OutputRow output = s.output;
            const Row<kDType> to(operation.output, r, operation.output_stride, rows.vocab);
            const int words = to.words();
            // Thread t's last word, and back from there.
            for (int w = t + (words - 1 - t) / kBlockThreads * kBlockThreads; w >= t && t < words; w -= kBlockThreads) {
                write_word<Operation>(output, row, to, w);
            }
        }
        __syncthreads();
    }
}

// ------------------------------------------------------------------------------------------------------------ warp --

constexpr int kWarpBlockThreads = 128;

// Writes the vectors of a row that a warp holds, vector lane + 32 i in x[i]. A word of a row off a boundary is the end of one
// vector, which the lane before has, and the begin of the next.
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
__device__ void warp(const Operation& operation) {
    constexpr int kPerVector = Row<kDType>::kPerVector;
    constexpr int kVectors = kWarpVocab / kPerVector / gpu::kWarpThreads;
    const RowParameters& rows = operation.rows;
    const int lane = static_cast<int>(threadIdx.x % gpu::kWarpThreads);
    const int64_t warps = static_cast<int64_t>(gridDim.x) * (kWarpBlockThreads / gpu::kWarpThreads);
    const int64_t first = static_cast<int64_t>(blockIdx.x) * (kWarpBlockThreads / gpu::kWarpThreads) +
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
        // Lane 0 has read the target's logit, which another lane is about to overwrite.
        __syncwarp();
#pragma unroll
        for (int i = 0; i < kVectors; i++) {
            const int v = lane + i * gpu::kWarpThreads;
            if (v < vectors) transform<Operation>(output, v * kPerVector, x[i]);
        }
        store_vectors(Row<kDType>(operation.output, r, operation.output_stride, rows.vocab), lane, x);
    }
}

// ----------------------------------------------------------------------------------------------------------- split --

// The parameters of the three launches: the operation's own and where they meet.
template <class Operation>
struct Split {
    Operation operation;
    PartialRow* partials;  // [rows, slices]
    OutputRow* outputs;    // [rows]
    int32_t slices;        // from the vocabulary alone
    int32_t slice_vectors;
};

template <class Operation, int kDType>
__device__ void split_sums(const Split<Operation>& split) {
    BlockShared& s = shared<BlockShared>();
    const RowParameters& rows = split.operation.rows;
    const int64_t tasks = rows.rows * split.slices;
    for (int64_t task = blockIdx.x; task < tasks; task += gridDim.x) {
        const int64_t r = task / split.slices;
        if (rows.masked(r)) continue;
        const int begin = static_cast<int>(task % split.slices) * split.slice_vectors;
        const Row<kDType> row(rows.logits, r, rows.stride, rows.vocab);
        const int end = min(begin + split.slice_vectors, row.vectors());
        const float scale = loop_scale(rows.row_temperature(r));
        const PartialRow sums = combine_block(
            sum_vectors(row, begin + static_cast<int>(threadIdx.x), end, kBlockThreads, scale), scale, s.warps);
        if (threadIdx.x == 0) split.partials[task] = sums;
        __syncthreads();
    }
}

// A thread a row.
template <class Operation, int kDType>
__device__ void split_finish(const Split<Operation>& split) {
    const RowParameters& rows = split.operation.rows;
    const int64_t step = static_cast<int64_t>(gridDim.x) * blockDim.x;
    for (int64_t r = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; r < rows.rows; r += step) {
        if (rows.masked(r)) {
            split.operation.masked(r);
            continue;
        }
        const double temperature = rows.row_temperature(r);
        PartialRow sums = empty_row();
        if (Operation::kNeedsSums) {
            sums = split.partials[r * split.slices];
            const float scale = loop_scale(temperature);
            for (int i = 1; i < split.slices; i++) sums = combine(sums, split.partials[r * split.slices + i], scale);
        }
        const OutputRow output = split.operation.template finish<kDType>(r, finish(sums, temperature), true);
        if (split.operation.has_output()) split.outputs[r] = output;
    }
}

template <class Operation, int kDType>
__device__ void split_output(const Split<Operation>& split) {
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
        // A row off a boundary may have a word more than vectors.
        const int end = slice + 1 < split.slices ? begin + split.slice_vectors : to.words();
        for (int w = begin + t; w < end; w += kBlockThreads) write_word<Operation>(output, row, to, w);
    }
}

}  // namespace leash::cuda

#endif
