// The CUDA variants: properties and limits. Host code, compiled with or without CUDA.
#ifndef LEASH_CUDA_HOST_CATALOGUE_H
#define LEASH_CUDA_HOST_CATALOGUE_H

#include <cstdint>
#include <string>

#include "leash.h"

namespace leash::cuda {

// The properties of a GPU on which plans and choices depend.
struct DeviceLimits {
    int compute_capability;          // 90 for sm_90
    int64_t shared_bytes_per_block;  // the most that a kernel can ask for
    int32_t max_cluster;             // the most blocks of a cluster; 0: no clusters
};

// One operation with one technique, an entry of LEASH_CUDA_VARIANTS in spec/cuda_variants.h with the name of the variant.
struct Variant {
    int32_t operation;
    int32_t technique;  // its place in the list
    const char* name;
    const char* description;
    uint32_t dtypes;
    int64_t max_vocab;
    int32_t min_compute_capability;
    int32_t preference;
    int32_t reads;   // of the rows' bytes
    int32_t writes;  // likewise
    int32_t max_cluster;  // a power of 2; 0: the variant has no clusters
};

// A variant and its launch options.
struct Selection {
    int32_t index;    // of the variant
    int32_t cluster;  // blocks that share a row, for variants that use clusters; 0: the variant's own choice
};

constexpr int64_t kMaxRows = int64_t{1} << 32;  // so that a fault names row and target in 64 bits

// In a fixed order: by operation, then by the list.
int32_t variant_count();
const Variant& variant(int32_t index);
// The index of an operation's variant with this name; -1: there is none.
int32_t index_of(int32_t operation, const char* name);

// "" if the variant supports the call, else the reason, which names the limit.
std::string refusal(const Selection& selection, const leash_rows& rows, const DeviceLimits& limits);

// Bytes of device memory for intermediate results of a call; 0 for most variants. Depends only on rows and vocab.
int64_t workspace_bytes(const Selection& selection, const leash_rows& rows);

}  // namespace leash::cuda

#endif
