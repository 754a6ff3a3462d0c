#include "api/validation.h"

#include <cmath>
#include <string>

#include "math/dtype.h"
#include "spec/names.h"

namespace leash::api {

namespace {

Extent check_memory(const void* data, const char* name, uint64_t bytes, uint64_t alignment) {
    const uintptr_t address = reinterpret_cast<uintptr_t>(data);
    if (data == nullptr && bytes > 0) fail(LEASH_ERROR_INVALID_ARGUMENT, "%s is NULL", name);
    if (address % alignment != 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s = %p is not aligned to its element size, %llu bytes", name, data,
             static_cast<unsigned long long>(alignment));
    }
    if (bytes > UINTPTR_MAX - address) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s = %p with %llu bytes passes the end of the address space", name, data,
             static_cast<unsigned long long>(bytes));
    }
    return {address, bytes};
}

Extent check_matrix(const leash_matrix& matrix, const char* name, const char* data_name) {
    check_shape(matrix, name);
    const int64_t element = dtype_bytes(matrix.dtype);
    int64_t bytes = 0;
    if (matrix.rows > 0 && (__builtin_mul_overflow(matrix.rows - 1, matrix.row_stride, &bytes) ||
                            __builtin_add_overflow(bytes, matrix.vocab, &bytes) ||
                            __builtin_mul_overflow(bytes, element, &bytes))) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s: rows = %lld with row_stride = %lld passes 2^63 bytes", name,
             static_cast<long long>(matrix.rows), static_cast<long long>(matrix.row_stride));
    }
    return check_memory(matrix.data, data_name, static_cast<uint64_t>(bytes), static_cast<uint64_t>(element));
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
    if (a.row_stride != b.row_stride) return false;
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

Extent check_column(const void* data, const char* name, int64_t rows, uint64_t entry, uint64_t alignment,
                    Presence presence) {
    if (data == nullptr && presence == Presence::kOptional) return {0, 0};
    uint64_t bytes = 0;
    if (__builtin_mul_overflow(static_cast<uint64_t>(rows), entry, &bytes)) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s with rows = %lld passes 2^64 bytes", name, static_cast<long long>(rows));
    }
    return check_memory(data, name, bytes, alignment);
}

Checked check_rows(const leash_rows& rows) {
    const Extent logits = check_matrix(rows.logits, "logits", "logits.data");
    check_column(rows.temperatures, "temperatures", rows.logits.rows, Presence::kOptional);
    check_column(rows.mask, "mask", rows.logits.rows, Presence::kOptional);
    check_temperature(rows);
    return {rows, logits};
}

Extent check_output_matrix(const leash_matrix& output, const char* name, const char* data_name,
                           const Checked& checked) {
    const leash_matrix& logits = checked.rows.logits;
    const Extent extent = check_matrix(output, name, data_name);
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
    if (!in_place && extent.overlaps(checked.logits) && !interleaved(output, logits)) {
        fail(LEASH_ERROR_INVALID_ARGUMENT,
             "%s at %p overlaps logits at %p (row strides %lld and %lld); use the same memory and stride, or apart",
             name, output.data, logits.data, static_cast<long long>(output.row_stride),
             static_cast<long long>(logits.row_stride));
    }
    return extent;
}

}  // namespace leash::api
