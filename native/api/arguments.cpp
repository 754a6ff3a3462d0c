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
    Buffers buffers(args.rows);
    buffers.writes(args.logprobs, "logprobs", "logprobs.data");
    buffers.check_apart();
}

void check(const leash_entropy_args& args) {
    Buffers buffers(args.rows);
    buffers.writes(args.entropy, "entropy", Presence::kRequired);
    buffers.check_apart();
}

void check(const leash_token_statistics_args& args) {
    Buffers buffers(args.rows);
    if (args.logprob == nullptr && args.entropy == nullptr && args.lse == nullptr && args.statistics == nullptr &&
        args.collision == nullptr && buffers.rows() > 0) {
        fail(LEASH_ERROR_INVALID_ARGUMENT, "logprob, entropy, lse, statistics and collision are all NULL; ask for one of them");
    }
    buffers.reads(args.targets, "targets", args.logprob == nullptr ? Presence::kOptional : Presence::kRequired);
    buffers.writes(args.logprob, "logprob", Presence::kOptional);
    buffers.writes(args.entropy, "entropy", Presence::kOptional);
    buffers.writes(args.lse, "lse", Presence::kOptional);
    buffers.writes(args.statistics, "statistics", Presence::kOptional);
    buffers.writes(args.collision, "collision", Presence::kOptional);
    buffers.check_apart();
}

void check(const leash_logits_gradient_args& args) {
    Buffers buffers(args.rows);
    buffers.reads(args.targets, "targets", args.grad_logprob == nullptr ? Presence::kOptional : Presence::kRequired);
    buffers.reads(args.statistics, "statistics", Presence::kRequired);
    buffers.reads(args.grad_logprob, "grad_logprob", Presence::kOptional);
    buffers.reads(args.grad_entropy, "grad_entropy", Presence::kOptional);
    buffers.reads(args.grad_lse, "grad_lse", Presence::kOptional);
    buffers.writes(args.gradient, "gradient", "gradient.data");
    buffers.check_apart();
}

void check(const leash_policy_gradient_args& args) {
    Buffers buffers(args.rows);
    check_policy(args.policy);
    buffers.reads(args.targets, "targets", Presence::kRequired);
    buffers.reads(args.advantage, "advantage", Presence::kRequired);
    buffers.reads(args.old_logprob, "old_logprob", Presence::kOptional);
    buffers.reads(args.reference_logprob, "reference_logprob",
                  args.policy.kl == LEASH_KL_NONE ? Presence::kOptional : Presence::kRequired);
    buffers.reads(args.rollout_logprob, "rollout_logprob", Presence::kOptional);
    buffers.reads(args.weight, "weight", Presence::kOptional);
    if (args.gradient.data != nullptr) buffers.writes(args.gradient, "gradient", "gradient.data");
    buffers.writes(args.loss, "loss", Presence::kOptional);
    buffers.writes(args.logprob, "logprob", Presence::kOptional);
    buffers.writes(args.entropy, "entropy", Presence::kOptional);
    buffers.writes(args.ratio, "ratio", Presence::kOptional);
    buffers.writes(args.kl, "kl", Presence::kOptional);
    buffers.writes(args.clip_flags, "clip_flags", Presence::kOptional);
    buffers.check_apart();
}

}  // namespace leash::api
