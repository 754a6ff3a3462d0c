package org.leash.loss.preset;

import static org.leash.loss.advantage.Aggregation.SEQ_MEAN_TOKEN_MEAN;
import static org.leash.loss.advantage.Aggregation.SEQ_MEAN_TOKEN_MEAN_TRL;
import static org.leash.loss.advantage.Aggregation.SEQ_MEAN_TOKEN_SUM;
import static org.leash.loss.advantage.Aggregation.SEQ_MEAN_TOKEN_SUM_NORM_TRL;
import static org.leash.loss.advantage.Aggregation.TOKEN_MEAN;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;
import org.leash.loss.advantage.Advantage;
import org.leash.loss.advantage.Advantages;
import org.leash.loss.advantage.Aggregation;
import org.leash.loss.advantage.Overlong;
import org.leash.loss.correction.RolloutCorrection;
import org.leash.loss.objective.Adjustment;
import org.leash.loss.objective.ClipCov;
import org.leash.loss.objective.GeometricMeanRatio;
import org.leash.loss.objective.KlCov;
import org.leash.loss.objective.KlToOld;
import org.leash.loss.objective.Objective;
import org.leash.loss.objective.SequenceRatio;
import org.leash.loss.objective.SequenceWeight;
import org.leash.loss.objective.StaleSequenceMask;
import org.leash.loss.objective.TopEntropy;

/**
 * A published algorithm under its usual name, with the settings of its source:
 *
 * <table>
 * <caption>Presets with their sources</caption>
 * <tr><th>name</th><th>source, date</th></tr>
 * <tr><td>reinforce</td><td>Williams, Machine Learning 8, 1992</td></tr>
 * <tr><td>ppo</td><td>arXiv 1707.06347, July 2017; advantages: 1506.02438</td></tr>
 * <tr><td>grpo</td><td>arXiv 2402.03300, February 2024, equation 3</td></tr>
 * <tr><td>dr_grpo</td><td>arXiv 2503.20783, March 2025</td></tr>
 * <tr><td>dapo</td><td>arXiv 2503.14476, March 2025</td></tr>
 * <tr><td>lite_ppo</td><td>arXiv 2508.08221, August 2025</td></tr>
 * <tr><td>gspo</td><td>arXiv 2507.18071, July 2025</td></tr>
 * <tr><td>gmpo</td><td>arXiv 2507.20673, July 2025</td></tr>
 * <tr><td>cispo</td><td>arXiv 2506.13585, June 2025; the cap of 5 is TRL's, 2026</td></tr>
 * <tr><td>sapo</td><td>arXiv 2511.20347, November 2025</td></tr>
 * <tr><td>vespo</td><td>arXiv 2602.10693, February 2026</td></tr>
 * <tr><td>luspo</td><td>arXiv 2602.05261, February 2026</td></tr>
 * <tr><td>rloo</td><td>arXiv 2402.14740, February 2024, as in TRL, 2026</td></tr>
 * <tr><td>reinforce++</td><td>arXiv 2501.03262, January 2025, as in verl, 2026</td></tr>
 * <tr><td>reinforce++_baseline</td><td>the same</td></tr>
 * <tr><td>remax</td><td>arXiv 2310.10505, October 2023</td></tr>
 * <tr><td>opo</td><td>arXiv 2505.23585, May 2025</td></tr>
 * <tr><td>gdpo</td><td>arXiv 2601.05242, January 2026, as in TRL</td></tr>
 * <tr><td>gpg</td><td>arXiv 2504.02546, April 2025</td></tr>
 * <tr><td>maxrl</td><td>arXiv 2602.02710, February 2026</td></tr>
 * <tr><td>pass_at_k</td><td>arXiv 2508.10751, August 2025, with k = 4</td></tr>
 * <tr><td>grpo_pass_at_k</td><td>arXiv 2503.19595, March 2025, as in verl</td></tr>
 * <tr><td>psr, nsr, w_reinforce</td><td>arXiv 2506.01347, June 2025</td></tr>
 * <tr><td>clip_cov, kl_cov</td><td>arXiv 2505.22617, May 2025</td></tr>
 * <tr><td>top_entropy</td><td>arXiv 2506.01939, June 2025</td></tr>
 * <tr><td>opsm</td><td>arXiv 2512.02556, December 2025; the bound of 0.5 is TRL's</td></tr>
 * <tr><td>intellect2</td><td>arXiv 2505.07291, May 2025</td></tr>
 * <tr><td>prime_rl, prime_rl_ipo</td><td>prime-rl, August 2026; the old policy is the sampler, and
 *     the losses add 1e-3 · (log ratio)²</td></tr>
 * <tr><td>luffy</td><td>arXiv 2504.14945, April 2025: its on-policy part; off-policy responses use
 *     {@link PolicyLoss#shaped}(0.1) in a separate call</td></tr>
 * <tr><td>tis</td><td>dapo with Yao et al., "Off-Policy RL", August 2025: cap 2</td></tr>
 * <tr><td>icepop</td><td>dapo with arXiv 2510.18855, October 2025: [0.5, 5]</td></tr>
 * <tr><td>sequence_mis</td><td>dapo with Liu et al., "When Speed Kills Stability", September 2025;
 *     the cap of 3 is TRL's</td></tr>
 * </table>
 *
 * @param name lower case
 * @param advantage of the tokens
 * @param correction for a sampler that differs from the policy before the update
 * @param objective the function to minimise
 * @param aggregation of the tokens' losses
 * @param rewardKl the estimator of the KL penalty in the reward: K1, K2 or K3
 * @param rewardPenalty the coefficient of the KL penalty in the reward; 0: none
 * @param dynamicSampling whether groups with equal rewards are dropped and resampled
 * @param overlongShare the buffer of the {@link Overlong} reward as a share of the maximum length;
 *     0: none
 */
