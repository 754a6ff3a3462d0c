// The policy loss against hand-computed values and its own finite differences.
#include "math/policy_loss.h"

#include <cmath>
#include <limits>
#include <string>

#include "test/harness.h"
#include "test/values.h"

using namespace leash;

namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

// Only clip_low 1/4 and clip_high 1/2, which are exact in f32.
leash_policy_loss clip_only() {
    leash_policy_loss policy = {};
    policy.kind = LEASH_LOSS_PPO_CLIP;
    policy.clip_low = 0.25f;
    policy.clip_high = 0.5f;
    policy.dual_clip = policy.rollout_cap = policy.kl_bound = kInf;
    policy.shape_positive = policy.shape_negative = 1.0f;
    return policy;
}

PolicyInputs<double> inputs_with_ratio(double ratio, double advantage) {
    PolicyInputs<double> in = {};
    in.logprob = -1.0;
    in.old_logprob = -1.0 - std::log(ratio);
    in.entropy = 2.0;
    in.advantage = advantage;
    in.weight = 1.0;
    return in;
}

struct Expected {
    double ratio;
    double advantage;
    double surrogate;
    double gradient;  // of the surrogate with respect to logprob
    int flags;
};

}  // namespace

TEST(ppo_clip_matches_hand_computation) {
    const Expected cases[] = {
        {1.0, 2.0, -2.0, -2.0, 0},
        {1.0, -2.0, 2.0, 2.0, 0},
        {1.4, 2.0, -2.8, -2.8, 0},
        {1.6, 2.0, -3.0, 0.0, LEASH_CLIPPED_HIGH},
        {0.1, 2.0, -0.2, -0.2, 0},
        {0.8, -2.0, 1.6, 1.6, 0},
        {0.7, -2.0, 1.5, 0.0, LEASH_CLIPPED_LOW},
        {9.0, -2.0, 18.0, 18.0, 0},
        {9.0, 0.0, 0.0, 0.0, 0},
        {0.1, 0.0, 0.0, 0.0, 0},
    };
    for (const Expected& expected : cases) {
        const test::Context context("ratio " + std::to_string(expected.ratio) + ", advantage " +
                                    std::to_string(expected.advantage));
        const auto result = policy_loss(clip_only(), inputs_with_ratio(expected.ratio, expected.advantage), false);
        CHECK_NEAR(result.ratio, expected.ratio, 1e-14);
        CHECK_NEAR(result.loss, expected.surrogate, 1e-13);
        CHECK_NEAR(result.grad_logprob, expected.gradient, 1e-13);
        CHECK_EQ(result.clip_flags, expected.flags);
        if (expected.gradient == 0) CHECK_EQ(result.grad_logprob, 0.0);
        CHECK_EQ(result.grad_entropy, 0.0);
        CHECK_EQ(result.kl, 0.0);
    }
}

TEST(dual_clip_bounds_loss_at_negative_advantage) {
    leash_policy_loss policy = clip_only();
    policy.dual_clip = 3.0f;
    const auto beyond = policy_loss(policy, inputs_with_ratio(9.0, -2.0), false);
    CHECK_NEAR(beyond.loss, 6.0, 1e-14);
    CHECK_EQ(beyond.grad_logprob, 0.0);
    CHECK_EQ(beyond.clip_flags, LEASH_CLIPPED_DUAL);
    const auto within = policy_loss(policy, inputs_with_ratio(2.9, -2.0), false);
    CHECK_NEAR(within.loss, 5.8, 1e-13);
    CHECK_NEAR(within.grad_logprob, 5.8, 1e-13);
    CHECK_EQ(within.clip_flags, 0);
    const auto good = policy_loss(policy, inputs_with_ratio(9.0, 2.0), false);
    CHECK_EQ(good.clip_flags, LEASH_CLIPPED_HIGH);
}

// If the ratio and a bound are both exactly 1, the gradient flows.
TEST(ratio_at_bound_is_not_clipped) {
    leash_policy_loss policy = clip_only();
    policy.clip_low = policy.clip_high = 0.0f;
    policy.dual_clip = 1.0f;
    for (const double advantage : {2.0, -2.0}) {
        const auto result = policy_loss(policy, inputs_with_ratio(1.0, advantage), false);
        CHECK_EQ(result.loss, -advantage);
        CHECK_EQ(result.grad_logprob, -advantage);
        CHECK_EQ(result.clip_flags, 0);
    }
}

