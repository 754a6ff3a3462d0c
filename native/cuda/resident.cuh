// resident: a row in the shared memory of a cluster; variants.cuh says where it stands among the others.
//
// Block k of the cluster has the vectors from k slice_vectors on. One thread starts bulk copies of them in kPieces pieces, each
// with a barrier of its own, and the block sums a piece while the next ones land. A row that begins off a 16-byte boundary is
// read by all threads instead (rows.cuh), as is the last vector of one that ends inside it, into the same places. The blocks'
// partial rows are combined in the order of their ranks, by every block for itself; rank 0 writes the columns. The output is
// made in place in shared memory and leaves by bulk copies, or element by element where the output row is not aligned.
//
// A block handles one row; overlap comes from two or more blocks on a multiprocessor, which the table in catalogue.cpp sees to.
#ifndef LEASH_CUDA_RESIDENT_CUH
#define LEASH_CUDA_RESIDENT_CUH

#include "variants.cuh"

namespace leash::cuda {

constexpr int kPieces = kSliceMultiple;

template <class Operation>
struct Resident {
    Operation operation;
    int32_t slice_vectors;  // a multiple of kPieces
};

// At the start of the shared memory; the slice follows, aligned to 128 bytes.
struct ResidentShared {
    gpu::Barrier landed[kPieces];
    PartialRow warps[kBlockWarps];
    PartialRow block;
    OutputRow output;
};
constexpr int kSliceOffset = (sizeof(ResidentShared) + 127) / 128 * 128;

template <class Operation, int kDType>
__device__ void resident(const Resident<Operation>& parameters) {
// Compiled for every architecture, so that all have the same kernels; empty where there are no clusters, and refused there.
#if LEASH_HAS_CLUSTERS
    using Type = Element<kDType>;
    constexpr int kPerVector = Type::kPerVector;
    const Operation& operation = parameters.operation;
    const RowParameters& rows = operation.rows;
    ResidentShared& s = shared<ResidentShared>();
    Bits128* const slice = reinterpret_cast<Bits128*>(gpu::shared_memory() + kSliceOffset);
    const int t = static_cast<int>(threadIdx.x);
    const unsigned rank = gpu::cluster_rank();
    const int64_t r = blockIdx.x / gpu::cluster_size();

    const Row<kDType> row(rows.logits, r, rows.stride, rows.vocab);
    const int begin = min(static_cast<int>(rank) * parameters.slice_vectors, row.vectors());
    const int end = min(begin + parameters.slice_vectors, row.vectors());
    if (rows.masked(r)) {
        write_masked<Operation, kDType>(operation, r, begin + t, end, kBlockThreads, rank == 0 && t == 0);
        return;
    }

    // Whole vectors of an aligned row come by bulk copies.
    const int whole = row.aligned() ? min(end, row.count() / kPerVector) : begin;
    const int piece_vectors = parameters.slice_vectors / kPieces;
    if (t == 0) {
        for (int k = 0; k < kPieces; k++) gpu::barrier_init(&s.landed[k], 1);
        gpu::fence_barrier_init();
    }
    __syncthreads();
    if (t == 0) {
        for (int k = 0; k < kPieces; k++) {
            const int from = min(begin + k * piece_vectors, whole);
            const unsigned bytes = static_cast<unsigned>(min(from + piece_vectors, whole) - from) * sizeof(Bits128);
            gpu::barrier_expect(&s.landed[k], bytes);
            if (bytes > 0) {
                gpu::bulk_load(slice + (from - begin), row.at(from * kPerVector), bytes, &s.landed[k]);
            }
        }
    }
    for (int v = max(whole, begin) + t; v < end; v += kBlockThreads) {
        float x[kPerVector];
        if (row.aligned()) {
            row.load(v, x);
        } else {
            row.load_straddling(v, x);
        }
        slice[v - begin] = Type::pack(x);
    }

    const double temperature = rows.row_temperature(r);
    const float scale = loop_scale(temperature);
    PartialRow sums = empty_row();
    __syncthreads();  // what threads brought is there
    for (int k = 0; k < kPieces; k++) {
        gpu::barrier_wait(&s.landed[k], 0);
        const int last = min((k + 1) * piece_vectors, end - begin);
        for (int v = k * piece_vectors + t; v < last; v += kBlockThreads) {
            float x[kPerVector];
            Type::unpack(slice[v], x);
            add_vector(sums, x, scale);
        }
    }
    sums = combine_block(sums, scale, s.warps);
    if (t == 0) s.block = sums;
    gpu::cluster_sync();
    if (t == 0) {
        PartialRow whole_row = *gpu::peer(&s.block, 0);
        for (unsigned k = 1; k < gpu::cluster_size(); k++) whole_row = combine(whole_row, *gpu::peer(&s.block, k), scale);
        const OutputRow output = operation.template finish<kDType>(r, finish(whole_row, temperature), rank == 0);
        s.output = output;
    }
    // Nobody overwrites the target's logit before all have read it, nor ends before all have read its partial row.
    gpu::cluster_sync();
    if (!operation.has_output()) return;

    const OutputRow output = s.output;
    const Row<kDType> to(operation.output, r, operation.output_stride, rows.vocab);
    const int stored = to.aligned() ? min(end, row.count() / kPerVector) : begin;
    for (int v = begin + t; v < end; v += kBlockThreads) {
        float x[kPerVector];
        Type::unpack(slice[v - begin], x);
        if (v >= stored) {
            write_vector<Operation, kDType>(output, v, x, to);
            continue;
        }
#pragma unroll
        for (int i = 0; i < kPerVector; i++) x[i] = Operation::element(output, x[i]);
        const int in_vector = output.target - v * kPerVector;
#pragma unroll
        for (int i = 0; i < kPerVector; i++) {
            if (i == in_vector) x[i] = output.at_target;
        }
        slice[v - begin] = Type::pack(x);
    }
    gpu::fence_async_shared();
    __syncthreads();
    if (t == 0 && stored > begin) {
        gpu::bulk_store(to.at(begin * kPerVector), slice, static_cast<unsigned>(stored - begin) * sizeof(Bits128));
        gpu::bulk_commit();
        gpu::bulk_wait_read<0>();
    }
#endif
}

}  // namespace leash::cuda

#endif
