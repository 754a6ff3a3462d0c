// The checks that every exported function makes of its arguments before it writes anything. Each throws Failure with a
// message that names the argument, its value and the values allowed.
#ifndef LEASH_API_VALIDATION_H
#define LEASH_API_VALIDATION_H

#include <cstddef>
#include <cstdint>

#include "device/status.h"
#include "leash.h"
#include "spec/operations.h"

namespace leash::api {

inline void check_not_null(const void* pointer, const char* name) {
    if (pointer == nullptr) fail(LEASH_ERROR_INVALID_ARGUMENT, "%s is NULL", name);
}

void check_operation(int32_t operation);

// dtype, rows, vocab and row_stride of a matrix that the messages call `name`.
void check_shape(const leash_matrix& matrix, const char* name);

// All arguments of an operation, except the entries of arrays.
#define LEASH_DECLARE(id, NAME, name, ...) void check(const leash_##name##_args& args);
LEASH_OPERATIONS(LEASH_DECLARE)
#undef LEASH_DECLARE

}  // namespace leash::api

#endif
