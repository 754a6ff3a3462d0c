// The layout table of leash.h: one entry per struct and one per field, nested ones included.
#include <cstddef>

#include "device/status.h"
#include "api/validation.h"

#define STRUCT(name) {#name, "", 0, sizeof(name)}
#define FIELD(name, field) {#name, #field, offsetof(name, field), sizeof(name::field)}

namespace {

constexpr leash_layout_entry kLayouts[] = {
    STRUCT(leash_device_options),
    FIELD(leash_device_options, threads),

    STRUCT(leash_device_properties),
    FIELD(leash_device_properties, kind),
    FIELD(leash_device_properties, ordinal),
    FIELD(leash_device_properties, threads),
    FIELD(leash_device_properties, compute_capability),
    FIELD(leash_device_properties, memory_bytes),
    FIELD(leash_device_properties, last_level_cache_bytes),
    FIELD(leash_device_properties, shared_bytes_per_block),
    FIELD(leash_device_properties, multiprocessors),
    FIELD(leash_device_properties, driver_version),
    FIELD(leash_device_properties, name),
    FIELD(leash_device_properties, instruction_sets),

    STRUCT(leash_variant),
    FIELD(leash_variant, operation),
    FIELD(leash_variant, device_kind),
    FIELD(leash_variant, dtypes),
    FIELD(leash_variant, available),
    FIELD(leash_variant, max_vocab),
    FIELD(leash_variant, preference),
    FIELD(leash_variant, min_compute_capability),
    FIELD(leash_variant, reads),
    FIELD(leash_variant, writes),
    FIELD(leash_variant, name),
    FIELD(leash_variant, description),
    FIELD(leash_variant, reason),

    STRUCT(leash_choice),
    FIELD(leash_choice, operation),
    FIELD(leash_choice, dtypes),
    FIELD(leash_choice, min_vocab),
    FIELD(leash_choice, max_vocab),
    FIELD(leash_choice, max_rows),
    FIELD(leash_choice, min_compute_capability),
    FIELD(leash_choice, cluster),
    FIELD(leash_choice, variant),
    FIELD(leash_choice, evidence),

    STRUCT(leash_launch),
    FIELD(leash_launch, kernel),
    FIELD(leash_launch, blocks),
    FIELD(leash_launch, threads),
    FIELD(leash_launch, cluster),
    FIELD(leash_launch, shared_bytes),
    FIELD(leash_launch, parameter_bytes),
    FIELD(leash_launch, reserved),
    FIELD(leash_launch, parameter),

    STRUCT(leash_plan),
    FIELD(leash_plan, variant),
    FIELD(leash_plan, launches),
    FIELD(leash_plan, launch),

    STRUCT(leash_matrix),
    FIELD(leash_matrix, data),
    FIELD(leash_matrix, rows),
    FIELD(leash_matrix, vocab),
    FIELD(leash_matrix, row_stride),
    FIELD(leash_matrix, dtype),
    FIELD(leash_matrix, reserved),

    STRUCT(leash_rows),
    FIELD(leash_rows, logits),
    FIELD(leash_rows, temperatures),
    FIELD(leash_rows, mask),
    FIELD(leash_rows, temperature),
    FIELD(leash_rows, variant),

    STRUCT(leash_row_statistics),
    FIELD(leash_row_statistics, max),
    FIELD(leash_row_statistics, log_sum),
    FIELD(leash_row_statistics, mean),

    STRUCT(leash_log_softmax_args),
    FIELD(leash_log_softmax_args, rows),
    FIELD(leash_log_softmax_args, logprobs),

    STRUCT(leash_entropy_args),
    FIELD(leash_entropy_args, rows),
    FIELD(leash_entropy_args, entropy),

    STRUCT(leash_token_statistics_args),
    FIELD(leash_token_statistics_args, rows),
    FIELD(leash_token_statistics_args, targets),
    FIELD(leash_token_statistics_args, logprob),
    FIELD(leash_token_statistics_args, entropy),
    FIELD(leash_token_statistics_args, lse),
    FIELD(leash_token_statistics_args, statistics),

    STRUCT(leash_logits_gradient_args),
    FIELD(leash_logits_gradient_args, rows),
    FIELD(leash_logits_gradient_args, targets),
    FIELD(leash_logits_gradient_args, statistics),
    FIELD(leash_logits_gradient_args, grad_logprob),
    FIELD(leash_logits_gradient_args, grad_entropy),
    FIELD(leash_logits_gradient_args, grad_lse),
    FIELD(leash_logits_gradient_args, gradient),

    STRUCT(leash_policy_loss),
    FIELD(leash_policy_loss, kind),
    FIELD(leash_policy_loss, kl),
    FIELD(leash_policy_loss, rollout),
    FIELD(leash_policy_loss, clip_low),
    FIELD(leash_policy_loss, clip_high),
    FIELD(leash_policy_loss, dual_clip),
    FIELD(leash_policy_loss, shape_positive),
    FIELD(leash_policy_loss, shape_negative),
    FIELD(leash_policy_loss, rollout_floor),
    FIELD(leash_policy_loss, rollout_cap),
    FIELD(leash_policy_loss, kl_coefficient),
    FIELD(leash_policy_loss, entropy_coefficient),

    STRUCT(leash_policy_gradient_args),
    FIELD(leash_policy_gradient_args, rows),
    FIELD(leash_policy_gradient_args, policy),
    FIELD(leash_policy_gradient_args, targets),
    FIELD(leash_policy_gradient_args, advantage),
    FIELD(leash_policy_gradient_args, old_logprob),
    FIELD(leash_policy_gradient_args, reference_logprob),
    FIELD(leash_policy_gradient_args, rollout_logprob),
    FIELD(leash_policy_gradient_args, weight),
    FIELD(leash_policy_gradient_args, loss),
    FIELD(leash_policy_gradient_args, logprob),
    FIELD(leash_policy_gradient_args, entropy),
    FIELD(leash_policy_gradient_args, ratio),
    FIELD(leash_policy_gradient_args, kl),
    FIELD(leash_policy_gradient_args, clip_flags),
    FIELD(leash_policy_gradient_args, gradient),

    STRUCT(leash_ceiling_args),
    FIELD(leash_ceiling_args, kind),
    FIELD(leash_ceiling_args, repetitions),
    FIELD(leash_ceiling_args, memory),
    FIELD(leash_ceiling_args, bytes),
    FIELD(leash_ceiling_args, variant),
    FIELD(leash_ceiling_args, reserved),
    FIELD(leash_ceiling_args, best_ns),
    FIELD(leash_ceiling_args, median_ns),

    STRUCT(leash_block),
    FIELD(leash_block, operation),
    FIELD(leash_block, launches),
    FIELD(leash_block, calls),
    FIELD(leash_block, count),
    FIELD(leash_block, first),
    FIELD(leash_block, flush),
    FIELD(leash_block, flush_bytes),
    FIELD(leash_block, elapsed_ns),
    FIELD(leash_block, sm_clock_mhz),
    FIELD(leash_block, memory_clock_mhz),
    FIELD(leash_block, temperature_c),
    FIELD(leash_block, power_w),
    FIELD(leash_block, throttle_reasons),

    STRUCT(leash_layout_entry),
    FIELD(leash_layout_entry, structure),
    FIELD(leash_layout_entry, field),
    FIELD(leash_layout_entry, offset),
    FIELD(leash_layout_entry, bytes),
};

constexpr int32_t kCount = static_cast<int32_t>(sizeof kLayouts / sizeof *kLayouts);

}  // namespace

using namespace leash;
using namespace leash::api;

int32_t leash_layout_count(void) { return kCount; }

leash_status leash_layout_get(int32_t index, leash_layout_entry* entry) {
    return guarded([&] {
        check_not_null(entry, "entry");
        if (index < 0 || index >= kCount) {
            fail(LEASH_ERROR_INVALID_ARGUMENT, "layout %d does not exist; indices run from 0 to %d", index, kCount - 1);
        }
        *entry = kLayouts[index];
    });
}
