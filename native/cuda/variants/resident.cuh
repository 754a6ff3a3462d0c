// resident: one cluster of blocks per row, each with a slice of the row in its shared memory: 1R + 1W, 1R without an
// output. Compute capability 9.0.
//
// Block k of the cluster has the vectors from k slice_vectors on. One thread starts bulk copies of them in pieces of one tile per
// thread, each with its own barrier, and the block sums a piece while the next ones arrive. Of a row off a 16-byte boundary, a
// block copies the aligned words that its vectors straddle, one more than it has vectors. Partial words, and all vectors if logits
// and output are off by different amounts, are read by threads instead (rows.cuh).
//
// Each block sends its partial row to all blocks of the cluster, by asynchronous stores that complete at a barrier of the receiver,
// and combines those it receives in a fixed tree, a lane of its first warp for each; rank 0 writes the columns. So a row takes one
// barrier of the cluster, for the initialisation of the others; it is relaxed, and complete before anything waits for it. The
// target's logit travels with the partial row of the block that holds it, or, where squares take its place, is read by every block.
// Where there is an output, every logit that a block has read is a term of what it sends: once a block has received the partial
// rows of all others, none of them has a load under way that its output could overtake. A block ends after it has received
// everything that others send.
//
// The output is computed in place in shared memory and written by bulk copies, or by threads, word by word, if its row is off a
// boundary by another amount than the logits. A word on the border of two blocks is read by both and written by the second, which
// by then has the first one's sums, of which its part of the word is a term.
//
// A vector of bf16 takes 57 issue slots in the sums and 56 in the gradient, one of f32 31 and 24 (machine_code.csv); off a boundary,
// 15 and 9 more in the sums.
//
// A block processes one row; residency() provides for two or more blocks per multiprocessor, if possible, so that rows overlap. A
// persistent block with two buffers would take the memory of two blocks, and load one row during the sums, the finish and the
// output of another, as they do, but not finish one row during the output of another.
#ifndef LEASH_CUDA_VARIANTS_RESIDENT_CUH
#define LEASH_CUDA_VARIANTS_RESIDENT_CUH

