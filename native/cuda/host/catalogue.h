// The CUDA variants: their properties, the calls they take, and the choice among them. Host code, compiled with CUDA or without.
#ifndef LEASH_CUDA_HOST_CATALOGUE_H
#define LEASH_CUDA_HOST_CATALOGUE_H

#include <cstdint>
#include <string>

#include "leash.h"

namespace leash::cuda {

// The properties of a GPU that plans and choices depend on.
struct DeviceLimits {
    int compute_capability;          // 90 for sm_90
    int64_t shared_bytes_per_block;  // the most that a kernel can ask for
};

// One operation by one technique, a line of LEASH_CUDA_VARIANTS in spec/cuda_variants.h, whose name is the variant's.
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
};

// A variant and its launch options.
struct Selection {
    int32_t index;    // of the variant
    int32_t cluster;  // blocks that hold a row together, for variants that use clusters; 0: the variant's own choice
};

// A line of the table of choices, as leash_choice has it.
struct Choice {
    int32_t operation;  // -1: any
    uint32_t dtypes;
    int64_t min_vocab;
    int64_t max_vocab;
    int64_t max_rows;
    int32_t min_compute_capability;
    const char* variant;
    int32_t cluster;
    const char* evidence;
};

// In a fixed order: by operation, then as in the list.
int32_t variant_count();
const Variant& variant(int32_t index);
// The index of an operation's variant of this name; -1: it has none.
int32_t index_of(int32_t operation, const char* name);

int32_t choice_count();
const Choice& choice(int32_t index);

// "" where the variant takes this call, else why not, naming the limit.
std::string refusal(const Selection& selection, const leash_rows& rows, const DeviceLimits& limits);

// The first line of the table of choices that applies to a call and whose variant takes it; -1: there is none, and refusal()
// gives the reason for the fallback. Depends on the logits' shape and dtype alone.
int32_t choose(int32_t operation, const leash_rows& rows, const DeviceLimits& limits);

// The selection of a line; of -1: the fallback.
Selection selection_of(int32_t operation, int32_t line);

// Device memory that the call needs beside its own; 0 for most. Depends on rows and vocabulary alone.
int64_t workspace_bytes(const Selection& selection, const leash_rows& rows);

}  // namespace leash::cuda

#endif
