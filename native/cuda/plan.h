// From a call to its launches: which kernels, with how many blocks of how many threads, which cluster, how much shared
// memory and which parameters. Computed here once, for the runtime API and for callers that launch the same kernels
// themselves, so that the two cannot drift. Host code. The catalogue (catalogue.cpp) needs no CUDA to compile; plan() does.
#ifndef LEASH_CUDA_PLAN_H
#define LEASH_CUDA_PLAN_H

#include <cstdint>
#include <string>

#include "leash.h"

namespace leash::cuda {

constexpr int kMaxLaunches = LEASH_MAX_LAUNCHES;
constexpr int kMaxParameterBytes = LEASH_MAX_PARAMETER_BYTES;

// What a plan may depend on besides the call.
struct DeviceLimits {
    int compute_capability;          // 90 for sm_90
    int64_t shared_bytes_per_block;  // the most that a kernel can ask for
};

// In device memory, one for each call in flight: targets out of range. Zero before the call.
struct Fault {
    unsigned long long first;  // ~(row << 32 | target) of the first row concerned
    unsigned long long rows;

    int64_t first_row() const { return static_cast<int64_t>(~first >> 32); }
    int32_t first_target() const { return static_cast<int32_t>(~first); }
};

struct Kernel {
    const char* name;      // as in the cubin
    const void* function;  // for cudaLaunchKernelExC; NULL in a library without CUDA
};

struct Launch {
    Kernel kernel;
    uint32_t blocks;
    uint32_t threads;  // a block
    uint32_t cluster;  // blocks; 1: none
    uint32_t shared_bytes;
    uint32_t parameter_bytes;
    alignas(16) unsigned char parameters[kMaxParameterBytes];
};

struct Plan {
    int32_t launches;  // one after the other, on one stream
    Launch launch[kMaxLaunches];
};

// How a variant goes over a row; variants.cuh says it of each.
enum class Technique { k_naive, k_two_read, k_warp, k_split, k_resident };

// "two_read".
const char* name_of(Technique technique);

// A line of the catalogue: one operation by one technique, whose name is the variant's.
struct Variant {
    int32_t operation;
    Technique technique;
    const char* description;
    uint32_t dtypes;
    int64_t max_vocab;
    int32_t min_compute_capability;
    int32_t preference;
};

// A variant, and what is left to choose about its launch.
struct Selection {
    int32_t index;    // of the variant
    int32_t cluster;  // resident: blocks of a row; 0: as many as residency_of takes
};

// A line of the table of choices, as leash_choice has it.
struct Choice {
    int32_t operation;
    uint32_t dtypes;
    int64_t min_vocab;
    int64_t max_vocab;
    int64_t max_rows;
    int32_t min_compute_capability;
    Technique technique;
    int32_t cluster;
    const char* evidence;
};

// In a fixed order: by operation, then by cleverness.
int32_t variant_count();
const Variant& variant(int32_t index);

int32_t choice_count();
const Choice& choice(int32_t index);

// "" where the variant takes this call, else why not, naming the limit.
std::string refusal(const Selection& selection, const leash_rows& rows, const DeviceLimits& limits);

// The first line of the table of choices that applies to a call and whose variant takes it; -1: there is none, and refusal()
// says why of the fallback. Looks at the logits' shape and dtype alone.
int32_t choose(int32_t operation, const leash_rows& rows, const DeviceLimits& limits);

// What a line, or -1, stands for.
Selection selection_of(int32_t operation, int32_t line);

// Device memory that the call needs beside its own; 0 for most. Depends on rows and vocabulary alone.
int64_t workspace_bytes(const Selection& selection, const leash_rows& rows);

// args is the operation's struct, checked; `fault` and `workspace` are device memory. No launch where there are no rows.
Plan plan(const Selection& selection, const void* args, const DeviceLimits& limits, Fault* fault, void* workspace);

}  // namespace leash::cuda

#endif
