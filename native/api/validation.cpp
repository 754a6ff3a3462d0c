#include "api/validation.h"

#include <cmath>
#include <string>

#include "math/dtype.h"
#include "spec/names.h"

namespace leash::api {

namespace {

// All arithmetic on sizes from callers: a * b + c of numbers >= 0, or -1 from 2^63 on.
int64_t multiply_add(int64_t a, int64_t b, int64_t c) {
    int64_t result = 0;
    return __builtin_mul_overflow(a, b, &result) || __builtin_add_overflow(result, c, &result) ? -1 : result;
}

void check_alignment(const void* data, const char* name, uintptr_t alignment) {
    if (reinterpret_cast<uintptr_t>(data) % alignment != 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s = %p is not aligned to its element size, %llu bytes", name, data,
             static_cast<unsigned long long>(alignment));
    }
}

Extent check_matrix(const leash_matrix& matrix, const char* name, const char* data_name) {
    check_shape(matrix, name);
    const int64_t element = dtype_bytes(matrix.dtype);
    const int64_t elements = matrix.rows == 0 ? 0 : multiply_add(matrix.rows - 1, matrix.row_stride, matrix.vocab);
    if (elements < 0 || multiply_add(elements, element, 0) < 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s: rows = %lld with row_stride = %lld passes 2^63 bytes", name,
             static_cast<long long>(matrix.rows), static_cast<long long>(matrix.row_stride));
    }
    check_alignment(matrix.data, data_name, static_cast<uintptr_t>(element));
    return check_memory(matrix.data, data_name, elements, element);
}

void check_temperature(const leash_rows& rows) {
    // Ignored if there are per-row temperatures.
    if (rows.temperatures != nullptr) return;
    if (!(rows.temperature > 0.0f && std::isfinite(rows.temperature))) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "temperature = %g is not a finite number > 0; 1 leaves logits as they are",
             static_cast<double>(rows.temperature));
    }
}

// Whether the rows of each matrix lie in the padding of the other; both have the same shape, and their extents overlap.
bool interleaved(const leash_matrix& a, const leash_matrix& b) {
    // A single row has no padding, and a stride of which nothing is known.
    if (a.rows < 2 || a.row_stride != b.row_stride) return false;
    const auto row_bytes = static_cast<uint64_t>(a.vocab * dtype_bytes(a.dtype));
    const auto stride_bytes = static_cast<uint64_t>(a.row_stride * dtype_bytes(a.dtype));
    const uintptr_t first = reinterpret_cast<uintptr_t>(a.data);
    const uintptr_t second = reinterpret_cast<uintptr_t>(b.data);
    const uint64_t shift = (first < second ? second - first : first - second) % stride_bytes;
    return shift >= row_bytes && shift <= stride_bytes - row_bytes;
}

}  // namespace

void check_operation(int32_t operation) {
    if (operation < 0 || operation >= count_of(kOperationNames)) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "operation = %d is not one of %s", operation, listed(kOperationNames).c_str());
    }
}

void check_shape(const leash_matrix& matrix, const char* name) {
    if (dtype_bytes(matrix.dtype) == 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s.dtype = %d is not one of %s", name, matrix.dtype,
             listed(kDtypeNames).c_str());
    }
    if (matrix.rows < 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s.rows = %lld is negative", name, static_cast<long long>(matrix.rows));
    }
    if (matrix.vocab < 1 || matrix.vocab > INT32_MAX) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s.vocab = %lld is outside [1, 2147483647]", name,
             static_cast<long long>(matrix.vocab));
    }
    if (matrix.row_stride < matrix.vocab) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s.row_stride = %lld is less than vocab = %lld; it counts elements", name,
             static_cast<long long>(matrix.row_stride), static_cast<long long>(matrix.vocab));
    }
}

Extent check_memory(const void* memory, const char* name, int64_t count, int64_t entry_bytes) {
    const uintptr_t begin = reinterpret_cast<uintptr_t>(memory);
    const int64_t bytes = multiply_add(count, entry_bytes, 0);
    if (bytes < 0 || static_cast<uint64_t>(bytes) > UINTPTR_MAX - begin) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s = %p with %lld x %lld bytes passes the end of the address space", name, memory,
             static_cast<long long>(count), static_cast<long long>(entry_bytes));
    }
    if (memory == nullptr && bytes > 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s is NULL; it needs %lld bytes", name, static_cast<long long>(bytes));
    }
    return {begin, begin + static_cast<uintptr_t>(bytes)};
}

Buffers::Buffers(const leash_rows& rows) : rows_(rows), logits_{"logits", check_matrix(rows.logits, "logits", "logits.data")} {
    reads(rows.temperatures, "temperatures", Presence::kOptional);
    reads(rows.mask, "mask", Presence::kOptional);
    check_temperature(rows);
}

void Buffers::add(Columns& columns, const void* data, const char* name, int64_t entry_bytes, uintptr_t alignment,
                  Presence presence) {
    if (data == nullptr && presence == Presence::kOptional) return;
    check_alignment(data, name, alignment);
    if (columns.count == Columns::kMost) fail(LEASH_ERROR_INTERNAL, "%s is a column too many; this is a defect of leash", name);
    columns.buffers[columns.count++] = {name, check_memory(data, name, rows(), entry_bytes)};
}

void Buffers::writes(const leash_matrix& output, const char* name, const char* data_name) {
    const leash_matrix& logits = rows_.logits;
    matrix_ = {name, check_matrix(output, name, data_name)};
    if (output.rows != logits.rows || output.vocab != logits.vocab) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s is %lld x %lld, but logits are %lld x %lld; the shapes must agree", name,
             static_cast<long long>(output.rows), static_cast<long long>(output.vocab),
             static_cast<long long>(logits.rows), static_cast<long long>(logits.vocab));
    }
    if (output.dtype != logits.dtype) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s has dtype %s, but logits have %s; the dtypes must agree", name,
             kDtypeNames[output.dtype], kDtypeNames[logits.dtype]);
    }
    const bool in_place = output.data == logits.data && output.row_stride == logits.row_stride;
    if (!in_place && matrix_.extent.overlaps(logits_.extent) && !interleaved(output, logits)) {
        fail(LEASH_ERROR_INVALID_ARGUMENT,
             "%s at %p overlaps logits at %p (row strides %lld and %lld); use the same memory and stride, or apart",
             name, output.data, logits.data, static_cast<long long>(output.row_stride),
             static_cast<long long>(logits.row_stride));
    }
}

void Buffers::check_apart() const {
    const auto check_pair = [](const Buffer& output, const Buffer& other) {
        if (!output.extent.overlaps(other.extent)) return;
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s at %p overlaps %s at %p; use separate memory for every output", output.name,
             reinterpret_cast<void*>(output.extent.begin), other.name, reinterpret_cast<void*>(other.extent.begin));
    };
    for (const Buffer& input : inputs_) check_pair(matrix_, input);
    for (const Buffer& output : outputs_) {
        check_pair(output, logits_);
        check_pair(output, matrix_);
        for (const Buffer& input : inputs_) check_pair(output, input);
        for (const Buffer* other = outputs_.begin(); other != &output; other++) check_pair(output, *other);
    }
}

}  // namespace leash::api
