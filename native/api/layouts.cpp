// The layout table of leash.h: one entry per struct and field, including nested structs.
#include "api/arguments.h"
#include "api/validation.h"
#include "device/status.h"

namespace {

constexpr leash_layout_entry kLayouts[] = {
    LEASH_STRUCT(leash_device_options),
    LEASH_FIELD(leash_device_options, threads),
    LEASH_FIELD(leash_device_options, max_threads),
    LEASH_FIELD(leash_device_options, stream),

    LEASH_STRUCT(leash_device_properties),
    LEASH_FIELD(leash_device_properties, kind),
    LEASH_FIELD(leash_device_properties, ordinal),
    LEASH_FIELD(leash_device_properties, threads),
    LEASH_FIELD(leash_device_properties, compute_capability),
    LEASH_FIELD(leash_device_properties, memory_bytes),
    LEASH_FIELD(leash_device_properties, last_level_cache_bytes),
    LEASH_FIELD(leash_device_properties, shared_bytes_per_block),
    LEASH_FIELD(leash_device_properties, multiprocessors),
    LEASH_FIELD(leash_device_properties, driver_version),
    LEASH_FIELD(leash_device_properties, max_cluster),
    LEASH_FIELD(leash_device_properties, reserved),
    LEASH_FIELD(leash_device_properties, name),
    LEASH_FIELD(leash_device_properties, instruction_sets),

    LEASH_STRUCT(leash_variant),
    LEASH_FIELD(leash_variant, operation),
    LEASH_FIELD(leash_variant, device_kind),
    LEASH_FIELD(leash_variant, dtypes),
    LEASH_FIELD(leash_variant, available),
    LEASH_FIELD(leash_variant, max_vocab),
    LEASH_FIELD(leash_variant, preference),
    LEASH_FIELD(leash_variant, min_compute_capability),
    LEASH_FIELD(leash_variant, reads),
    LEASH_FIELD(leash_variant, writes),
    LEASH_FIELD(leash_variant, name),
    LEASH_FIELD(leash_variant, description),
    LEASH_FIELD(leash_variant, reason),

    LEASH_STRUCT(leash_choice),
    LEASH_FIELD(leash_choice, operation),
    LEASH_FIELD(leash_choice, dtypes),
    LEASH_FIELD(leash_choice, min_vocab),
    LEASH_FIELD(leash_choice, max_vocab),
    LEASH_FIELD(leash_choice, max_rows),
    LEASH_FIELD(leash_choice, min_compute_capability),
    LEASH_FIELD(leash_choice, max_compute_capability),
    LEASH_FIELD(leash_choice, cluster),
    LEASH_FIELD(leash_choice, reserved),
    LEASH_FIELD(leash_choice, variant),
    LEASH_FIELD(leash_choice, evidence),

    LEASH_STRUCT(leash_launch),
    LEASH_FIELD(leash_launch, kernel),
    LEASH_FIELD(leash_launch, blocks),
    LEASH_FIELD(leash_launch, threads),
    LEASH_FIELD(leash_launch, cluster),
    LEASH_FIELD(leash_launch, shared_bytes),
    LEASH_FIELD(leash_launch, parameter_bytes),
    LEASH_FIELD(leash_launch, reserved),
    LEASH_FIELD(leash_launch, parameter),

    LEASH_STRUCT(leash_plan),
    LEASH_FIELD(leash_plan, variant),
    LEASH_FIELD(leash_plan, launches),
    LEASH_FIELD(leash_plan, launch),

    LEASH_STRUCT(leash_matrix),
    LEASH_FIELD(leash_matrix, data),
    LEASH_FIELD(leash_matrix, rows),
    LEASH_FIELD(leash_matrix, vocab),
    LEASH_FIELD(leash_matrix, row_stride),
    LEASH_FIELD(leash_matrix, dtype),
    LEASH_FIELD(leash_matrix, reserved),

    LEASH_STRUCT(leash_rows),
    LEASH_FIELD(leash_rows, logits),
    LEASH_FIELD(leash_rows, temperatures),
    LEASH_FIELD(leash_rows, mask),
    LEASH_FIELD(leash_rows, temperature),
    LEASH_FIELD(leash_rows, variant),

    LEASH_STRUCT(leash_row_statistics),
    LEASH_FIELD(leash_row_statistics, max),
    LEASH_FIELD(leash_row_statistics, log_sum),
    LEASH_FIELD(leash_row_statistics, mean),

    LEASH_STRUCT(leash_ceiling_args),
    LEASH_FIELD(leash_ceiling_args, kind),
    LEASH_FIELD(leash_ceiling_args, repetitions),
    LEASH_FIELD(leash_ceiling_args, memory),
    LEASH_FIELD(leash_ceiling_args, bytes),
    LEASH_FIELD(leash_ceiling_args, variant),
    LEASH_FIELD(leash_ceiling_args, reserved),
    LEASH_FIELD(leash_ceiling_args, best_ns),
    LEASH_FIELD(leash_ceiling_args, median_ns),

    LEASH_STRUCT(leash_block),
    LEASH_FIELD(leash_block, operation),
    LEASH_FIELD(leash_block, launches),
    LEASH_FIELD(leash_block, calls),
    LEASH_FIELD(leash_block, count),
    LEASH_FIELD(leash_block, first),
    LEASH_FIELD(leash_block, flush),
    LEASH_FIELD(leash_block, flush_bytes),
    LEASH_FIELD(leash_block, elapsed_ns),
    LEASH_FIELD(leash_block, sm_clock_mhz),
    LEASH_FIELD(leash_block, memory_clock_mhz),
    LEASH_FIELD(leash_block, temperature_c),
    LEASH_FIELD(leash_block, power_w),
    LEASH_FIELD(leash_block, throttle_reasons),

    LEASH_STRUCT(leash_layout_entry),
    LEASH_FIELD(leash_layout_entry, structure),
    LEASH_FIELD(leash_layout_entry, field),
    LEASH_FIELD(leash_layout_entry, offset),
    LEASH_FIELD(leash_layout_entry, bytes),
    LEASH_FIELD(leash_layout_entry, pointers),
};

constexpr int32_t kCount = static_cast<int32_t>(sizeof kLayouts / sizeof *kLayouts);

}  // namespace

using namespace leash;
using namespace leash::api;

int32_t leash_layout_count(void) { return kCount + argument_layouts().count; }

leash_status leash_layout_get(int32_t index, leash_layout_entry* entry) {
    return guarded([&] {
        check_not_null(entry, "entry");
        if (index < 0 || index >= leash_layout_count()) {
            fail(LEASH_ERROR_INVALID_ARGUMENT, "layout %d does not exist; indices run from 0 to %d", index,
                 leash_layout_count() - 1);
        }
        *entry = index < kCount ? kLayouts[index] : argument_layouts().entries[index - kCount];
    });
}