TEST(infinite_upper_bound_never_clips) {
    leash_policy_loss policy = clip_only();
    policy.clip_high = kInf;
    const auto result = policy_loss(policy, inputs_with_ratio(1000.0, 1.0), false);
    CHECK_NEAR(result.loss, -1000.0, 1e-10);
    CHECK_NEAR(result.grad_logprob, -1000.0, 1e-10);
    CHECK_EQ(result.clip_flags, 0);
}

TEST(kl_estimators_match_hand_computation) {
    const double d = 0.5;
    const Expected cases[] = {
        {LEASH_KL_K1, 0, 0.5, 1.0, 0},
        {LEASH_KL_K2, 0, 0.125, 0.5, 0},
        {LEASH_KL_K3, 0, std::exp(-0.5) - 0.5, 1 - std::exp(-0.5), 0},
    };
    for (const Expected& expected : cases) {
        leash_policy_loss policy = clip_only();
        policy.kl = static_cast<int32_t>(expected.ratio);
        policy.kl_coefficient = 0.25f;
        PolicyInputs<double> in = inputs_with_ratio(1.0, 0.0);
        in.reference_logprob = in.logprob - d;
        const auto result = policy_loss(policy, in, false);
        CHECK_NEAR(result.kl, expected.surrogate, 1e-15);
        CHECK_NEAR(result.loss, 0.25 * expected.surrogate, 1e-15);
        CHECK_NEAR(result.grad_logprob, 0.25 * expected.gradient, 1e-15);
    }
    // k3 of a tiny difference is half its square; exp(-d) - 1 + d would be mere rounding error.
    leash_policy_loss policy = clip_only();
    policy.kl = LEASH_KL_K3;
    PolicyInputs<double> in = inputs_with_ratio(1.0, 0.0);
    in.logprob = 0x1p-20;
    in.reference_logprob = 0;
    in.old_logprob = in.logprob;
    CHECK_NEAR(policy_loss(policy, in, false).kl, 0x1p-41, 0x1p-41 * 1e-6);
}

TEST(entropy_bonus_lowers_loss) {
    leash_policy_loss policy = clip_only();
    policy.entropy_coefficient = 0.5f;
    PolicyInputs<double> in = inputs_with_ratio(1.0, 1.0);
    in.weight = 0.25;
    const auto result = policy_loss(policy, in, false);
    CHECK_EQ(result.loss, 0.25 * (-1.0 - 0.5 * 2.0));
    CHECK_EQ(result.grad_entropy, -0.125);
}

TEST(rollout_weight_is_capped_and_scales_only_the_surrogate) {
    leash_policy_loss policy = clip_only();
    policy.kl = LEASH_KL_K1;
    policy.kl_coefficient = 1.0f;
    policy.rollout_cap = 2.0f;
    PolicyInputs<double> in = inputs_with_ratio(1.0, 3.0);
    in.reference_logprob = in.logprob - 0.5;
    in.rollout_logprob = in.old_logprob - std::log(1.5);
    const auto below = policy_loss(policy, in, true);
    CHECK_NEAR(below.loss, 1.5 * -3.0 + 0.5, 1e-14);
    CHECK_NEAR(below.grad_logprob, 1.5 * -3.0 + 1.0, 1e-14);
    CHECK_EQ(below.clip_flags, 0);
    in.rollout_logprob = in.old_logprob - std::log(5.0);
    const auto capped = policy_loss(policy, in, true);
    CHECK_NEAR(capped.loss, 2.0 * -3.0 + 0.5, 1e-14);
    CHECK_EQ(capped.clip_flags, LEASH_CLIPPED_ROLLOUT);
    const auto without = policy_loss(policy, in, false);
    CHECK_NEAR(without.loss, -3.0 + 0.5, 1e-14);
    CHECK_EQ(without.clip_flags, 0);
}

