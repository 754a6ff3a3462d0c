// resident: one cluster of blocks per row, each with a slice of the row in its shared memory: 1R + 1W, 1R without an
// output. Compute capability 9.0.
//
// Block k of the cluster has the vectors from k slice_vectors on. One thread starts bulk copies of them in pieces of one tile per
// thread, each with its own barrier, and the block sums a piece while the next ones arrive. An unaligned row, and a partial last
// vector, are read by all threads instead (rows.cuh).
//
// Each block sends its partial row to all blocks of the cluster, by asynchronous stores that complete at a barrier of the receiver,
// and combines those it receives in the order of ranks; rank 0 writes the columns. So a row takes one barrier of the cluster, for
// the initialisation of the others; it is relaxed, and complete before anything waits for it. The target's logit travels with the
// partial row of the block that holds it. Every logit that a block has read is a term of what it sends: once a block has received
// the partial rows of all others, none of them has a load under way that its output could overtake. A block ends after it has
// received everything that others send.
//
// The output is computed in place in shared memory and written by bulk copies, or by threads in words if its row is unaligned.
//
// A vector of bf16 takes 57 issue slots in the sums and 57 in the gradient, one of f32 31 and 24 (machine_code.csv).
//
// A block processes one row; residency() provides for two or more blocks per multiprocessor, if possible, so that rows overlap.
#ifndef LEASH_CUDA_VARIANTS_RESIDENT_CUH
#define LEASH_CUDA_VARIANTS_RESIDENT_CUH

#include "cuda/variants/variant.h"

#if LEASH_DEVICE_CODE
#include "cuda/ops/launches.cuh"
#include "cuda/variants/vectors.cuh"
#endif

namespace leash::cuda {

#if LEASH_DEVICE_CODE
template <class Operation>
struct ResidentParameters;
#endif

struct Resident : AnyRows {
    static constexpr int64_t kVocab = 927744;  // of a half-precision row in 8 blocks of 227 KiB; f32: half of it
    static constexpr int kPieceVectors = 1024;  // four a thread
    static constexpr int kMaxPieces = 15;       // of a slice in 227 KiB
    static constexpr int kHeadBytes = 512;      // before the slice in shared memory
    static constexpr int kMaxCluster = 8;       // the portable limit
    static constexpr Traits kTraits = {"a cluster of blocks a row, the row in shared memory", kVocab, 90, 150};
    static constexpr int reads(bool, bool) { return 1; }

    // The division of a row among the blocks of a cluster; cluster 0: the row does not fit.
    struct Residency {
        int cluster;
        int32_t slice_vectors;  // of 16 bytes
    };

    // For the requested cluster, a power of 2 up to kMaxCluster. If 0: the fewest blocks that leave room for two per
    // multiprocessor, else the fewest that can hold the row. On Hopper (227 KiB per block), bf16 rows of up to 57,344 elements
    // need 1 block, 114,688 need 2, 229,376 need 4, 458,752 need 8; for f32 rows half as many elements.
    static Residency residency(int64_t vocab, int32_t dtype, const DeviceLimits& limits, int32_t cluster) {
        const int64_t vectors = vectors_of(vocab, dtype);
        const int64_t whole = limits.shared_bytes_per_block;
        const auto slice = [&](int blocks) { return (vectors - 1) / blocks + 1; };
        const auto fits = [&](int blocks, int64_t room) {
            return kHeadBytes + slice(blocks) * 16 <= room && slice(blocks) <= kMaxPieces * kPieceVectors;
        };
        const auto with = [&](int blocks) { return Residency{blocks, static_cast<int32_t>(slice(blocks))}; };
        if (cluster != 0) return fits(cluster, whole) ? with(cluster) : Residency{0, 0};
        // Two blocks per multiprocessor, each with the kilobyte reserved by the system; else one.
        for (const int64_t room : {whole / 2 - 1024, whole}) {
            for (int blocks = 1; blocks <= kMaxCluster; blocks *= 2) {
                if (fits(blocks, room)) return with(blocks);
            }
        }
        return {0, 0};
    }

