#include "api/validation.h"

#include <cmath>
#include <string>

#include "math/dtype.h"
#include "spec/names.h"

namespace leash::api {

namespace {

// Bytes from `begin` on, no more than the address space holds.
struct Extent {
    uintptr_t begin;
    uint64_t bytes;

    bool overlaps(const Extent& other) const {
        return begin < other.begin + other.bytes && other.begin < begin + bytes;
    }
};

// "f32 = 0, bf16 = 1, f16 = 2"
template <int kCount>
std::string listed(const char* const (&names)[kCount]) {
    std::string text;
    for (int i = 0; i < kCount; i++) text += std::string(i > 0 ? ", " : "") + names[i] + " = " + std::to_string(i);
    return text;
}

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

enum class Presence { kRequired, kOptional };

// A column has an entry per row.
Extent check_column(const void* data, const char* name, int64_t rows, uint64_t entry, uint64_t alignment,
                    Presence presence) {
    if (data == nullptr && presence == Presence::kOptional) return {0, 0};
    uint64_t bytes = 0;
    if (__builtin_mul_overflow(static_cast<uint64_t>(rows), entry, &bytes)) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s with rows = %lld passes 2^64 bytes", name, static_cast<long long>(rows));
    }
    return check_memory(data, name, bytes, alignment);
}

template <class Element>
Extent check_column(const Element* data, const char* name, int64_t rows, Presence presence) {
    return check_column(data, name, rows, sizeof(Element), alignof(Element), presence);
}

void check_temperature(const leash_rows& rows) {
    // Ignored where every row has a temperature of its own.
    if (rows.temperatures != nullptr) return;
    if (!(rows.temperature > 0.0f && std::isfinite(rows.temperature))) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "temperature = %g is not a finite number > 0; 1 leaves logits as they are",
             static_cast<double>(rows.temperature));
    }
}

// The arguments that all operations share, checked.
struct Checked {
    const leash_rows& rows;
    Extent logits;

    int64_t count() const { return rows.logits.rows; }
};

Checked check_rows(const leash_rows& rows) {
    const Extent logits = check_matrix(rows.logits, "logits", "logits.data");
    check_column(rows.temperatures, "temperatures", rows.logits.rows, Presence::kOptional);
    check_column(rows.mask, "mask", rows.logits.rows, Presence::kOptional);
    check_temperature(rows);
    return {rows, logits};
}

// Whether two matrices of one shape, whose extents overlap, lie in each other's padding.
bool interleaved(const leash_matrix& a, const leash_matrix& b) {
    if (a.row_stride != b.row_stride) return false;
    const auto row_bytes = static_cast<uint64_t>(a.vocab * dtype_bytes(a.dtype));
    const auto stride_bytes = static_cast<uint64_t>(a.row_stride * dtype_bytes(a.dtype));
    const uintptr_t first = reinterpret_cast<uintptr_t>(a.data);
    const uintptr_t second = reinterpret_cast<uintptr_t>(b.data);
    const uint64_t shift = (first < second ? second - first : first - second) % stride_bytes;
    return shift >= row_bytes && shift <= stride_bytes - row_bytes;
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

// A column that is written, by an operation that reads or writes the matrices given.
template <class Element>
void check_output_column(const Element* data, const char* name, const Checked& checked, Presence presence,
                         Extent gradient = {0, 0}) {
    const Extent column = check_column(data, name, checked.count(), presence);
    if (column.overlaps(checked.logits) || column.overlaps(gradient)) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "%s at %p lies within the %s; give it memory of its own", name,
             static_cast<const void*>(data), column.overlaps(checked.logits) ? "logits" : "gradient");
    }
}

void check_number(bool in_range, const char* name, float value, const char* range) {
    if (!in_range) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "policy.%s = %g is out of range: %s", name, static_cast<double>(value),
             range);
    }
}

template <int kCount>
void check_constant(const char* field, int32_t value, const char* const (&names)[kCount]) {
    if (value < 0 || value >= kCount) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "policy.%s = %d is not one of %s", field, value, listed(names).c_str());
    }
}