TEST(clamped_differences_have_no_gradient) {
    leash_policy_loss policy = clip_only();
    policy.clip_low = 1.0f;
    policy.clip_high = kInf;
    PolicyInputs<double> in = inputs_with_ratio(1.0, 1.0);
    in.old_logprob = in.logprob - 30;
    const auto high = policy_loss(policy, in, false);
    CHECK_NEAR(high.ratio, std::exp(20.0), 1e-6);
    CHECK_EQ(high.grad_logprob, 0.0);
    CHECK_EQ(high.clip_flags, LEASH_CLAMPED_RATIO);
    in.old_logprob = in.logprob + 30;
    const auto low = policy_loss(policy, in, false);
    CHECK_NEAR(low.ratio, std::exp(-20.0), 1e-20);
    CHECK_EQ(low.grad_logprob, 0.0);

    policy.kl = LEASH_KL_K3;
    policy.kl_coefficient = 1.0f;
    in.advantage = 0;
    in.reference_logprob = in.logprob + 40;
    const auto kl = policy_loss(policy, in, false);
    CHECK_NEAR(kl.kl, std::exp(20.0) - 21, 1e-6);
    CHECK_EQ(kl.grad_logprob, 0.0);
}

TEST(sampled_token_of_probability_zero_gives_finite_loss) {
    for (int kind = 0; kind <= LEASH_LOSS_CISPO_MASKED; kind++) {
        for (int kl = 0; kl <= LEASH_KL_ABS; kl++) {
            leash_policy_loss policy = clip_only();
            policy.kind = kind;
            policy.kl = kl;
            policy.kl_coefficient = 0.1f;
            for (const double old_logprob : {-3.0, -HUGE_VAL}) {
                for (const double advantage : {1.0, 0.0, -1.0}) {
                    PolicyInputs<double> in = inputs_with_ratio(1.0, advantage);
                    in.logprob = -INFINITY;
                    in.old_logprob = old_logprob;
                    in.reference_logprob = -4.0;
                    in.rollout_logprob = -5.0;
                    const auto result = policy_loss(policy, in, true);
                    CHECK(std::isfinite(result.loss));
                    CHECK(std::isfinite(result.grad_logprob));
                    CHECK_EQ(result.ratio, old_logprob == -INFINITY ? 1.0 : std::exp(-20.0));
                }
            }
        }
    }
}

TEST(nan_input_makes_loss_nan) {
    for (int kind = 0; kind <= LEASH_LOSS_CISPO_MASKED; kind++) {
        leash_policy_loss policy = clip_only();
        policy.kind = kind;
        policy.kl = LEASH_KL_K3;
        const auto with = [&](double PolicyInputs<double>::*field) {
            PolicyInputs<double> in = inputs_with_ratio(1.0, 1.0);
            in.reference_logprob = in.rollout_logprob = -1;
            in.*field = NAN;
            return policy_loss(policy, in, true);
        };
        for (const auto field : {&PolicyInputs<double>::logprob, &PolicyInputs<double>::entropy,
                                 &PolicyInputs<double>::advantage, &PolicyInputs<double>::old_logprob,
                                 &PolicyInputs<double>::reference_logprob, &PolicyInputs<double>::rollout_logprob,
                                 &PolicyInputs<double>::weight}) {
            CHECK(std::isnan(with(field).loss));
        }
        CHECK(std::isnan(with(&PolicyInputs<double>::logprob).grad_logprob));
        CHECK(std::isnan(with(&PolicyInputs<double>::advantage).grad_logprob));
    }
}