public record Preset(
    String name,
    Advantage advantage,
    RolloutCorrection correction,
    Objective objective,
    Aggregation aggregation,
    Kl rewardKl,
    double rewardPenalty,
    boolean dynamicSampling,
    double overlongShare) {

  /** Checks the KL penalty. */
  public Preset {
    if (rewardKl != Kl.K1 && rewardKl != Kl.K2 && rewardKl != Kl.K3) {
      throw new IllegalArgumentException(
          "KL in the reward by %s: it has no gradient there; use K1, K2 or K3".formatted(rewardKl));
    }
    if (!(rewardPenalty >= 0 && rewardPenalty < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "KL coefficient of the reward = %s: must be finite and >= 0".formatted(rewardPenalty));
    }
  }

  private static final PolicyLoss CLIP = PolicyLoss.ppoClip(0.2, 0.2);
  private static final PolicyLoss CLIP_HIGHER = PolicyLoss.ppoClip(0.2, 0.28);
  private static final Advantage GRPO = Advantages.grpo();

  private static final List<Preset> ALL =
      List.of(
          of("reinforce", Advantages.returns(1.0), PolicyLoss.reinforce(), TOKEN_MEAN),
          of("ppo", Advantages.gae(1.0, 1.0, true), CLIP, TOKEN_MEAN),
          of("grpo", GRPO, CLIP.withKl(Kl.K3, 0.04), SEQ_MEAN_TOKEN_MEAN_TRL),
          of("dr_grpo", Advantages.centered(), CLIP, SEQ_MEAN_TOKEN_SUM_NORM_TRL),
          new Preset(
              "dapo",
              GRPO,
              RolloutCorrection.NONE,
              Objective.of(CLIP_HIGHER),
              TOKEN_MEAN,
              Kl.K1,
              0.0,
              true,
              0.2),
          of("lite_ppo", Advantages.litePpo(), CLIP, TOKEN_MEAN),
          of(
              "gspo",
              GRPO,
              PolicyLoss.ppoClip(3e-4, 4e-4),
              SEQ_MEAN_TOKEN_MEAN,
              new SequenceRatio(SequenceRatio.Of.MEAN)),
          of(
              "gmpo",
              GRPO,
              PolicyLoss.importanceWeighted(),
              SEQ_MEAN_TOKEN_MEAN,
              new GeometricMeanRatio(0.4, 0.4)),
          of("cispo", GRPO, PolicyLoss.cispoCapped(5.0), TOKEN_MEAN),
          of("sapo", GRPO, PolicyLoss.sapo(1.0, 1.05), SEQ_MEAN_TOKEN_MEAN),
          of("vespo", GRPO, PolicyLoss.reinforce(), TOKEN_MEAN, new SequenceWeight(2, 3, 3, 2)),
          of(
              "luspo",
              GRPO,
              PolicyLoss.ppoClip(2e-3, 2.5e-3),
              SEQ_MEAN_TOKEN_SUM,
              new SequenceRatio(SequenceRatio.Of.MEAN)),
          of(
                  "rloo",
                  Advantages.rloo(),
                  CLIP,
                  SEQ_MEAN_TOKEN_SUM,
                  new SequenceRatio(SequenceRatio.Of.PRODUCT))
              .withRewardPenalty(Kl.K1, 0.05),
          of("reinforce++", Advantages.reinforcePlusPlus(1.0), CLIP, TOKEN_MEAN)
              .withRewardPenalty(Kl.K1, 0.001),
          of("reinforce++_baseline", Advantages.reinforcePlusPlusBaseline(), CLIP, TOKEN_MEAN),
          of("remax", Advantages.remax(), PolicyLoss.reinforce(), SEQ_MEAN_TOKEN_SUM),
          of("opo", Advantages.opo(), PolicyLoss.importanceWeighted(), TOKEN_MEAN),
          of("gdpo", Advantages.gdpo(), CLIP, TOKEN_MEAN),
          of("gpg", Advantages.gpg(), PolicyLoss.reinforce(), TOKEN_MEAN),
          of("maxrl", Advantages.maxRl(), PolicyLoss.reinforce(), TOKEN_MEAN),
          of("pass_at_k", Advantages.passAtK(4), CLIP, TOKEN_MEAN),
          of("grpo_pass_at_k", Advantages.bestOfGroup(true), CLIP, TOKEN_MEAN),
          of("psr", Advantages.positiveOnly(), PolicyLoss.reinforce(), TOKEN_MEAN),
          of("nsr", Advantages.negativeOnly(), PolicyLoss.reinforce(), TOKEN_MEAN),
          of("w_reinforce", Advantages.weightedReinforce(0.1), PolicyLoss.reinforce(), TOKEN_MEAN),
          of("clip_cov", GRPO, CLIP, TOKEN_MEAN, new ClipCov(2e-4, 1.0, 5.0)),
          of("kl_cov", GRPO, PolicyLoss.importanceWeighted(), TOKEN_MEAN, new KlCov(2e-4, 1.0)),
          of("top_entropy", GRPO, CLIP_HIGHER, TOKEN_MEAN, new TopEntropy(0.2)),
          of(
              "opsm",
              GRPO,
              CLIP,
              SEQ_MEAN_TOKEN_MEAN,
              new StaleSequenceMask(0.5, StaleSequenceMask.Since.SAMPLER)),
          of("intellect2", GRPO, CLIP.withTwoSidedClip(4.0), TOKEN_MEAN),
          of(
              "prime_rl",
              Advantages.centered(),
              PolicyLoss.probabilityMask(0.2, 0.2).withKl(Kl.K2, 2 * 1e-3),
              TOKEN_MEAN,
              new KlToOld()),
          of(
              "prime_rl_ipo",
              Advantages.centered(),
              PolicyLoss.probabilityMaskTwoSided(0.1).withKl(Kl.K2, 2 * 1e-3),
              TOKEN_MEAN,
              new KlToOld()),
          of(
              "luffy",
              Advantages.centered(),
              PolicyLoss.importanceWeighted().withEntropy(0.001),
              SEQ_MEAN_TOKEN_SUM_NORM_TRL),
          of("tis", GRPO, CLIP_HIGHER.withRolloutCap(2.0), TOKEN_MEAN),
          of("icepop", GRPO, CLIP_HIGHER.withRolloutMask(0.5, 5.0), TOKEN_MEAN),
          of("sequence_mis", GRPO, CLIP_HIGHER, TOKEN_MEAN)
              .withCorrection(
                  RolloutCorrection.masked(RolloutCorrection.Weight.PRODUCT, 0.0, 3.0)));

  private static Preset of(
      String name,
      Advantage advantage,
      PolicyLoss policy,
      Aggregation aggregation,
      Adjustment... adjustments) {
    return new Preset(
        name,
        advantage,
        RolloutCorrection.NONE,
        Objective.of(policy, adjustments),
        aggregation,
        Kl.K1,
        0.0,
        false,
        0.0);
  }

  /** All presets. */
  public static List<Preset> all() {
    return ALL;
  }

  /**
   * The preset with a name.
   *
   * @throws IllegalArgumentException there is no such preset; the message lists the names
   */
  public static Preset named(String name) {
    return ALL.stream()
        .filter(preset -> preset.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    ALL.stream()
                        .map(Preset::name)
                        .collect(
                            Collectors.joining(", ", "no preset " + name + "; use one of ", ""))));
  }

  /** This preset with another advantage. */
  public Preset withAdvantage(Advantage other) {
    return new Preset(
        name,
        other,
        correction,
        objective,
        aggregation,
        rewardKl,
        rewardPenalty,
        dynamicSampling,
        overlongShare);
  }

  /** This preset with another correction for the sampler. */
  public Preset withCorrection(RolloutCorrection other) {
    return new Preset(
        name,
        advantage,
        other,
        objective,
        aggregation,
        rewardKl,
        rewardPenalty,
        dynamicSampling,
        overlongShare);
  }

  /** This preset with another objective. */
  public Preset withObjective(Objective other) {
    return new Preset(
        name,
        advantage,
        correction,
        other,
        aggregation,
        rewardKl,
        rewardPenalty,
        dynamicSampling,
        overlongShare);
  }

  /** This preset with another aggregation. */
  public Preset withAggregation(Aggregation other) {
    return new Preset(
        name,
        advantage,
        correction,
        objective,
        other,
        rewardKl,
        rewardPenalty,
        dynamicSampling,
        overlongShare);
  }

  /**
   * This preset with another KL penalty in the reward.
   *
   * @param estimator K1, K2 or K3; the others differ from these only in their gradients
   */
  public Preset withRewardPenalty(Kl estimator, double coefficient) {
    return new Preset(
        name,
        advantage,
        correction,
        objective,
        aggregation,
        estimator,
        coefficient,
        dynamicSampling,
        overlongShare);
  }

  /** The penalty on long responses, if the preset has one. */
  public Optional<Overlong> overlong(int maxLength) {
    return overlongShare == 0.0
        ? Optional.empty()
        : Optional.of(
            new Overlong(maxLength, Math.max(1, (int) Math.round(overlongShare * maxLength))));
  }
}
