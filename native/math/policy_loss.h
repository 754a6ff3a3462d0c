// The policy loss of one token: from its log-probability and entropy to the loss and the gradient with respect to both.
// One copy for the CPU and the CUDA kernels; leash_policy_loss in leash.h is the contract.
//
//   loss = weight * ( rollout_weight * surrogate + kl_coefficient * kl - entropy_coefficient * H )
//
// Every surrogate of spec/losses.h is a function with its name, which returns value, derivative and flags; every KL estimator is a
// case in `divergence`. The rest is common to all.
//
// Differences of log-probabilities are clamped to [-20, 20] and have no gradient where clamped: a sampled token of probability 0
// (logprob -inf) has a finite ratio, and no gradient is inf * 0. Equal log-probabilities differ by 0, even if both are -inf. A NaN
// in an input used by a term makes the loss NaN.
#ifndef LEASH_MATH_POLICY_LOSS_H
#define LEASH_MATH_POLICY_LOSS_H

#include <cmath>

#include "leash.h"
#include "math/row_statistics.h"

namespace leash {

template <class Real>
struct PolicyInputs {
    Real logprob;
    Real entropy;
    Real advantage;
    Real old_logprob;        // logprob as a constant if there is none
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

// The inputs of a surrogate.
template <class Real>
struct Sampled {
    Real logprob;
    Real old_logprob;
    LogRatio<Real> log_ratio;
    Real ratio;
    Real advantage;

