// The table by which `auto` chooses the variant of a call: entries set by the caller, then those compiled in. Host code, compiled
// with or without CUDA. Thread-safe.
#ifndef LEASH_CUDA_HOST_CHOICES_H
#define LEASH_CUDA_HOST_CHOICES_H

#include <cstdint>
#include <vector>

#include "cuda/host/catalogue.h"

namespace leash::cuda {

// An entry; see leash_choice. Strings are never freed.
struct Choice {
    int32_t operation;  // -1: any
    uint32_t dtypes;
    int64_t min_vocab;
    int64_t max_vocab;
    int64_t max_rows;
    int32_t min_compute_capability;
    int32_t max_compute_capability;
    const char* variant;
    int32_t cluster;
    const char* evidence;
};

// Replaces the caller's entries, which are valid (api/variants.cpp), for later calls.
void set_choices(const std::vector<Choice>& choices);

int32_t choice_count();
// False: there is no such entry.
bool choice(int32_t index, Choice* choice);

struct Chosen {
    int32_t entry;  // of the table; -1: none matches, and the fallback is taken or rejects the call
    Selection selection;
};

// The first entry that matches a call and whose variant supports it, else the fallback. Depends only on shape and dtype of the
// logits, and on the table.
Chosen choose(int32_t operation, const leash_rows& rows, const DeviceLimits& limits);

}  // namespace leash::cuda

#endif