// logprob -1: every kind by hand, within its bounds and beyond each of them.
TEST(surrogates_match_hand_computation) {
    struct Case {
        int kind;
        double ratio;
        double advantage;
        double surrogate;
        double gradient;
        int flags;
    };
    const double p = std::exp(-1.0);
    const double sigmoid = 1 / (1 + std::exp(-0.8));
    const double sigmoid_negative = 1 / (1 + std::exp(-0.2));
    const Case cases[] = {
        {LEASH_LOSS_REINFORCE, 1.4, 3, 3, -3, 0},
        {LEASH_LOSS_REINFORCE, 9.0, -3, -3, 3, 0},
        {LEASH_LOSS_CISPO, 1.4, 3, 4.2, -4.2, 0},
        {LEASH_LOSS_CISPO, 9.0, 3, 4.5, -4.5, LEASH_CLIPPED_HIGH},
        {LEASH_LOSS_CISPO, 9.0, -3, -4.5, 4.5, LEASH_CLIPPED_HIGH},
        {LEASH_LOSS_CISPO, 0.5, 3, 2.25, -2.25, LEASH_CLIPPED_LOW},
        {LEASH_LOSS_SAPO, 1.0, 3, -3, -3, 0},  // -A (4 / tau) / 2
        {LEASH_LOSS_SAPO, 1.0, -3, 12, 3, 0},
        {LEASH_LOSS_SAPO, 1.4, 3, -6 * sigmoid, -12 * 1.4 * sigmoid * (1 - sigmoid), 0},
        {LEASH_LOSS_SAPO, 1.4, -3, 24 * sigmoid_negative, 12 * 1.4 * sigmoid_negative * (1 - sigmoid_negative), 0},
        {LEASH_LOSS_PROBABILITY_MASK, 1.4, 3, -4.2, -4.2, 0},
        {LEASH_LOSS_PROBABILITY_MASK, 4.0, 3, 0, 0, LEASH_CLIPPED_HIGH},
        {LEASH_LOSS_PROBABILITY_MASK, 4.0, -3, 12, 12, 0},
        {LEASH_LOSS_PROBABILITY_MASK, 0.4, -3, 0, 0, LEASH_CLIPPED_LOW},
        {LEASH_LOSS_PROBABILITY_MASK, 0.4, 3, -1.2, -1.2, 0},
        {LEASH_LOSS_PROBABILITY_MASK_TWO_SIDED, 4.0, -3, 0, 0, LEASH_CLIPPED_HIGH},
        {LEASH_LOSS_PROBABILITY_MASK_TWO_SIDED, 0.4, 3, 0, 0, LEASH_CLIPPED_LOW},
        {LEASH_LOSS_PROBABILITY_MASK_SCORE, 1.4, 3, 4.2, -4.2, 0},
        {LEASH_LOSS_PROBABILITY_MASK_SCORE, 4.0, 3, 0, 0, LEASH_CLIPPED_HIGH},
        {LEASH_LOSS_PROBABILITY_MASK_SCORE, 4.0, -3, -12, 12, 0},
        {LEASH_LOSS_PROBABILITY_MASK_SCORE, 9.0, -3, -18, 18, LEASH_CLIPPED_DUAL},
        {LEASH_LOSS_PROBABILITY_MASK_SCORE, 0.4, -3, 0, 0, LEASH_CLIPPED_LOW},
        // p is 0.37, so that p_old is 0.26, 0.092, 0.041 and 0.92, and D 0.025, 0.20, 0.31 and 0.68.
        {LEASH_LOSS_DIVERGENCE_MASK_SCORE, 1.4, 3, 4.2, -4.2, 0},
        {LEASH_LOSS_DIVERGENCE_MASK_SCORE, 4.0, 3, 12, -12, 0},
        {LEASH_LOSS_DIVERGENCE_MASK_SCORE, 9.0, 3, 0, 0, LEASH_CLIPPED_HIGH},
        {LEASH_LOSS_DIVERGENCE_MASK_SCORE, 9.0, -3, -18, 18, LEASH_CLIPPED_DUAL},
        {LEASH_LOSS_DIVERGENCE_MASK_SCORE, 0.4, -3, 0, 0, LEASH_CLIPPED_LOW},
        {LEASH_LOSS_DIVERGENCE_MASK_SCORE, 0.4, 3, 1.2, -1.2, 0},
        {LEASH_LOSS_TOPR, 9.0, 3, 3, -3, 0},
        {LEASH_LOSS_TOPR, 0.4, 3, 3, -3, 0},
        {LEASH_LOSS_TOPR, 4.0, -3, -12, 12, 0},
        {LEASH_LOSS_TOPR, 9.0, -3, -18, 18, LEASH_CLIPPED_DUAL},
        {LEASH_LOSS_CISPO_MASKED, 1.4, 3, 4.2, -4.2, 0},
        {LEASH_LOSS_CISPO_MASKED, 9.0, 3, 0, 0, LEASH_CLIPPED_HIGH},
        {LEASH_LOSS_CISPO_MASKED, 9.0, -3, -4.5, 4.5, LEASH_CLIPPED_HIGH},
        {LEASH_LOSS_CISPO_MASKED, 0.5, 3, 2.25, -2.25, LEASH_CLIPPED_LOW},
        {LEASH_LOSS_CISPO_MASKED, 0.5, -3, 0, 0, LEASH_CLIPPED_LOW},
        {LEASH_LOSS_SHAPED, 7.0, 3, -3 * p / (p + 2), -3 * 2 * p / ((p + 2) * (p + 2)), 0},
    };
    for (const Case& c : cases) {
        const test::Context context("kind " + std::to_string(c.kind) + ", ratio " + std::to_string(c.ratio) +
                                    ", advantage " + std::to_string(c.advantage));
        leash_policy_loss policy = clip_only();
        policy.kind = c.kind;
        const bool is_cispo = c.kind == LEASH_LOSS_CISPO || c.kind == LEASH_LOSS_CISPO_MASKED;
        if (!is_cispo) policy.clip_high = 0.25f;  // p is 0.37: the masks' bound must be less
        if (c.kind >= LEASH_LOSS_PROBABILITY_MASK_SCORE) policy.dual_clip = 6;
        policy.shape_positive = 2.0f;
        policy.shape_negative = 0.5f;
        const auto result = policy_loss(policy, inputs_with_ratio(c.ratio, c.advantage), false);
        CHECK_NEAR(result.loss, c.surrogate, 1e-13);
        CHECK_NEAR(result.grad_logprob, c.gradient, 1e-13);
        CHECK_EQ(result.clip_flags, c.flags);
    }
}

