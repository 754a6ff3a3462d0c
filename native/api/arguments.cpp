// The argument structs of the operations: the layout of each, and its checks.
#include "api/arguments.h"

#include <cmath>

#include "api/validation.h"
#include "spec/names.h"

namespace leash::api {

namespace {

constexpr leash_layout_entry kLayouts[] = {
    LEASH_STRUCT(leash_policy_loss),
    LEASH_FIELD(leash_policy_loss, kind),
    LEASH_FIELD(leash_policy_loss, kl),
    LEASH_FIELD(leash_policy_loss, rollout),
    LEASH_FIELD(leash_policy_loss, clip_low),
    LEASH_FIELD(leash_policy_loss, clip_high),
    LEASH_FIELD(leash_policy_loss, dual_clip),
    LEASH_FIELD(leash_policy_loss, shape_positive),
    LEASH_FIELD(leash_policy_loss, shape_negative),
    LEASH_FIELD(leash_policy_loss, rollout_floor),
    LEASH_FIELD(leash_policy_loss, rollout_cap),
    LEASH_FIELD(leash_policy_loss, kl_coefficient),
    LEASH_FIELD(leash_policy_loss, entropy_coefficient),
    LEASH_FIELD(leash_policy_loss, kl_bound),
    LEASH_FIELD(leash_policy_loss, reserved),

    LEASH_STRUCT(leash_log_softmax_args),
    LEASH_FIELD(leash_log_softmax_args, rows),
    LEASH_FIELD(leash_log_softmax_args, logprobs),

    LEASH_STRUCT(leash_entropy_args),
    LEASH_FIELD(leash_entropy_args, rows),
    LEASH_FIELD(leash_entropy_args, entropy),

    LEASH_STRUCT(leash_token_statistics_args),
    LEASH_FIELD(leash_token_statistics_args, rows),
    LEASH_FIELD(leash_token_statistics_args, targets),
    LEASH_FIELD(leash_token_statistics_args, logprob),
    LEASH_FIELD(leash_token_statistics_args, entropy),
    LEASH_FIELD(leash_token_statistics_args, lse),
    LEASH_FIELD(leash_token_statistics_args, statistics),
    LEASH_FIELD(leash_token_statistics_args, collision),

    LEASH_STRUCT(leash_logits_gradient_args),
    LEASH_FIELD(leash_logits_gradient_args, rows),
    LEASH_FIELD(leash_logits_gradient_args, targets),
    LEASH_FIELD(leash_logits_gradient_args, statistics),
    LEASH_FIELD(leash_logits_gradient_args, grad_logprob),
    LEASH_FIELD(leash_logits_gradient_args, grad_entropy),
    LEASH_FIELD(leash_logits_gradient_args, grad_lse),
    LEASH_FIELD(leash_logits_gradient_args, gradient),

    LEASH_STRUCT(leash_policy_gradient_args),
    LEASH_FIELD(leash_policy_gradient_args, rows),
    LEASH_FIELD(leash_policy_gradient_args, policy),
    LEASH_FIELD(leash_policy_gradient_args, targets),
    LEASH_FIELD(leash_policy_gradient_args, advantage),
    LEASH_FIELD(leash_policy_gradient_args, old_logprob),
    LEASH_FIELD(leash_policy_gradient_args, reference_logprob),
    LEASH_FIELD(leash_policy_gradient_args, rollout_logprob),
    LEASH_FIELD(leash_policy_gradient_args, weight),
    LEASH_FIELD(leash_policy_gradient_args, loss),
    LEASH_FIELD(leash_policy_gradient_args, logprob),
    LEASH_FIELD(leash_policy_gradient_args, entropy),
    LEASH_FIELD(leash_policy_gradient_args, ratio),
    LEASH_FIELD(leash_policy_gradient_args, kl),
    LEASH_FIELD(leash_policy_gradient_args, clip_flags),
    LEASH_FIELD(leash_policy_gradient_args, gradient),
};

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
    check_number(policy.kl_bound > 0.0f, "kl_bound", policy.kl_bound, "> 0; +inf for none");
    check_number(std::isfinite(policy.entropy_coefficient), "entropy_coefficient", policy.entropy_coefficient,
                 "finite");
}

}  // namespace

Layouts argument_layouts() { return {kLayouts, static_cast<int32_t>(sizeof kLayouts / sizeof *kLayouts)}; }

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
        args.collision == nullptr && checked.count() > 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "logprob, entropy, lse, statistics and collision are all NULL; ask for one of them");
    }
    check_column(args.targets, "targets", checked.count(),
                 args.logprob == nullptr ? Presence::kOptional : Presence::kRequired);
    check_output_column(args.logprob, "logprob", checked, Presence::kOptional);
    check_output_column(args.entropy, "entropy", checked, Presence::kOptional);
    check_output_column(args.lse, "lse", checked, Presence::kOptional);
    check_output_column(args.statistics, "statistics", checked, Presence::kOptional);
    check_output_column(args.collision, "collision", checked, Presence::kOptional);
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
