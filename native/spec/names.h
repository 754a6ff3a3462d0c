// The names of the entries of the lists, by id.
#ifndef LEASH_SPEC_NAMES_H
#define LEASH_SPEC_NAMES_H

#include <cstdint>

#include "spec/dtypes.h"
#include "spec/losses.h"
#include "spec/operations.h"

namespace leash {

#define LEASH_NAME_OF(id, NAME, name, ...) #name,
constexpr const char* kOperationNames[] = {LEASH_OPERATIONS(LEASH_NAME_OF)};
constexpr const char* kDtypeNames[] = {LEASH_DTYPES(LEASH_NAME_OF)};
constexpr const char* kLossNames[] = {LEASH_LOSSES(LEASH_NAME_OF)};
constexpr const char* kKlNames[] = {LEASH_KL_ESTIMATORS(LEASH_NAME_OF)};
constexpr const char* kRolloutNames[] = {LEASH_ROLLOUTS(LEASH_NAME_OF)};
#undef LEASH_NAME_OF

template <int kCount>
constexpr int32_t count_of(const char* const (&)[kCount]) {
    return kCount;
}

constexpr uint32_t kAllDtypes = (1u << count_of(kDtypeNames)) - 1;  // the bit of each

// nullptr where there is no such entry.
template <int kCount>
constexpr const char* name_of(const char* const (&names)[kCount], int32_t id) {
    return id >= 0 && id < kCount ? names[id] : nullptr;
}

}  // namespace leash

#endif