    static std::string refusal(const leash_rows& rows, const DeviceLimits& limits, int32_t cluster) {
        const Residency found = residency(rows.logits.vocab, rows.logits.dtype, limits, cluster);
        if (found.cluster == 0) {
            return "a row of " + std::to_string(rows.logits.vocab) + " elements does not fit the shared memory of " +
                   std::to_string(cluster == 0 ? kMaxCluster : cluster) + " blocks";
        }
        const int64_t most = kMaxBlocks / found.cluster;
        if (rows.logits.rows <= most) return "";
        return "rows = " + std::to_string(rows.logits.rows) + " is more than the " + std::to_string(most) + " that resident takes";
    }

#if LEASH_DEVICE_CODE
    static constexpr int kThreads = kBlockThreads;
    static constexpr int kBlocks = 2;  // as many as residency() leaves room for in shared memory
    template <class Operation>
    using Parameters = ResidentParameters<Operation>;
    template <class Operation, int kDType>
    static __device__ void run(const ResidentParameters<Operation>& parameters);
    template <class Operation>
    static void plan(Launches<Operation>& launches);
#endif
};

#if LEASH_DEVICE_CODE

template <class Operation>
struct ResidentParameters {
    Operation operation;
    int32_t slice_vectors;
};

// The message of a block to all blocks of its cluster.
struct alignas(16) ResidentPart {
    PartialRow sums;
    float target_logit;  // if the block holds it
};

// The start of the shared memory; the slice follows, aligned to 128 bytes.
struct ResidentShared {
    gpu::Barrier landed[Resident::kMaxPieces];
    gpu::Barrier exchanged;
    BlockSums sums;
    ResidentPart parts[Resident::kMaxCluster];  // by rank
    OutputRow output;
};
constexpr int kSliceOffset = (sizeof(ResidentShared) + 127) / 128 * 128;
static_assert(kSliceOffset <= Resident::kHeadBytes, "the head of the shared memory has grown");
static_assert(Resident::kPieceVectors == kTileVectors * kBlockThreads, "a piece is a tile of every thread");

template <int kDType>
__device__ typename Element<kDType>::Stored* slice_elements(Bits128* slice) {
    return reinterpret_cast<typename Element<kDType>::Stored*>(slice);
}

// Writes one word of an unaligned output row, limited to the vectors from `begin` up to `end`: the end of the previous vector and
// the start of its own.
template <class Operation, int kDType>
__device__ void write_from_slice(const OutputRow& output, const Bits128* slice, int begin, int end, const Row<kDType>& to,
                                 int word) {
    using Type = Element<kDType>;
    constexpr int kPerVector = Type::kPerVector;
    const bool has_before = word > begin;
    const bool has_own = word < end;
    const int offset = (kPerVector - to.head()) * static_cast<int>(sizeof(typename Type::Stored));
    Bits128 v[1] = {Row<kDType>::straddling(offset, slice[max(word - 1 - begin, 0)], slice[min(word, end - 1) - begin])};
    to_output<Operation, kDType>(output, v);
    if (has_before && has_own && to.is_whole(word)) {
        to.store(word, v[0]);
        return;
    }
    float x[kPerVector];
    Type::unpack(v[0], x);
#pragma unroll
    for (int i = 0; i < kPerVector; i++) {
        const int64_t column = to.column_of(word) + i;
        const bool is_held = i < to.head() ? has_before : has_own;
        if (is_held && column < to.count()) to.set_element(static_cast<int>(column), x[i]);
    }
}

#if LEASH_HAS_CLUSTERS
// Computes the output of a slice of row r in place and writes it.
template <class Operation, int kDType>
__device__ void write_slice(const Operation& operation, int64_t r, const OutputRow& output, Bits128* slice, int begin, int end) {
    constexpr int kPerVector = Row<kDType>::kPerVector;
    const int t = static_cast<int>(threadIdx.x);
    const Row<kDType> to(operation.output, r, operation.output_stride, operation.rows.vocab);
    // Whether this thread writes the target's column: its word, of the vectors of this block.
    const int target_word = to.word_of(max(output.target, 0));
    const bool has_target = output.target >= begin * kPerVector && output.target / kPerVector < end &&
                            (target_word - begin) % kBlockThreads == t;
    if (!to.aligned()) {
        // Parts of the slice's first word, and of the word after its last vector, may belong to other blocks.
        for (int w = begin + t; w <= end && begin < end; w += kBlockThreads) {
            write_from_slice<Operation>(output, slice, begin, end, to, w);
        }
        if (has_target) to.set_element(output.target, output.at_target);
        return;
    }
    const int stored = min(end, to.count() / kPerVector);
    int v = t;
    for (; v + (kTileVectors - 1) * kBlockThreads < stored - begin; v += kTileVectors * kBlockThreads) {
        Bits128 tile[kTileVectors];
#pragma unroll
        for (int i = 0; i < kTileVectors; i++) tile[i] = slice[v + i * kBlockThreads];
        to_output<Operation, kDType>(output, tile);
#pragma unroll
        for (int i = 0; i < kTileVectors; i++) slice[v + i * kBlockThreads] = tile[i];
    }
    for (; v < end - begin; v += kBlockThreads) {
        Bits128 rest[1] = {slice[v]};
        to_output<Operation, kDType>(output, rest);
        if (begin + v < stored) {
            slice[v] = rest[0];
        } else {
            to.store(begin + v, rest[0]);
        }
    }
    if (has_target) {
        if (target_word < stored) {
            slice_elements<kDType>(slice)[output.target - begin * kPerVector] = Element<kDType>::from_float(output.at_target);
        } else {
            to.set_element(output.target, output.at_target);
        }
    }
    gpu::fence_async_shared();
    __syncthreads();
    if (t == 0 && stored > begin) {
        gpu::bulk_store(to.at(begin * kPerVector), slice, static_cast<unsigned>(stored - begin) * sizeof(Bits128));
        gpu::bulk_commit();
        gpu::bulk_wait_read<0>();
    }
}
#endif

template <class Operation, int kDType>
__device__ void Resident::run(const ResidentParameters<Operation>& parameters) {
// Compiled for every architecture, so that all have the same kernels; empty, and never launched, on those without clusters.
#if LEASH_HAS_CLUSTERS
    constexpr int kPerVector = Row<kDType>::kPerVector;
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
        const int blocks = static_cast<int>(gpu::cluster_size());
        write_masked<Operation, kDType>(operation, r, static_cast<int>(rank) * kBlockThreads + t, blocks * kBlockThreads,
                                        rank == 0 && t == 0);
        return;
    }

