// Parts of the argument checks. Each throws Failure, before anything is written, with a message that names the argument, its value
// and the valid values.
#ifndef LEASH_API_VALIDATION_H
#define LEASH_API_VALIDATION_H

#include <cstddef>
#include <cstdint>
#include <string>

#include "device/status.h"
#include "leash.h"

namespace leash::api {

inline void check_not_null(const void* pointer, const char* name) {
    if (pointer == nullptr) fail(LEASH_ERROR_INVALID_ARGUMENT, "%s is NULL", name);
}

// "f32 = 0, bf16 = 1, f16 = 2"
template <int kCount>
std::string listed(const char* const (&names)[kCount]) {
    std::string text;
    for (int i = 0; i < kCount; i++) text += std::string(i > 0 ? ", " : "") + names[i] + " = " + std::to_string(i);
    return text;
}

void check_operation(int32_t operation);

// Checks dtype, rows, vocab and row_stride of a matrix; `name` is for messages.
void check_shape(const leash_matrix& matrix, const char* name);

// A range of bytes within the address space.
struct Extent {
    uintptr_t begin;
    uint64_t bytes;

    bool overlaps(const Extent& other) const {
        return begin < other.begin + other.bytes && other.begin < begin + bytes;
    }
};

// The common arguments of all operations, checked.
struct Checked {
    const leash_rows& rows;
    Extent logits;

    int64_t count() const { return rows.logits.rows; }
};

Checked check_rows(const leash_rows& rows);

// Checks a matrix of the shape and dtype of the logits, in place or separate.
Extent check_output_matrix(const leash_matrix& output, const char* name, const char* data_name, const Checked& checked);

enum class Presence { kRequired, kOptional };

Extent check_column(const void* data, const char* name, int64_t rows, uint64_t entry, uint64_t alignment, Presence presence);

// A column has one entry per row.
template <class Element>
Extent check_column(const Element* data, const char* name, int64_t rows, Presence presence) {
    return check_column(data, name, rows, sizeof(Element), alignof(Element), presence);
}

// Checks an output column of an operation that accesses the logits and, optionally, a gradient matrix.
template <class Element>
void check_output_column(const Element* data, const char* name, const Checked& checked, Presence presence,
                         Extent gradient = {0, 0}) {
    const Extent column = check_column(data, name, checked.count(), presence);
    if (column.overlaps(checked.logits) || column.overlaps(gradient)) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s at %p lies within the %s; use separate memory", name,
             static_cast<const void*>(data), column.overlaps(checked.logits) ? "logits" : "gradient");
    }
}

}  // namespace leash::api

#endif