TEST(corrected_and_straight_kl_match_hand_computation) {
    const double d = 0.5;
    const double k3 = std::exp(-d) - 1 + d;
    const Expected cases[] = {
        {LEASH_KL_K1_CORRECTED, 0, 1.25 * d, 1.25 * d + 1.25, 0},
        {LEASH_KL_K3_CORRECTED, 0, 1.25 * k3, 1.25 * k3 + 1.25 * (1 - std::exp(-d)), 0},
        {LEASH_KL_K1_STRAIGHT, 0, d, d, 0},
        {LEASH_KL_K3_STRAIGHT, 0, k3, d, 0},
    };
    for (const Expected& expected : cases) {
        leash_policy_loss policy = clip_only();
        policy.kl = static_cast<int32_t>(expected.ratio);
        policy.kl_coefficient = 0.25f;
        PolicyInputs<double> in = inputs_with_ratio(1.25, 0.0);
        in.reference_logprob = in.logprob - d;
        const auto result = policy_loss(policy, in, false);
        CHECK_NEAR(result.kl, expected.surrogate, 1e-15);
        CHECK_NEAR(result.grad_logprob, 0.25 * expected.gradient, 1e-15);
    }
}

// Estimates of d = -3: 3 or 17.1 above the bound, -3 below its negative; of d = -1/2, none is out of bounds.
TEST(bounded_kl_has_no_gradient_beyond_its_bound) {
    struct Case {
        int32_t kl;
        double value, slope;
    };
    const double k3 = std::exp(0.5) - 1.5;
    const Case inside[] = {{LEASH_KL_K1, -0.5, 1}, {LEASH_KL_K2, 0.125, -0.5}, {LEASH_KL_ABS, 0.5, -1},
                           {LEASH_KL_K3, k3, 1 - std::exp(0.5)}, {LEASH_KL_K3_STRAIGHT, k3, -0.5}};
    const Case outside[] = {{LEASH_KL_K1, -2, 0},          {LEASH_KL_K2, 2, 0},          {LEASH_KL_ABS, 2, 0},
                            {LEASH_KL_K3, 2, 0},           {LEASH_KL_K3_STRAIGHT, 2, -3}, {LEASH_KL_K1_STRAIGHT, -2, -3},
                            {LEASH_KL_K1_CORRECTED, -3, -3}, {LEASH_KL_K3_CORRECTED, 3, 3}};
    const auto check = [](const Case& c, double d) {
        const test::Context context("kl " + std::to_string(c.kl) + ", d " + std::to_string(d));
        leash_policy_loss policy = clip_only();
        policy.kl = c.kl;
        policy.kl_coefficient = 0.25f;
        policy.kl_bound = 2.0f;
        PolicyInputs<double> in = inputs_with_ratio(1.5, 0.0);
        in.reference_logprob = in.logprob - d;
        const auto result = policy_loss(policy, in, false);
        CHECK_NEAR(result.kl, c.value, 1e-15);
        CHECK_NEAR(result.grad_logprob, 0.25 * c.slope, 1e-15);
    };
    for (const Case& c : inside) check(c, -0.5);
    for (const Case& c : outside) check(c, -3.0);
}

