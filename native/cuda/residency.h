// The limits of the variants, and how a row is laid over the blocks of a cluster. Shared by the kernels and the catalogue.
#ifndef LEASH_CUDA_RESIDENCY_H
#define LEASH_CUDA_RESIDENCY_H

#include <cstdint>

#include "plan.h"

namespace leash::cuda {

constexpr int kWarpVocab = 2048;        // what a warp holds in 64 registers a thread
constexpr int kSplitVectors = 256;      // a slice: one vector a thread
constexpr int kSliceMultiple = 4;       // a resident slice is copied in so many pieces
constexpr int kResidentHeadBytes = 512; // before the slice in shared memory
constexpr int kMaxClusterBlocks = 8;    // the portable limit
constexpr int64_t kMaxBlocks = INT32_MAX;

// Of 16 bytes, in a row.
inline int64_t vectors_of(int64_t vocab, int32_t dtype) { return (vocab - 1) / (dtype == LEASH_F32 ? 4 : 8) + 1; }

// The cluster that is asked for, a power of 2 up to kMaxClusterBlocks. Where that is 0, the fewest blocks that leave room for
// two on a multiprocessor, else the fewest that hold the row. The result's cluster is 0 where the row does not fit. On
// Hopper (227 KiB a block): bf16 rows of up to 57,088 elements take 1 block, 114,432 take 2, 228,864 take 4, 457,728 take 8;
// f32 rows half as many.
struct Residency {
    int cluster;
    int32_t slice_vectors;  // of 16 bytes
};
Residency residency_of(int64_t vocab, int32_t dtype, const DeviceLimits& limits, int32_t cluster);

}  // namespace leash::cuda

#endif
