// The policy loss against values worked out by hand and against finite differences of itself.
#include "policy_loss.h"

#include <cmath>
#include <limits>
#include <string>

#include "harness.h"
#include "values.h"

using namespace leash;

namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

// clip_low 1/4, clip_high 1/2, nothing else: numbers that f32 holds exactly.
leash_policy_loss clip_only() { return {LEASH_LOSS_PPO_CLIP, LEASH_KL_NONE, 0.25f, 0.5f, kInf, kInf, 0.0f, 0.0f}; }

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

TEST(ppo_clip_clips_what_it_should) {
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

TEST(dual_clip_bounds_the_loss_of_bad_tokens) {
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

// Where the ratio is exactly 1 and a bound as well, the gradient flows.
TEST(a_ratio_at_the_bound_is_not_clipped) {
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

TEST(an_infinite_upper_bound_never_clips) {
    leash_policy_loss policy = clip_only();
    policy.clip_high = kInf;
    const auto result = policy_loss(policy, inputs_with_ratio(1000.0, 1.0), false);
    CHECK_NEAR(result.loss, -1000.0, 1e-10);
    CHECK_NEAR(result.grad_logprob, -1000.0, 1e-10);
    CHECK_EQ(result.clip_flags, 0);
}

TEST(kl_estimators_have_their_values_and_slopes) {
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
    // k3 of a tiny difference is its square over two; exp(-d) - 1 + d would be all rounding.
    leash_policy_loss policy = clip_only();
    policy.kl = LEASH_KL_K3;
    PolicyInputs<double> in = inputs_with_ratio(1.0, 0.0);
    in.logprob = 0x1p-20;
    in.reference_logprob = 0;
    in.old_logprob = in.logprob;
    CHECK_NEAR(policy_loss(policy, in, false).kl, 0x1p-41, 0x1p-41 * 1e-6);
}

TEST(the_entropy_bonus_lowers_the_loss) {
    leash_policy_loss policy = clip_only();
    policy.entropy_coefficient = 0.5f;
    PolicyInputs<double> in = inputs_with_ratio(1.0, 1.0);
    in.weight = 0.25;
    const auto result = policy_loss(policy, in, false);
    CHECK_EQ(result.loss, 0.25 * (-1.0 - 0.5 * 2.0));
    CHECK_EQ(result.grad_entropy, -0.125);
}

TEST(the_rollout_weight_scales_the_surrogate_only_and_is_capped) {
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

TEST(differences_are_clamped_and_then_have_no_gradient) {
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

TEST(a_sampled_token_of_probability_zero_gives_numbers) {
    leash_policy_loss policy = clip_only();
    policy.kl = LEASH_KL_K3;
    policy.kl_coefficient = 0.1f;
    for (const double old_logprob : {-3.0, -HUGE_VAL}) {
        for (const double advantage : {1.0, -1.0}) {
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

TEST(nan_inputs_make_a_nan_loss) {
    leash_policy_loss policy = clip_only();
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

TEST(gradients_are_those_of_finite_differences) {
    test::Random random(31);
    int moving = 0;
    for (int i = 0; i < 20000; i++) {
        leash_policy_loss policy = {LEASH_LOSS_PPO_CLIP,
                                    static_cast<int32_t>(random.below(4)),
                                    static_cast<float>(random.uniform()),
                                    static_cast<float>(random.uniform()),
                                    static_cast<float>(1 + 2 * random.uniform()),
                                    static_cast<float>(0.5 + random.uniform()),
                                    static_cast<float>(random.uniform()),
                                    static_cast<float>(random.normal())};
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