TEST(rollout_weights_out_of_bounds_are_truncated_or_masked) {
    leash_policy_loss policy = clip_only();
    policy.rollout_floor = 0.5f;
    policy.rollout_cap = 2.0f;
    const struct {
        int rollout;
        double weight;
        double used;
        int flags;
    } cases[] = {
        {LEASH_ROLLOUT_TRUNCATE, 1.5, 1.5, 0},
        {LEASH_ROLLOUT_TRUNCATE, 5.0, 2.0, LEASH_CLIPPED_ROLLOUT},
        {LEASH_ROLLOUT_TRUNCATE, 0.1, 0.5, LEASH_CLIPPED_ROLLOUT},
        {LEASH_ROLLOUT_MASK, 1.5, 1.5, 0},
        {LEASH_ROLLOUT_MASK, 5.0, 0.0, LEASH_CLIPPED_ROLLOUT},
        {LEASH_ROLLOUT_MASK, 0.1, 0.0, LEASH_CLIPPED_ROLLOUT},
    };
    for (const auto& c : cases) {
        policy.rollout = c.rollout;
        PolicyInputs<double> in = inputs_with_ratio(1.0, 3.0);
        in.rollout_logprob = in.old_logprob - std::log(c.weight);
        const auto result = policy_loss(policy, in, true);
        CHECK_NEAR(result.loss, -3.0 * c.used, 1e-14);
        CHECK_NEAR(result.grad_logprob, -3.0 * c.used, 1e-14);
        CHECK_EQ(result.clip_flags, c.flags);
    }
}

TEST(gradients_agree_with_finite_differences) {
    test::Random random(31);
    int moving = 0;
    for (int i = 0; i < 20000; i++) {
        leash_policy_loss policy = {};
        policy.kind = static_cast<int32_t>(random.below(LEASH_LOSS_CISPO_MASKED + 1));
        policy.kl = static_cast<int32_t>(random.below(LEASH_KL_K3_CORRECTED + 1));
        const bool is_score = policy.kind == LEASH_LOSS_CISPO || policy.kind >= LEASH_LOSS_PROBABILITY_MASK_SCORE;
        if (is_score && policy.kl > LEASH_KL_K3) policy.kl = LEASH_KL_NONE;
        policy.rollout = static_cast<int32_t>(random.below(2));
        policy.clip_low = static_cast<float>(random.uniform());
        policy.clip_high = static_cast<float>(random.uniform());
        policy.dual_clip = static_cast<float>(1 + 2 * random.uniform());
        policy.shape_positive = static_cast<float>(0.1 + random.uniform());
        policy.shape_negative = static_cast<float>(0.1 + random.uniform());
        policy.rollout_floor = static_cast<float>(0.5 * random.uniform());
        policy.rollout_cap = static_cast<float>(0.5 + random.uniform());
        policy.kl_bound = static_cast<float>(0.1 + random.uniform());
        policy.kl_coefficient = static_cast<float>(random.uniform());
        policy.entropy_coefficient = static_cast<float>(random.normal());
        PolicyInputs<double> in = {};
        in.logprob = -3 * random.uniform();
        in.entropy = 3 * random.uniform();
        in.advantage = random.normal();
        in.old_logprob = in.logprob + 0.7 * random.normal();
        in.reference_logprob = in.logprob + random.normal();
        in.rollout_logprob = in.old_logprob + 0.5 * random.normal();
        in.weight = random.uniform();
        const bool has_rollout = random.below(2) == 1;

        constexpr double kStep = 1e-6;
        const auto result = policy_loss(policy, in, has_rollout);
        PolicyInputs<double> above = in;
        PolicyInputs<double> below = in;
        above.logprob += kStep;
        below.logprob -= kStep;
        if (is_score) {
            // Its ratio is a constant, so old_logprob moves along.
            above.old_logprob += kStep, above.rollout_logprob += kStep;
            below.old_logprob -= kStep, below.rollout_logprob -= kStep;
        }
        const auto high = policy_loss(policy, above, has_rollout);
        const auto low = policy_loss(policy, below, has_rollout);
        if (high.clip_flags != low.clip_flags) continue;
        CHECK_NEAR(result.grad_logprob, (high.loss - low.loss) / (2 * kStep), 1e-7);
        if (std::fabs(result.grad_logprob) > 1e-3) moving++;

        above = below = in;
        above.entropy += kStep;
        below.entropy -= kStep;
        const double slope =
            (policy_loss(policy, above, has_rollout).loss - policy_loss(policy, below, has_rollout).loss) / (2 * kStep);
        CHECK_NEAR(result.grad_entropy, slope, 1e-7);
    }
    CHECK(moving > 10000);
}
