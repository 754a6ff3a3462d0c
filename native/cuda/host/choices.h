// The table by which `auto` chooses the variant of a call: entries set by the caller, then those compiled in. Host code, compiled
// with or without CUDA. Thread-safe.
#ifndef LEASH_CUDA_HOST_CHOICES_H
#define LEASH_CUDA_HOST_CHOICES_H

#include <cstdint>

#include "cuda/host/catalogue.h"

namespace leash::cuda {

// Replaces the caller's entries, which are valid (api/variants.cpp), for later calls. Their strings are copied.
void set_choices(const leash_choice* choices, int32_t count);

int32_t choice_count();
// False: there is no such entry. Its strings are never freed.
bool choice(int32_t index, leash_choice* choice);

struct Chosen {
    int32_t entry;  // of the table; -1: none matches, and the fallback is taken or rejects the call
    Selection selection;
};

// The first entry that matches a call and whose variant supports it, else the fallback. Depends only on shape and dtype of the
// logits, and on the table.
Chosen choose(int32_t operation, const leash_rows& rows, const DeviceLimits& limits);

}  // namespace leash::cuda

#endif