    LEASH_HOST_DEVICE Real ratio_derivative() const { return ratio * log_ratio.derivative; }
    LEASH_HOST_DEVICE LossTerm<Real> importance_weighted() const {
        return {-ratio * advantage, -ratio_derivative() * advantage, 0};
    }
    // factor * A * logprob with a constant factor.
    LEASH_HOST_DEVICE LossTerm<Real> score(Real factor, int flags) const {
        constexpr Real kLeast = -0x1p100;
        const Real coefficient = -factor * advantage;
        return {coefficient * (logprob < kLeast ? kLeast : logprob), coefficient, flags};
    }
};

// Separate bounds for either sign of A: Yu et al., arXiv 2503.14476; dual clip: Ye et al., arXiv 1912.09729. At a bound itself the
// gradient still flows.
template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> ppo_clip(const leash_policy_loss& policy, const Sampled<Real>& token) {
    const Real low = Real(1) - policy.clip_low;
    const Real high = Real(1) + policy.clip_high;
    const Real dual = policy.dual_clip;
    const Real advantage = token.advantage;
    if (advantage > 0 && token.ratio > high) return {-high * advantage, 0, LEASH_CLIPPED_HIGH};
    if (advantage < 0 && token.ratio < low) return {-low * advantage, 0, LEASH_CLIPPED_LOW};
    if (advantage < 0 && token.ratio > dual) return {-dual * advantage, 0, LEASH_CLIPPED_DUAL};
    return token.importance_weighted();
}

// The score function: Williams, Machine Learning 8 (1992).
template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> reinforce(const leash_policy_loss&, const Sampled<Real>& token) {
    return token.score(1, 0);
}

// The clip bounds the weight of the gradient, not the gradient: MiniMax, arXiv 2506.13585.
template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> cispo(const leash_policy_loss& policy, const Sampled<Real>& token) {
    const Real low = Real(1) - policy.clip_low;
    const Real high = Real(1) + policy.clip_high;
    const bool above = token.ratio > high;
    const bool below = token.ratio < low;
    return token.score(above ? high : below ? low : token.ratio, above ? LEASH_CLIPPED_HIGH : below ? LEASH_CLIPPED_LOW : 0);
}

// A soft gate in place of the clip: Gao et al., arXiv 2511.20347. Its slope at ratio 1 is 1.
template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> sapo(const leash_policy_loss& policy, const Sampled<Real>& token) {
    using std::exp;
    const Real tau = token.advantage > 0 ? policy.shape_positive : policy.shape_negative;
    const Real x = tau * (token.ratio - 1);
    const Real small = exp(x < 0 ? x : -x);
    const Real gate = (x < 0 ? small : Real(1)) / (1 + small);
    const Real slope = small / ((1 + small) * (1 + small));
    return {-token.advantage * 4 / tau * gate, -token.advantage * 4 * slope * token.ratio_derivative(), 0};
}

// Drops tokens whose probability has changed too much: prime-rl's trust region in probability.
template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> masked_by_probability(const leash_policy_loss& policy, const Sampled<Real>& token,
                                                       bool two_sided) {
    using std::exp;
    const Real moved = exp(token.logprob) - exp(token.old_logprob);
    const Real advantage = token.advantage;
    if (moved > policy.clip_high && (two_sided || advantage > 0)) return {0 * advantage, 0, LEASH_CLIPPED_HIGH};
    if (-moved > policy.clip_low && (two_sided || advantage < 0)) return {0 * advantage, 0, LEASH_CLIPPED_LOW};
    return token.importance_weighted();
}

template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> probability_mask(const leash_policy_loss& policy, const Sampled<Real>& token) {
    return masked_by_probability(policy, token, false);
}

template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> probability_mask_two_sided(const leash_policy_loss& policy, const Sampled<Real>& token) {
    return masked_by_probability(policy, token, true);
}

// Policy shaping of off-policy tokens, their own policy's probability taken as 1: Yan et al., arXiv 2504.14945.
template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> shaped(const leash_policy_loss& policy, const Sampled<Real>& token) {
    using std::exp;
    const Real gamma = policy.shape_positive;
    const Real p = exp(token.logprob);
    const Real sum = p + gamma;
    return {-token.advantage * p / sum, -token.advantage * gamma * p / (sum * sum), 0};
}

// The score function, weighted by a bounded ratio.
template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> bounded_score(const leash_policy_loss& policy, const Sampled<Real>& token) {
    const Real cap = policy.dual_clip;
    const bool above = token.ratio > cap;
    return token.score(above ? cap : token.ratio, above ? LEASH_CLIPPED_DUAL : 0);
}

// The same trust region with the gradient of the score function: Qi et al., arXiv 2602.04879, by total variation.
template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> probability_mask_score(const leash_policy_loss& policy, const Sampled<Real>& token) {
    const LossTerm<Real> masked = masked_by_probability(policy, token, false);
    return masked.clip_flags != 0 ? masked : bounded_score(policy, token);
}

// Likewise, by the divergence of the sampled token against all others.
template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> divergence_mask_score(const leash_policy_loss& policy, const Sampled<Real>& token) {
    using std::exp;
    using std::log1p;
    const Real p = exp(token.logprob);
    const Real old = exp(token.old_logprob);
    const Real of_token = old > 0 ? old * (token.old_logprob - token.logprob) : Real(0);
    const Real of_others = old < 1 ? (1 - old) * (log1p(-old) - log1p(-p)) : Real(0);
    const Real divergence = of_token + of_others;
    if (token.advantage > 0 && p > old && divergence > policy.clip_high) return {0 * token.advantage, 0, LEASH_CLIPPED_HIGH};
    if (token.advantage < 0 && p < old && divergence > policy.clip_low) return {0 * token.advantage, 0, LEASH_CLIPPED_LOW};
    return bounded_score(policy, token);
}

// The full weight for tokens with A > 0, the bounded ratio for all others: Le Roux et al., arXiv 2503.14286.
template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> topr(const leash_policy_loss& policy, const Sampled<Real>& token) {
    return token.advantage > 0 ? token.score(1, 0) : bounded_score(policy, token);
}

// CISPO that drops the tokens that PPO's clip drops: the unified form of MiniMax, arXiv 2506.13585.
template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> cispo_masked(const leash_policy_loss& policy, const Sampled<Real>& token) {
    const LossTerm<Real> weighted = cispo(policy, token);
    const int dropping = token.advantage > 0 ? LEASH_CLIPPED_HIGH : token.advantage < 0 ? LEASH_CLIPPED_LOW : 0;
    if ((weighted.clip_flags & dropping) != 0) return {0 * token.advantage, 0, weighted.clip_flags};
    return weighted;
}

template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> surrogate(const leash_policy_loss& policy, const Sampled<Real>& token) {
    switch (policy.kind) {
#define LEASH_CASE(id, NAME, name) \
    case LEASH_LOSS_##NAME:        \
        return name(policy, token);
        LEASH_LOSSES(LEASH_CASE)
#undef LEASH_CASE
        default:
            return ppo_clip(policy, token);
    }
}

// Estimators of KL(policy || reference) from d = logprob - reference_logprob of a sample (Schulman 2020). As losses k1
// has an expected gradient of zero, k2 that of the reverse KL and k3 that of the forward one; the corrected and the
// straight ones that of the reverse KL.
template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> divergence(const leash_policy_loss& policy, const Sampled<Real>& token, Real reference_logprob) {
    using std::expm1;
    if (policy.kl == LEASH_KL_NONE) return {0, 0, 0};
    const LogRatio<Real> d = log_ratio(token.logprob, reference_logprob);
    Real value = d.value;
    Real slope = 1;
    switch (policy.kl) {
        case LEASH_KL_K1:
        case LEASH_KL_K1_CORRECTED:
        case LEASH_KL_K1_STRAIGHT:
            break;
        case LEASH_KL_K2:
            value = d.value * d.value / 2;
            slope = d.value;
            break;
        case LEASH_KL_ABS:
            value = d.value < 0 ? -d.value : d.value;
            slope = d.value < 0 ? Real(-1) : d.value > 0 ? Real(1) : Real(0);
            break;
        default:
            slope = -expm1(-d.value);
            value = d.value - slope;
    }
    slope *= d.derivative;
    const Real bound = policy.kl_bound;
    if (value > bound || value < -bound) {
        value = value < 0 ? -bound : bound;
        slope = 0;
    }
    switch (policy.kl) {
        case LEASH_KL_K1_CORRECTED:
        case LEASH_KL_K3_CORRECTED:
            return {token.ratio * value, token.ratio_derivative() * value + token.ratio * slope, 0};
        case LEASH_KL_K1_STRAIGHT:
        case LEASH_KL_K3_STRAIGHT:
            return {value, d.value * d.derivative, 0};
        default:
            return {value, slope, 0};
    }
}

// The weight of the old policy relative to the sampler: truncated or masked importance sampling.
template <class Real>
LEASH_HOST_DEVICE LossTerm<Real> rollout_correction(const leash_policy_loss& policy, Real old_logprob,
                                                    Real rollout_logprob) {
    using std::exp;
    const Real w = exp(log_ratio(old_logprob, rollout_logprob).value);
    const bool above = w > policy.rollout_cap;
    if (!above && !(w < policy.rollout_floor)) return {w, 0, 0};
    if (policy.rollout == LEASH_ROLLOUT_MASK) return {0, 0, LEASH_CLIPPED_ROLLOUT};
    return {above ? Real(policy.rollout_cap) : Real(policy.rollout_floor), 0, LEASH_CLIPPED_ROLLOUT};
}

template <class Real>
LEASH_HOST_DEVICE PolicyResult<Real> policy_loss(const leash_policy_loss& policy, const PolicyInputs<Real>& in,
                                                 bool has_rollout) {
    using std::exp;
    const LogRatio<Real> log_importance = log_ratio(in.logprob, in.old_logprob);
    const Sampled<Real> token = {in.logprob, in.old_logprob, log_importance, exp(log_importance.value), in.advantage};

    LossTerm<Real> rollout = {1, 0, 0};
    if (has_rollout) rollout = rollout_correction(policy, in.old_logprob, in.rollout_logprob);
    const LossTerm<Real> objective = surrogate(policy, token);
    const LossTerm<Real> kl = divergence(policy, token, in.reference_logprob);

    PolicyResult<Real> out;
    out.ratio = token.ratio;
    out.kl = kl.value;
    out.clip_flags = objective.clip_flags | rollout.clip_flags;
    if (log_importance.derivative == 0) out.clip_flags |= LEASH_CLAMPED_RATIO;
    out.loss = in.weight * (rollout.value * objective.value + policy.kl_coefficient * kl.value -
                            policy.entropy_coefficient * in.entropy);
    out.grad_logprob = in.weight * (rollout.value * objective.derivative + policy.kl_coefficient * kl.derivative);
    out.grad_entropy = -in.weight * policy.entropy_coefficient;
    return out;
}

}  // namespace leash

#endif