    // Bulk copies load the whole vectors of an aligned row.
    const int whole = row.aligned() ? min(end, row.count() / kPerVector) : begin;
    const int pieces = (end - begin + kPieceVectors - 1) / kPieceVectors;
    if (t == 0) {
        for (int k = 0; k < pieces; k++) gpu::barrier_init(&s.landed[k], 1);
        gpu::barrier_init(&s.exchanged, 1);
        gpu::fence_barrier_init();
        gpu::barrier_expect(&s.exchanged, gpu::cluster_size() * sizeof(ResidentPart));
    }
    __syncthreads();
    gpu::cluster_arrive_relaxed();
    if (t == 0) {
        for (int k = 0; k < pieces; k++) {
            const int from = min(begin + k * kPieceVectors, whole);
            const unsigned bytes = static_cast<unsigned>(min(from + kPieceVectors, whole) - from) * sizeof(Bits128);
            gpu::barrier_expect(&s.landed[k], bytes);
            if (bytes > 0) {
                gpu::bulk_load(slice + (from - begin), row.at(from * kPerVector), bytes, &s.landed[k]);
            }
        }
    }
    for (int v = max(whole, begin) + t; v < end; v += kBlockThreads) slice[v - begin] = row.vector(v);

    const double temperature = rows.row_temperature(r);
    const float scale = loop_scale(temperature);
    RunningSums<kDType> running(scale);
    __syncthreads();  // elements loaded by threads are in place
    for (int k = 0; k < pieces; k++) {
        gpu::barrier_wait(&s.landed[k], 0);
        const int from = k * kPieceVectors + t;
        const int last = min((k + 1) * kPieceVectors, end - begin);
        if (from + (kTileVectors - 1) * kBlockThreads < last) {
            Bits128 tile[kTileVectors];
#pragma unroll
            for (int i = 0; i < kTileVectors; i++) tile[i] = slice[from + i * kBlockThreads];
            running.add(tile);
        } else {
            for (int v = from; v < last; v += kBlockThreads) {
                const Bits128 rest[1] = {slice[v]};
                running.add(rest);
            }
        }
    }
    const PartialRow sums = combine_block(running, scale, 0, end - begin, [&](int v) { return slice[v]; }, s.sums);
    gpu::cluster_wait();
    if (t == 0) {
        const int32_t target = operation.target_index(r);
        const int target_vector = target >= 0 && target < row.count() ? target / kPerVector : -1;
        ResidentPart own = {sums, not_a_number()};
        if (target_vector >= begin && target_vector < end) {
            own.target_logit = Element<kDType>::to_float(slice_elements<kDType>(slice)[target - begin * kPerVector]);
        }
        Bits128 message;
        memcpy(&message, &own, sizeof message);
        for (unsigned k = 0; k < gpu::cluster_size(); k++) {
            gpu::store_async(reinterpret_cast<Bits128*>(&s.parts[rank]), message, &s.exchanged, k);
        }
        gpu::barrier_wait_cluster(&s.exchanged, 0);
        PartialRow whole_row = s.parts[0].sums;
        for (unsigned k = 1; k < gpu::cluster_size(); k++) whole_row = combine(whole_row, s.parts[k].sums, scale);
        const float logit = target_vector < 0 ? not_a_number() : s.parts[target_vector / parameters.slice_vectors].target_logit;
        const OutputRow output = operation.finish(r, finish(whole_row, temperature), {target, logit}, rank == 0);
        s.output = output;
    }
    __syncthreads();
    if constexpr (Operation::kWritesMatrix) {
        const OutputRow output = s.output;
        if (operation.has_output()) write_slice<Operation, kDType>(operation, r, output, slice, begin, end);
    }
#endif
}

template <class Operation>
void Resident::plan(Launches<Operation>& launches) {
    const leash_matrix& logits = launches.rows.logits;
    const Residency found = residency(logits.vocab, logits.dtype, launches.limits, launches.cluster);
    const ResidentParameters<Operation> resident = {launches.operation, found.slice_vectors};
    const int64_t slice_bytes = found.slice_vectors * static_cast<int64_t>(sizeof(Bits128));
    launches.template add<Resident>(launches.row_count() * found.cluster, kSliceOffset + slice_bytes, resident, found.cluster);
}

#endif

}  // namespace leash::cuda

#endif
