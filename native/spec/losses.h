/* The terms of the policy loss, by id. X(id, NAME, name): LEASH_LOSS_NAME, LEASH_KL_NAME and LEASH_ROLLOUT_NAME are the
 * constants. The formulas stand in math/policy_loss.h, one function or case for each entry.
 *
 * A token has advantage A, ratio rho = exp(logprob - old_logprob), p = exp(logprob), p_old = exp(old_logprob); low = clip_low,
 * high = clip_high. Where a clip of PPO or a probability mask drops a token, its surrogate has no gradient. */
#ifndef LEASH_SPEC_LOSSES_H
#define LEASH_SPEC_LOSSES_H

/* The surrogates:
 *   ppo_clip                    -min(rho A, clip(rho, 1 - low, 1 + high) A), and where A < 0 at most -dual_clip A
 *   reinforce                   -A logprob
 *   cispo                       -c A logprob; c = clip(rho, 1 - low, 1 + high), a constant for the gradient
 *   sapo                        -A (4 / tau) sigmoid(tau (rho - 1)); tau = shape_positive where A > 0, else shape_negative
 *   probability_mask            -rho A; 0 where A > 0 and p - p_old > high, or A < 0 and p_old - p > low
 *   probability_mask_two_sided  -rho A; 0 where p - p_old > high or p_old - p > low
 *   shaped                      -A p / (p + shape_positive), for tokens sampled by another policy
 *   probability_mask_score      -c A logprob; c = min(rho, dual_clip), a constant for the gradient; 0 where probability_mask is
 *   divergence_mask_score       the same, but 0 where A > 0, p > p_old and D > high, or A < 0, p < p_old and D > low;
 *                               D = p_old log(p_old / p) + (1 - p_old) log((1 - p_old) / (1 - p))
 *   topr                        -A logprob where A > 0, else -c A logprob; c = min(rho, dual_clip), a constant for the gradient
 *   cispo_masked                cispo; 0 where A > 0 and rho > 1 + high, or A < 0 and rho < 1 - low */
#define LEASH_LOSSES(X)                                             \
    X(0, PPO_CLIP, ppo_clip)                                        \
    X(1, REINFORCE, reinforce)                                      \
    X(2, CISPO, cispo)                                              \
    X(3, SAPO, sapo)                                                \
    X(4, PROBABILITY_MASK, probability_mask)                        \
    X(5, PROBABILITY_MASK_TWO_SIDED, probability_mask_two_sided)    \
    X(6, SHAPED, shaped)                                            \
    X(7, PROBABILITY_MASK_SCORE, probability_mask_score)            \
    X(8, DIVERGENCE_MASK_SCORE, divergence_mask_score)              \
    X(9, TOPR, topr)                                                \
    X(10, CISPO_MASKED, cispo_masked)

/* Estimators of the divergence from the reference policy, of d = logprob - reference_logprob:
 *   k1  d      k2  d^2 / 2      k3  exp(-d) - 1 + d      abs  |d|
 * each clamped to [-kl_bound, kl_bound], without a gradient where clamped;
 *   *_corrected   multiplied by rho, with the gradient of both factors
 *   *_straight    the value as named, with the gradient of k2, clamped or not */
#define LEASH_KL_ESTIMATORS(X)              \
    X(0, NONE, none)                        \
    X(1, K1, k1)                            \
    X(2, K2, k2)                            \
    X(3, K3, k3)                            \
    X(4, K1_CORRECTED, k1_corrected)        \
    X(5, K3_CORRECTED, k3_corrected)        \
    X(6, K1_STRAIGHT, k1_straight)          \
    X(7, K3_STRAIGHT, k3_straight)          \
    X(8, ABS, abs)

/* Treatment of w = exp(old_logprob - rollout_logprob) outside [rollout_floor, rollout_cap]:
 *   truncate  the nearer bound      mask  0 */
#define LEASH_ROLLOUTS(X)           \
    X(0, TRUNCATE, truncate)        \
    X(1, MASK, mask)

#endif