#include <algorithm>

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
    static constexpr int64_t kVocab = 1854336;  // of a half-precision row in 16 blocks of 227 KiB; f32: half of it
    static constexpr int kPieceVectors = 1024;  // four a thread
    static constexpr int kMaxPieces = 15;       // of a slice in 227 KiB
    static constexpr int kHeadBytes = 656;      // before the slice in shared memory, and one more word than vectors
    static constexpr int kMaxCluster = 16;      // on GPUs that allow it (DeviceLimits::max_cluster)
    static constexpr Traits kTraits = {"a cluster of blocks a row, the row in shared memory", kVocab, 90, 150};
    static constexpr int reads(bool, bool) { return 1; }

    // The division of a row among the blocks of a cluster; cluster 0: the row does not fit.
    struct Residency {
        int cluster;
        int32_t slice_vectors;  // of 16 bytes
    };

    // Bytes of a slice of each of two blocks per multiprocessor, for each of which the system reserves a kilobyte.
    static int64_t room_for_two(const DeviceLimits& limits) { return limits.shared_bytes_per_block / 2 - 1024 - kHeadBytes; }
    // Blocks of a cluster.
    static int most(const DeviceLimits& limits) { return std::min(kMaxCluster, limits.max_cluster); }

    // For the requested cluster, a power of 2 up to the device's largest. If 0: the fewest blocks that leave room for two per
    // multiprocessor, else the fewest that can hold the row. On Hopper (227 KiB per block), bf16 rows of up to 57,272 elements
    // need 1 block, 114,544 need 2, 229,088 need 4, 458,176 need 8, and 916,352 need 16; for f32 rows half as many elements.
    static Residency residency(int64_t vocab, int32_t dtype, const DeviceLimits& limits, int32_t cluster) {
        const int64_t vectors = vectors_of(vocab, dtype);
        const int64_t whole = limits.shared_bytes_per_block;
        const auto slice = [&](int blocks) { return (vectors - 1) / blocks + 1; };
        const auto fits = [&](int blocks, int64_t room) {
            return kHeadBytes + slice(blocks) * 16 <= room && slice(blocks) <= kMaxPieces * kPieceVectors;
        };
        const auto with = [&](int blocks) { return Residency{blocks, static_cast<int32_t>(slice(blocks))}; };
        if (cluster != 0) return fits(cluster, whole) ? with(cluster) : Residency{0, 0};
        for (const int64_t room : {kHeadBytes + room_for_two(limits), whole}) {
            for (int blocks = 1; blocks <= most(limits); blocks *= 2) {
                if (fits(blocks, room)) return with(blocks);
            }
        }
        return {0, 0};
    }

    static std::string refusal(const leash_rows& rows, const DeviceLimits& limits, int32_t cluster) {
        if (cluster > most(limits)) {
            return "clusters have at most " + std::to_string(most(limits)) + " blocks on this device, not " + std::to_string(cluster);
        }
        const Residency found = residency(rows.logits.vocab, rows.logits.dtype, limits, cluster);
        if (found.cluster == 0) {
            return "a row of " + std::to_string(rows.logits.vocab) + " elements does not fit the shared memory of " +
                   std::to_string(cluster == 0 ? most(limits) : cluster) + " blocks";
        }
        const int64_t most_rows = kMaxBlocks / found.cluster;
        if (rows.logits.rows <= most_rows) return "";
        return "rows = " + std::to_string(rows.logits.rows) + " is more than the " + std::to_string(most_rows) + " that resident takes";
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
template <bool kSquares>
struct alignas(16) ResidentPart {
    PartialRow<kSquares> sums;
    float target_logit;  // if the block holds it
};
template <>
struct alignas(16) ResidentPart<true> {
    PartialRow<true> sums;
};

// The start of the shared memory; the slice follows.
template <bool kSquares>
struct ResidentShared {
    gpu::Barrier landed[Resident::kMaxPieces];
    gpu::Barrier exchanged;
    BlockSums<kSquares> sums;
    ResidentPart<kSquares> parts[Resident::kMaxCluster];  // by rank
    OutputRow output;
};
constexpr int kSliceOffset = (sizeof(ResidentShared<true>) + 63) / 64 * 64;
static_assert(kSliceOffset + sizeof(Bits128) <= Resident::kHeadBytes, "the head of the shared memory has grown");
static_assert(Resident::kPieceVectors == kTileVectors * kBlockThreads, "a piece is a tile of every thread");

// Writes one word of an output row from vectors, limited to those from `begin` up to `end`: the end of the previous vector and the
// start of its own.
template <class Operation, int kDType>
__device__ void write_from_vectors(const OutputRow& output, const Bits128* slice, int begin, int end, const Row<kDType>& to,
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
// What a block holds of a row: the vectors from `begin` up to `end`, or the words that they straddle.
template <int kDType>
struct Slice {
    static constexpr int kPerVector = Element<kDType>::kPerVector;

    Bits128* at;
    int begin;
    int end;
    int head;  // of the words; 0: vectors

    __device__ typename Element<kDType>::Stored* elements() const {
        return reinterpret_cast<typename Element<kDType>::Stored*>(at);
    }
    // The place among elements() of a column that is held.
    __device__ int place_of(int column) const { return column + head - begin * kPerVector; }
    template <bool kStraddles>
    __device__ Bits128 vector(int v) const {
        if (!kStraddles) return at[v];
        return Row<kDType>::straddling(head * static_cast<int>(sizeof(typename Element<kDType>::Stored)), at[v], at[v + 1]);
    }
    // From the start of the slice; the last lies within the words held.
    __device__ Bits128 vector(int v) const { return head == 0 ? vector<false>(v) : vector<true>(v); }
    // The words that hold the first `vectors` vectors.
    __device__ int words_for(int vectors) const { return head == 0 ? vectors : vectors + 1; }
};

// The sums of this thread's vectors of a slice, piece by piece as they land.
template <bool kStraddles, int kDType, bool kSquares>
__device__ void sum_pieces(RunningSums<kDType, kSquares>& running, const Slice<kDType>& slice, int pieces, gpu::Barrier* landed) {
    for (int k = 0; k * Resident::kPieceVectors < slice.end - slice.begin; k++) {
        gpu::barrier_wait(&landed[k], 0);
        if (kStraddles && k + 1 < pieces) gpu::barrier_wait(&landed[k + 1], 0);
        const int from = k * Resident::kPieceVectors + static_cast<int>(threadIdx.x);
        const int last = min((k + 1) * Resident::kPieceVectors, slice.end - slice.begin);
        if (from + (kTileVectors - 1) * kBlockThreads < last) {
            Bits128 tile[kTileVectors];
#pragma unroll
            for (int i = 0; i < kTileVectors; i++) tile[i] = slice.template vector<kStraddles>(from + i * kBlockThreads);
            running.add(tile);
        } else {
#pragma unroll 1
            for (int v = from; v < last; v += kBlockThreads) {
                const Bits128 rest[1] = {slice.template vector<kStraddles>(v)};
                running.add(rest);
            }
        }
    }
}

// Computes the output of a slice of row r in place and writes it.
template <class Operation, int kDType>
__device__ void write_slice(const Operation& operation, int64_t r, const OutputRow& output, const Slice<kDType>& slice) {
    constexpr int kPerVector = Row<kDType>::kPerVector;
    const int t = static_cast<int>(threadIdx.x);
    const int begin = slice.begin;
    const Row<kDType> to(operation.output, r, operation.output_stride, operation.rows.vocab);
    const int target_word = to.word_of(max(output.target, 0));
    if (to.head() != slice.head) {
        // Parts of the slice's first word, and of the word after its last vector, may belong to other blocks.
        for (int w = begin + t; w <= slice.end && begin < slice.end; w += kBlockThreads) {
            write_from_vectors<Operation>(output, slice.at, begin, slice.end, to, w);
        }
        const bool has_target = output.target >= begin * kPerVector && output.target / kPerVector < slice.end;
        if (has_target && (target_word - begin) % kBlockThreads == t) to.set_element(output.target, output.at_target);
        return;
    }
    // The last block that has vectors also has the word after them.
    const int end = begin < slice.end && slice.end == to.vectors() ? to.words() : slice.end;
    const int whole_begin = begin == 0 && slice.head != 0 ? 1 : begin;
    const int whole_end = min(end, to.word_of(to.count()));
    int w = t;
    for (; w + (kTileVectors - 1) * kBlockThreads < whole_end - begin; w += kTileVectors * kBlockThreads) {
        Bits128 tile[kTileVectors];
#pragma unroll
        for (int i = 0; i < kTileVectors; i++) tile[i] = slice.at[w + i * kBlockThreads];
        to_output<Operation, kDType>(output, tile);
#pragma unroll
        for (int i = 0; i < kTileVectors; i++) slice.at[w + i * kBlockThreads] = tile[i];
    }
    for (; w < end - begin; w += kBlockThreads) {
        Bits128 rest[1] = {slice.at[w]};
        to_output<Operation, kDType>(output, rest);
        slice.at[w] = rest[0];
    }
    // By the thread that has computed the word.
    if (output.target >= 0 && target_word >= begin && target_word < end && (target_word - begin) % kBlockThreads == t) {
        slice.elements()[slice.place_of(output.target)] = Element<kDType>::from_float(output.at_target);
    }
    if (whole_begin > begin && t == 0) to.store(begin, slice.at[0]);
    if (whole_end < end && end > whole_begin && (end - 1 - begin) % kBlockThreads == t) to.store(end - 1, slice.at[end - 1 - begin]);
    gpu::fence_async_shared();
    __syncthreads();
    if (t == 0 && whole_end > whole_begin) {
        gpu::bulk_store(to.at(to.column_of(whole_begin)), slice.at + (whole_begin - begin),
                        static_cast<unsigned>(whole_end - whole_begin) * sizeof(Bits128));
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
    constexpr bool kSquares = Operation::kSquares;
    auto& s = shared<ResidentShared<kSquares>>();
    const int t = static_cast<int>(threadIdx.x);
    const unsigned rank = gpu::cluster_rank();
    const int64_t r = blockIdx.x / gpu::cluster_size();

    const Row<kDType> row(rows.logits, r, rows.stride, rows.vocab);
    if (rows.masked(r)) {
        const int blocks = static_cast<int>(gpu::cluster_size());
        write_masked<Operation, kDType>(operation, r, static_cast<int>(rank) * kBlockThreads + t, blocks * kBlockThreads,
                                        rank == 0 && t == 0);
        return;
    }
    const int begin = min(static_cast<int>(rank) * parameters.slice_vectors, row.vectors());
    const int end = min(begin + parameters.slice_vectors, row.vectors());
    bool by_words = true;  // rather than by vectors, which is the same for an aligned row
    if constexpr (Operation::kWritesMatrix) {
        by_words = !operation.has_output() ||
                   Row<kDType>(operation.output, r, operation.output_stride, rows.vocab).head() == row.head();
    }
    const Slice<kDType> slice = {reinterpret_cast<Bits128*>(gpu::shared_memory() + kSliceOffset), begin, end,
                                 by_words ? row.head() : 0};
    const int words = begin < end ? slice.words_for(end - begin) : 0;

    // Bulk copies load the whole words.
    const int whole_begin = begin == 0 && row.head() != 0 ? 1 : begin;
    const int whole_end = by_words ? min(begin + words, row.word_of(row.count())) : begin;
    const int pieces = (words + kPieceVectors - 1) / kPieceVectors;
    if (t == 0) {
        for (int k = 0; k < pieces; k++) gpu::barrier_init(&s.landed[k], 1);
        gpu::barrier_init(&s.exchanged, 1);
        gpu::fence_barrier_init();
        gpu::barrier_expect(&s.exchanged, gpu::cluster_size() * sizeof s.parts[0]);
    }
    __syncthreads();
    gpu::cluster_arrive_relaxed();
    if (t == 0) {
        for (int k = 0; k < pieces; k++) {
            const int from = max(begin + k * kPieceVectors, whole_begin);
            const int to = min(begin + (k + 1) * kPieceVectors, whole_end);
            const unsigned bytes = static_cast<unsigned>(max(to - from, 0)) * sizeof(Bits128);
            gpu::barrier_expect(&s.landed[k], bytes);
            if (bytes > 0) gpu::bulk_load(slice.at + (from - begin), row.at(row.column_of(from)), bytes, &s.landed[k]);
        }
    }
    if (t == kBlockThreads - 1) operation.prefetch(r);
    if (by_words) {
        if (whole_begin > begin && t == 0) {
            const Bits128 word = row.load_straddling(row.column_of(begin));
            slice.at[0] = word;
        }
        for (int w = max(whole_end, whole_begin) + t; w < begin + words; w += kBlockThreads) {
            const Bits128 word = row.load_straddling(row.column_of(w));
            slice.at[w - begin] = word;
        }
    } else {
        for (int v = begin + t; v < end; v += kBlockThreads) {
            const Bits128 vector = row.vector(v);
            slice.at[v - begin] = vector;
        }
    }

    const double inverse_temperature = rows.inverse_temperature(r);
    const float scale = loop_scale(inverse_temperature);
    RunningSums<kDType, kSquares> running(scale);
    __syncthreads();  // elements loaded by threads are in place
    if (slice.head == 0) {
        sum_pieces<false>(running, slice, pieces, s.landed);
    } else {
        sum_pieces<true>(running, slice, pieces, s.landed);
    }
    const PartialRow<kSquares> sums = combine_block(running, scale, 0, end - begin, [&](int v) { return slice.vector(v); }, s.sums);
    gpu::cluster_wait();
    if (t < gpu::kWarpThreads) {
        const int blocks = static_cast<int>(gpu::cluster_size());
        const int32_t target = operation.target_index(r);
        const int target_vector = target >= 0 && target < row.count() ? target / kPerVector : -1;
        ResidentPart<kSquares> own;
        own.sums = sums;  // lane 0 has them
        if constexpr (!kSquares) {
            const bool is_held = target_vector >= begin && target_vector < end;
            own.target_logit = is_held ? Element<kDType>::to_float(slice.elements()[slice.place_of(target)]) : not_a_number();
        }
        Bits128 message;
        memcpy(&message, &own, sizeof message);
#pragma unroll
        for (uint32_t& word : message.word) word = __shfl_sync(gpu::kFullWarp, word, 0);
        if (t < blocks) {
            gpu::store_async(reinterpret_cast<Bits128*>(&s.parts[rank]), message, &s.exchanged, static_cast<unsigned>(t));
        }
        gpu::barrier_wait_cluster(&s.exchanged, 0);
        PartialRow<kSquares> part = empty_row<kSquares>();
        if (t < blocks) part = s.parts[t].sums;
        const PartialRow<kSquares> whole_row = combine_lanes(part, blocks, scale);
        if (t == 0) {
            float logit = not_a_number();
            if (target_vector >= 0) {
                if constexpr (kSquares) {
                    logit = row.element(target);
                } else {
                    logit = s.parts[target_vector / parameters.slice_vectors].target_logit;
                }
            }
            const OutputRow output = operation.finish(r, finish(whole_row, inverse_temperature), {target, logit}, rank == 0);
            s.output = output;
        }
    }
    __syncthreads();
    if constexpr (Operation::kWritesMatrix) {
        const OutputRow output = s.output;
        if (operation.has_output()) write_slice<Operation, kDType>(operation, r, output, slice);
    }
#endif
}

template <class Operation>
void Resident::plan(Launches<Operation>& launches) {
    const leash_matrix& logits = launches.rows.logits;
    const Residency found = residency(logits.vocab, logits.dtype, launches.limits, launches.cluster);
    const ResidentParameters<Operation> resident = {launches.operation, found.slice_vectors};
    const int64_t slice_bytes = (found.slice_vectors + int64_t{1}) * static_cast<int64_t>(sizeof(Bits128));
    launches.template add<Resident>(launches.row_count() * found.cluster, kSliceOffset + slice_bytes, resident, found.cluster);
}

#endif

}  // namespace leash::cuda

#endif
