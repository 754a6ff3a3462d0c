// The policy loss of one token: from its log-probability and entropy to the loss and the gradient with respect to both.
// One copy for the CPU and the CUDA kernels; leash_policy_loss in leash.h is the contract.
//
//   loss = weight * ( rollout_weight * surrogate(ratio, A) + kl_coefficient * kl - entropy_coefficient * H )
//
// A new loss is a constant in leash.h and a case in `surrogate`, which gives its value, its derivative and its flags;
// a new KL estimator is a case in `divergence`. The rest is common to all.
//
// A difference of log-probabilities is clamped to [-20, 20] and passes no gradient where it is: so a sampled token of
// probability 0 (logprob -inf) has a finite ratio, and no gradient ever is inf * 0. Two equal log-probabilities differ
// by 0 even where both are -inf. A NaN among the inputs that are read gives a NaN loss.
#ifndef LEASH_COMMON_POLICY_LOSS_H
#define LEASH_COMMON_POLICY_LOSS_H

#include <cmath>

#include "leash.h"
#include "row_statistics.h"

namespace leash {

template <class Real>
struct PolicyInputs {
    Real logprob;
    Real entropy;
    Real advantage;
    Real old_logprob;        // logprob itself where the caller has none
    Real reference_logprob;  // read unless the KL is LEASH_KL_NONE
    Real rollout_logprob;    // read with has_rollout
    Real weight;
};

template <class Real>
struct PolicyResult {
    Real loss;
    Real ratio;
    Real kl;  // before its coefficient
    int clip_flags;
    Real grad_logprob;
    Real grad_entropy;
};

// A term of the loss with its derivative with respect to logprob.
template <class Real>
struct LossTerm {
    Real value;
    Real derivative;
    int clip_flags;
};

template <class Real>
struct LogRatio {
    Real value;
    Real derivative;  // with respect to the first log-probability: 0 where clamped
};

template <class Real>
LEASH_HOST_DEVICE LogRatio<Real> log_ratio(Real logprob, Real base) {
    constexpr Real kLimit = 20;
    if (logprob == base) return {0, 1};
    const Real difference = logprob - base;
    if (difference > kLimit) return {kLimit, 0};
    if (difference < -kLimit) return {-kLimit, 0};
    return {difference, 1};
}

// -min(ratio A, clip(ratio, 1 - low, 1 + high) A), at most -dual_clip A where A < 0 (Ye et al., arXiv 1912.09729). At a
// bound itself the gradient still flows.
template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> ppo_clip(const leash_policy_loss& policy, Real ratio, Real ratio_derivative,
                                          Real advantage) {
    const Real low = Real(1) - policy.clip_low;
    const Real high = Real(1) + policy.clip_high;
    const Real dual = policy.dual_clip;
    if (advantage > 0 && ratio > high) return {-high * advantage, 0, LEASH_CLIPPED_HIGH};
    if (advantage < 0 && ratio < low) return {-low * advantage, 0, LEASH_CLIPPED_LOW};
    if (advantage < 0 && ratio > dual) return {-dual * advantage, 0, LEASH_CLIPPED_DUAL};
    return {-ratio * advantage, -ratio_derivative * advantage, 0};
}

template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> surrogate(const leash_policy_loss& policy, Real ratio, Real ratio_derivative,
                                           Real advantage) {
    switch (policy.kind) {
        case LEASH_LOSS_PPO_CLIP:
        default:
            return ppo_clip(policy, ratio, ratio_derivative, advantage);
    }
}

// Estimators of KL(policy || reference) from d = logprob - reference_logprob of a sample (Schulman 2020).
template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> divergence(int32_t kind, Real logprob, Real reference_logprob) {
    using std::expm1;
    if (kind == LEASH_KL_NONE) return {0, 0, 0};
    const LogRatio<Real> d = log_ratio(logprob, reference_logprob);
    switch (kind) {
        case LEASH_KL_K1:
            return {d.value, d.derivative, 0};
        case LEASH_KL_K2:
            return {d.value * d.value / 2, d.value * d.derivative, 0};
        case LEASH_KL_K3:
        default: {
            const Real inverse_ratio_less_one = expm1(-d.value);
            return {inverse_ratio_less_one + d.value, -inverse_ratio_less_one * d.derivative, 0};
        }
    }
}

template <class Real>
LEASH_HOST_DEVICE PolicyResult<Real> policy_loss(const leash_policy_loss& policy, const PolicyInputs<Real>& in,
                                                 bool has_rollout) {
    using std::exp;
    const LogRatio<Real> log_importance = log_ratio(in.logprob, in.old_logprob);
    const Real ratio = exp(log_importance.value);
    int flags = log_importance.derivative == 0 ? LEASH_CLAMPED_RATIO : 0;

    Real rollout_weight = 1;
    if (has_rollout) {
        rollout_weight = exp(log_ratio(in.old_logprob, in.rollout_logprob).value);
        if (rollout_weight > policy.rollout_cap) {
            rollout_weight = policy.rollout_cap;
            flags |= LEASH_CLIPPED_ROLLOUT;
        }
    }

    const LossTerm<Real> objective = surrogate(policy, ratio, ratio * log_importance.derivative, in.advantage);
    const LossTerm<Real> kl = divergence(policy.kl, in.logprob, in.reference_logprob);
    flags |= objective.clip_flags;

    PolicyResult<Real> out;
    out.ratio = ratio;
    out.kl = kl.value;
    out.clip_flags = flags;
    out.loss = in.weight * (rollout_weight * objective.value + policy.kl_coefficient * kl.value -
                            policy.entropy_coefficient * in.entropy);
    out.grad_logprob = in.weight * (rollout_weight * objective.derivative + policy.kl_coefficient * kl.derivative);
    out.grad_entropy = -in.weight * policy.entropy_coefficient;
    return out;
}

}  // namespace leash

#endif
