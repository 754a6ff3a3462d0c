// Parts of the argument checks. Each throws Failure, before anything is written, with a message that names the argument, its value
// and the valid values.
#ifndef LEASH_API_VALIDATION_H
#define LEASH_API_VALIDATION_H

#include <algorithm>
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

// A range of bytes that ends within the address space.
struct Extent {
    uintptr_t begin;
    uintptr_t end;

    // An empty range overlaps nothing.
    bool overlaps(const Extent& other) const { return std::max(begin, other.begin) < std::min(end, other.end); }
};

// Checks memory of count >= 0 entries: not NULL unless it is empty, and within the address space.
Extent check_memory(const void* memory, const char* name, int64_t count, int64_t entry_bytes);

enum class Presence { kRequired, kOptional };

// The buffers of a call, each checked as it is added, and then against the others.
class Buffers {
  public:
    // Checks the arguments common to all operations.
    explicit Buffers(const leash_rows& rows);

    int64_t rows() const { return rows_.logits.rows; }

    // Columns of one entry per row.
    template <class Element>
    void reads(const Element* column, const char* name, Presence presence) {
        add(inputs_, column, name, sizeof(Element), alignof(Element), presence);
    }
    template <class Element>
    void writes(const Element* column, const char* name, Presence presence) {
        add(outputs_, column, name, sizeof(Element), alignof(Element), presence);
    }
    // The output matrix, of the shape and dtype of the logits: in place, in their padding, or apart.
    void writes(const leash_matrix& output, const char* name, const char* data_name);

    // Throws if an output overlaps an input or another output.
    void check_apart() const;

  private:
    struct Buffer {
        const char* name;
        Extent extent;
    };
    struct Columns {
        static constexpr int kMost = 16;
        Buffer buffers[kMost];
        int count = 0;

        const Buffer* begin() const { return buffers; }
        const Buffer* end() const { return buffers + count; }
    };

    void add(Columns& columns, const void* data, const char* name, int64_t entry_bytes, uintptr_t alignment, Presence presence);

    const leash_rows& rows_;
    Buffer logits_;
    Buffer matrix_ = {"", {0, 0}};  // the output matrix, which writes() has compared with the logits
    Columns inputs_;
    Columns outputs_;
};

}  // namespace leash::api

#endif