void check_policy(const leash_policy_loss& policy) {
    check_constant("kind", policy.kind, kLossNames);
    check_constant("kl", policy.kl, kKlNames);
    check_constant("rollout", policy.rollout, kRolloutNames);
    check_number(policy.clip_low >= 0.0f && policy.clip_low <= 1.0f, "clip_low", policy.clip_low, "[0, 1]");
    check_number(policy.clip_high >= 0.0f, "clip_high", policy.clip_high, ">= 0; +inf for no upper clip");
    check_number(policy.dual_clip >= 1.0f, "dual_clip", policy.dual_clip, ">= 1; +inf for none");
    check_number(policy.shape_positive > 0.0f && std::isfinite(policy.shape_positive), "shape_positive",
                 policy.shape_positive, "finite and > 0");
    check_number(policy.shape_negative > 0.0f && std::isfinite(policy.shape_negative), "shape_negative",
                 policy.shape_negative, "finite and > 0");
    check_number(policy.rollout_cap > 0.0f, "rollout_cap", policy.rollout_cap, "> 0; +inf for no cap");
    check_number(policy.rollout_floor >= 0.0f && policy.rollout_floor <= policy.rollout_cap, "rollout_floor",
                 policy.rollout_floor, "[0, rollout_cap]");
    check_number(policy.kl_coefficient >= 0.0f && std::isfinite(policy.kl_coefficient), "kl_coefficient",
                 policy.kl_coefficient, "finite and >= 0");
    check_number(std::isfinite(policy.entropy_coefficient), "entropy_coefficient", policy.entropy_coefficient,
                 "finite");
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

void check(const leash_log_softmax_args& args) {
    const Checked checked = check_rows(args.rows);
    check_output_matrix(args.logprobs, "logprobs", "logprobs.data", checked);
}

void check(const leash_entropy_args& args) {
    const Checked checked = check_rows(args.rows);
    check_output_column(args.entropy, "entropy", checked, Presence::kRequired);
}

void check(const leash_token_statistics_args& args) {
    const Checked checked = check_rows(args.rows);
    if (args.logprob == nullptr && args.entropy == nullptr && args.lse == nullptr && args.statistics == nullptr &&
        checked.count() > 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "logprob, entropy, lse and statistics are all NULL; ask for one of them");
    }
    check_column(args.targets, "targets", checked.count(),
                 args.logprob == nullptr ? Presence::kOptional : Presence::kRequired);
    check_output_column(args.logprob, "logprob", checked, Presence::kOptional);
    check_output_column(args.entropy, "entropy", checked, Presence::kOptional);
    check_output_column(args.lse, "lse", checked, Presence::kOptional);
    check_output_column(args.statistics, "statistics", checked, Presence::kOptional);
}

void check(const leash_logits_gradient_args& args) {
    const Checked checked = check_rows(args.rows);
    check_column(args.targets, "targets", checked.count(),
                 args.grad_logprob == nullptr ? Presence::kOptional : Presence::kRequired);
    check_column(args.statistics, "statistics", checked.count(), Presence::kRequired);
    check_column(args.grad_logprob, "grad_logprob", checked.count(), Presence::kOptional);
    check_column(args.grad_entropy, "grad_entropy", checked.count(), Presence::kOptional);
    check_column(args.grad_lse, "grad_lse", checked.count(), Presence::kOptional);
    check_output_matrix(args.gradient, "gradient", "gradient.data", checked);
}

void check(const leash_policy_gradient_args& args) {
    const Checked checked = check_rows(args.rows);
    const int64_t rows = checked.count();
    check_policy(args.policy);
    check_column(args.targets, "targets", rows, Presence::kRequired);
    check_column(args.advantage, "advantage", rows, Presence::kRequired);
    check_column(args.old_logprob, "old_logprob", rows, Presence::kOptional);
    check_column(args.reference_logprob, "reference_logprob", rows,
                 args.policy.kl == LEASH_KL_NONE ? Presence::kOptional : Presence::kRequired);
    check_column(args.rollout_logprob, "rollout_logprob", rows, Presence::kOptional);
    check_column(args.weight, "weight", rows, Presence::kOptional);
    Extent gradient = {0, 0};
    if (args.gradient.data != nullptr) {
        gradient = check_output_matrix(args.gradient, "gradient", "gradient.data", checked);
    }
    check_output_column(args.loss, "loss", checked, Presence::kOptional, gradient);
    check_output_column(args.logprob, "logprob", checked, Presence::kOptional, gradient);
    check_output_column(args.entropy, "entropy", checked, Presence::kOptional, gradient);
    check_output_column(args.ratio, "ratio", checked, Presence::kOptional, gradient);
    check_output_column(args.kl, "kl", checked, Presence::kOptional, gradient);
    check_output_column(args.clip_flags, "clip_flags", checked, Presence::kOptional, gradient);
}

}  // namespace leash::api
