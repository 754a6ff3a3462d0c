package org.leash.peers;

import static org.leash.loss.advantage.Aggregation.SEQ_MEAN_TOKEN_MEAN;
import static org.leash.loss.advantage.Aggregation.SEQ_MEAN_TOKEN_MEAN_TRL;
import static org.leash.loss.advantage.Aggregation.SEQ_MEAN_TOKEN_SUM;
import static org.leash.loss.advantage.Aggregation.SEQ_MEAN_TOKEN_SUM_NORM_ROLL;
import static org.leash.loss.advantage.Aggregation.SEQ_MEAN_TOKEN_SUM_NORM_VERL;
import static org.leash.loss.advantage.Aggregation.TOKEN_MEAN;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;
import org.leash.loss.Rollout;
import org.leash.loss.advantage.Aggregation;
import org.leash.loss.correction.Rejection;
import org.leash.loss.correction.RolloutCorrection;
import org.leash.loss.correction.RolloutCorrection.Counted;
import org.leash.loss.correction.RolloutCorrection.Weight;
import org.leash.loss.objective.Adjustment;
import org.leash.loss.objective.ClipCov;
import org.leash.loss.objective.GeometricMeanRatio;
import org.leash.loss.objective.KlCov;
import org.leash.loss.objective.KlToOld;
import org.leash.loss.objective.Objective;
import org.leash.loss.objective.SequenceRatio;
import org.leash.loss.objective.SequenceWeight;
import org.leash.loss.objective.StaleSequenceMask;
import org.leash.loss.objective.TokenMeanEntropy;
import org.leash.loss.objective.TopEntropy;
import org.leash.loss.preset.Preset;

/**
 * The spelling, in this library, of every configuration of a trainer in {@code losses.jsonl.gz}.
 */
public final class PeerForms {
  /**
   * A configuration.
   *
   * @param hasSurrogate whether the trainer's figure includes the surrogate, or is the KL term
   *     alone
   * @param tolerance of the loss and the gradient, relative to their largest term: 1e-12 unless the
   *     trainer adds an ε or casts to single precision
   */
  public record Form(
      RolloutCorrection correction,
      Objective objective,
      Aggregation aggregation,
      boolean hasSurrogate,
      double tolerance) {}

  private static final double EXACT = 1e-12;

  /** verl, ROLL and OpenRLHF add 1e-8 to lengths or counts. */
  private static final double LENGTH_EPSILON = 1e-7;

  /** slime, OpenRLHF and AReaL take some differences of log-probabilities in single precision. */
  private static final double SINGLE = 3e-6;

  private static final PolicyLoss CLIP = PolicyLoss.ppoClip(0.2, 0.2);
  private static final PolicyLoss CLIP_HIGHER = PolicyLoss.ppoClip(0.2, 0.28);
  private static final PolicyLoss PLAIN = PolicyLoss.importanceWeighted();
  private static final double BOUND = 10.0;
  private static final double UNBOUNDED = Double.POSITIVE_INFINITY;

  private final Map<String, Form> forms = new LinkedHashMap<>();
  private final Map<String, Set<String>> presets = new TreeMap<>();
  private double tolerance = EXACT;

  private PeerForms() {
    verl();
    trl();
    primeRl();
    slime();
    openRlhf();
    areal();
    roll();
  }

  /** All forms, by the name of the case. */
  public static Map<String, Form> all() {
    return new PeerForms().forms;
  }

  /** The presets among the forms, by trainer. */
  static Map<String, Set<String>> presets() {
    return new PeerForms().presets;
  }

  private void put(
      String name, PolicyLoss policy, Aggregation aggregation, Adjustment... adjustments) {
    put(name, RolloutCorrection.NONE, policy, aggregation, adjustments);
  }

  private void put(
      String name,
      RolloutCorrection correction,
      PolicyLoss policy,
      Aggregation aggregation,
      Adjustment... adjustments) {
    put(
        name,
        new Form(correction, Objective.of(policy, adjustments), aggregation, true, tolerance));
  }

  private void preset(String name, String preset) {
    Preset found = Preset.named(preset);
    presets.computeIfAbsent(name.split(" ", -1)[0], key -> new TreeSet<>()).add(preset);
    put(
        name,
        new Form(found.correction(), found.objective(), found.aggregation(), true, tolerance));
  }

  private void put(String name, Form form) {
    if (forms.put(name, form) != null) {
      throw new IllegalArgumentException(name + " has two forms");
    }
  }

  private void verl() {
    put("verl vanilla dual3 token-mean", CLIP_HIGHER.withDualClip(3), TOKEN_MEAN);
    for (String empty : new String[] {"", ", one response empty"}) {
      put("verl vanilla seq-mean-token-sum" + empty, CLIP, SEQ_MEAN_TOKEN_SUM);
      put("verl vanilla seq-mean-token-sum-norm" + empty, CLIP, SEQ_MEAN_TOKEN_SUM_NORM_VERL);
    }
    put("verl cispo .2/.2", PolicyLoss.cispo(0.2, 0.2), TOKEN_MEAN);
    preset("verl gpg", "gpg");
    put("verl clip_cov, all candidates", CLIP, TOKEN_MEAN, new ClipCov(1, 0.3, 5));
    put("verl kl_cov .2", PLAIN, TOKEN_MEAN, new KlCov(0.2, 1));
    put("verl kl_cov .2 + rollout TIS 2", PLAIN.withRolloutCap(2), TOKEN_MEAN, new KlCov(0.2, 1));
    put("verl dro beta .1", PolicyLoss.reinforce().withKl(Kl.K2, 0.1), TOKEN_MEAN, new KlToOld());
    put("verl dppo_tv .2 cap 20", PolicyLoss.probabilityMaskScore(0.2, 0.2, 20), TOKEN_MEAN);
    divergence("verl kl_penalty k1", Kl.K1, UNBOUNDED);
    divergence("verl kl_penalty k2", Kl.K2, UNBOUNDED);
    divergence("verl kl_penalty abs", Kl.ABS, UNBOUNDED);
    divergence("verl kl_penalty k1+", Kl.K1_STRAIGHT, UNBOUNDED);
    divergence("verl kl_penalty low_var_kl", Kl.K3, BOUND);
    divergence("verl kl_penalty k3+", Kl.K3_STRAIGHT, BOUND);
    put("verl vanilla - .01 entropy (token-mean)", CLIP.withEntropy(0.01), TOKEN_MEAN);
    preset("verl token TIS 2", "tis");
    preset("verl token icepop .5_5", "icepop");
    put(
        "verl sequence TIS 2",
        RolloutCorrection.truncated(Weight.PRODUCT, 0, 2),
        CLIP_HIGHER,
        TOKEN_MEAN);
    put(
        "verl sequence icepop .5_5",
        RolloutCorrection.masked(Weight.PRODUCT, 0.5, 5),
        CLIP_HIGHER,
        TOKEN_MEAN);
    for (Counted counted : Counted.values()) {
      String denominator = ", denominator: " + counted.name().toLowerCase(Locale.ROOT);
      put(
          "verl RS seq_sum_k1 0.5_2.0" + denominator,
          RolloutCorrection.rejecting(counted, Rejection.named("seq_sum_k1:0.5:2.0")),
          CLIP_HIGHER,
          TOKEN_MEAN);
      put(
          "verl RS seq_mean_k1 0.8_1.25" + denominator,
          RolloutCorrection.rejecting(counted, Rejection.named("seq_mean_k1:0.8:1.25")),
          CLIP_HIGHER,
          TOKEN_MEAN);
    }

    rejections();

    tolerance = LENGTH_EPSILON;
    for (String empty : new String[] {"", ", one response empty"}) {
      put("verl vanilla seq-mean-token-mean" + empty, CLIP, SEQ_MEAN_TOKEN_MEAN);
    }
    put(
        "verl token TIS 2, normalised",
        RolloutCorrection.truncated(Weight.TOKEN, 0, 2).normalised(),
        CLIP_HIGHER,
        TOKEN_MEAN);
    put(
        "verl sequence TIS 2, normalised",
        RolloutCorrection.truncated(Weight.PRODUCT, 0, 2).normalised(),
        CLIP_HIGHER,
        TOKEN_MEAN);
    preset("verl gspo", "gspo");
    preset("verl geo_mean", "gmpo");
    put(
        "verl geo_mean + rollout TIS 2",
        PLAIN.withRolloutCap(2),
        SEQ_MEAN_TOKEN_MEAN,
        new GeometricMeanRatio(0.4, 0.4));
    preset("verl sapo", "sapo");
    put(
        "verl vanilla - .01 entropy (seq-mean-token-mean)",
        CLIP.withEntropy(0.01),
        SEQ_MEAN_TOKEN_MEAN);
    tolerance = EXACT;
  }

  /** As verl of January 2026 has them. */
  private void rejections() {
    Rejection tokens = Rejection.named("token_k1:0.5:2.0");
    Rejection largest = Rejection.named("seq_max_k2:0.3");
    rejecting("verl RS token_k1 0.5_2.0", tokens);
    for (String estimate : List.of("k2", "k3")) {
      rejecting("verl RS token_%s 0.1", "token_%s:0.1", estimate);
      rejecting("verl RS seq_sum_%s 0.5", "seq_sum_%s:0.5", estimate);
      rejecting("verl RS seq_mean_%s 0.1", "seq_mean_%s:0.1", estimate);
      rejecting("verl RS seq_max_%s 0.3", "seq_max_%s:0.3", estimate);
    }
    rejecting("verl RS token_k1 0.5_2.0, seq_max_k2 0.3", tokens, largest);
    put(
        "verl token TIS 2 + RS seq_max_k2 0.3",
        RolloutCorrection.truncated(Weight.TOKEN, 0, 2).with(Counted.KEPT, largest),
        CLIP_HIGHER,
        TOKEN_MEAN);
    put("verl bypass reinforce, token IS 2", PolicyLoss.cispo(1, 1), TOKEN_MEAN);
  }

  private void rejecting(String name, String rejection, String estimate) {
    rejecting(name.formatted(estimate), Rejection.named(rejection.formatted(estimate)));
  }

  private void rejecting(String name, Rejection... rejections) {
    put(name, RolloutCorrection.rejecting(Counted.KEPT, rejections), CLIP_HIGHER, TOKEN_MEAN);
  }

  private void divergence(String name, Kl estimator, double bound) {
    Objective objective = Objective.of(PLAIN.withKl(estimator, 1).withKlBound(bound));
    put(name, new Form(RolloutCorrection.NONE, objective, TOKEN_MEAN, false, tolerance));
  }

  private void trl() {
    preset("TRL grpo beta .04", "grpo");
    preset("TRL grpo beta .04, one response empty", "grpo");
    preset("TRL dr_grpo", "dr_grpo");
    preset("TRL dr_grpo, one response empty", "dr_grpo");
    preset("TRL dapo", "dapo");
    preset("TRL bnpo eps .28", "dapo");
    preset("TRL bnpo delta 4", "intellect2");
    preset("TRL cispo cap 5", "cispo");
    preset("TRL sequence grpo", "gspo");
    preset("TRL sequence_token", "gspo");
    preset("TRL gmpo", "gmpo");
    put(
        "TRL gmpo beta .04",
        PLAIN.withKl(Kl.K3, 0.04),
        SEQ_MEAN_TOKEN_MEAN,
        new GeometricMeanRatio(0.4, 0.4));
    put(
        "TRL gmpo top-entropy .2",
        PLAIN,
        SEQ_MEAN_TOKEN_MEAN,
        new TopEntropy(0.2),
        new GeometricMeanRatio(0.4, 0.4));
    tolerance = SINGLE; // Its temperatures.
    preset("TRL sapo", "sapo");
    tolerance = EXACT;
    preset("TRL vespo", "vespo");
    put(
        "TRL vespo, sampler token_truncate 3",
        PolicyLoss.reinforce().withRolloutCap(3),
        TOKEN_MEAN,
        new SequenceWeight(2, 3, 3, 2));
    preset("TRL luspo sequence", "luspo");
    preset("TRL rloo loss", "rloo");
    preset("TRL opsm .5, no sampler", "opsm");
    preset("TRL opsm .5 with sampler logps", "opsm");
    preset("TRL top entropy .2 eps .28 bnpo", "top_entropy");
    PolicyLoss corrected = CLIP.withKl(Kl.K3_CORRECTED, 0.1);
    put("TRL bnpo beta .1 bias-corrected", corrected, TOKEN_MEAN);
    put(
        "TRL gspo beta .1 bias-corrected",
        corrected,
        SEQ_MEAN_TOKEN_MEAN_TRL,
        new SequenceRatio(SequenceRatio.Of.MEAN));
    TokenMeanEntropy bonus = new TokenMeanEntropy(TokenMeanEntropy.Over.SUMMED);
    put("TRL bnpo entropy .01", CLIP.withEntropy(0.01), TOKEN_MEAN, bonus);
    put("TRL grpo entropy .01", CLIP.withEntropy(0.01), SEQ_MEAN_TOKEN_MEAN_TRL, bonus);
    put(
        "TRL bnpo top-entropy .2 + entropy bonus .01",
        CLIP.withEntropy(0.01),
        TOKEN_MEAN,
        new TopEntropy(0.2),
        bonus);
    put("TRL token_truncate [None,3.0]", CLIP_HIGHER.withRolloutCap(3), TOKEN_MEAN);
    put("TRL token_mask [0.5,3.0]", CLIP_HIGHER.withRolloutMask(0.5, 3), TOKEN_MEAN);
    put(
        "TRL sequence_truncate [0.5,3.0]",
        RolloutCorrection.truncated(Weight.PRODUCT, 0.5, 3),
        CLIP_HIGHER,
        TOKEN_MEAN);
    preset("TRL sequence_mask [None,3.0]", "sequence_mis");
  }

  private void primeRl() {
    preset("prime-rl default", "prime_rl");
    preset("prime-rl ipo defaults", "prime_rl_ipo");
    preset("prime-rl ipo defaults, by options", "prime_rl_ipo");
    put("prime-rl ipo .2 kl 0", PolicyLoss.probabilityMaskTwoSided(0.2), TOKEN_MEAN);
  }

  private void slime() {
    tolerance = SINGLE;
    put("slime ppo dual 3, sample mean", CLIP_HIGHER.withDualClip(3), SEQ_MEAN_TOKEN_MEAN);
    put("slime cispo cap 5", PolicyLoss.cispoCapped(5), SEQ_MEAN_TOKEN_MEAN);
    preset("slime gspo", "gspo");
    put(
        "slime opsm .5",
        CLIP_HIGHER,
        SEQ_MEAN_TOKEN_MEAN,
        new StaleSequenceMask(0.5, StaleSequenceMask.Since.OLD));
    divergence("slime kl k1", Kl.K1, UNBOUNDED);
    divergence("slime kl k2", Kl.K2, UNBOUNDED);
    divergence("slime kl k3", Kl.K3, UNBOUNDED);
    divergence("slime kl low_var_kl", Kl.K3, BOUND);
    divergence("slime kl k1 x ratio", Kl.K1_CORRECTED, UNBOUNDED);
    divergence("slime kl k3 x ratio", Kl.K3_CORRECTED, UNBOUNDED);
    preset("slime vanilla_tis [0,2]", "tis");
    preset("slime icepop [.5,5]", "icepop");
    tolerance = EXACT;
  }

  private void openRlhf() {
    put("OpenRLHF ppo token dual 3", CLIP.withDualClip(3), TOKEN_MEAN);
    tolerance = LENGTH_EPSILON;
    put("OpenRLHF ppo seq-mean", CLIP, SEQ_MEAN_TOKEN_MEAN);
    tolerance = EXACT;
    put("OpenRLHF tis [.5,2]", CLIP.withRollout(Rollout.TRUNCATE, 0.5, 2), TOKEN_MEAN);
    preset("OpenRLHF icepop [.5,5]", "icepop");
    put(
        "OpenRLHF seq-mask-tis",
        RolloutCorrection.truncated(Weight.TOKEN, 0, Double.POSITIVE_INFINITY)
            .with(Counted.ALL, Rejection.named("seq_mean_k1:0.5:2")),
        CLIP,
        TOKEN_MEAN);
    tolerance = LENGTH_EPSILON;
    preset("OpenRLHF gspo", "gspo");
    tolerance = SINGLE;
    divergence("OpenRLHF k1", Kl.K1, BOUND);
    divergence("OpenRLHF k2", Kl.K2, BOUND);
    divergence("OpenRLHF k3", Kl.K3, BOUND);
    tolerance = EXACT;
  }

  private void areal() {
    put("AReaL ppo dual 3", CLIP.withDualClip(3), TOKEN_MEAN);
    tolerance = SINGLE;
    put(
        "AReaL decoupled clamp token [.5,2]",
        CLIP.withRollout(Rollout.TRUNCATE, 0.5, 2),
        TOKEN_MEAN);
    put("AReaL decoupled mask token [.5,2]", CLIP.withRolloutMask(0.5, 2), TOKEN_MEAN);
    tolerance = EXACT;
    put(
        "AReaL sequence level GSPO, token mean",
        PolicyLoss.ppoClip(3e-4, 4e-4),
        TOKEN_MEAN,
        new SequenceRatio(SequenceRatio.Of.MEAN));
    tolerance = SINGLE;
    put(
        "AReaL seq geo-mean clamp [.5,2]",
        RolloutCorrection.truncated(Weight.GEOMETRIC_MEAN, 0.5, 2),
        CLIP,
        TOKEN_MEAN);
    put(
        "AReaL seq geo-mean mask [.5,2]",
        RolloutCorrection.masked(Weight.GEOMETRIC_MEAN, 0.5, 2),
        CLIP,
        TOKEN_MEAN);
    tolerance = EXACT;
    put("AReaL sapo token mean", PolicyLoss.sapo(1, 1.05), TOKEN_MEAN);
  }

  private void roll() {
    tolerance = LENGTH_EPSILON;
    put("ROLL ppo dual 1+2*.2", CLIP.withDualClip(1.4), SEQ_MEAN_TOKEN_SUM);
    put("ROLL ppo seq-mean-token-sum-norm", CLIP, SEQ_MEAN_TOKEN_SUM_NORM_ROLL);
    put("ROLL cispo .1 .1", PolicyLoss.cispo(0.1, 0.1), SEQ_MEAN_TOKEN_SUM);
    put("ROLL tis [0,1]", PolicyLoss.cispo(1, 0), SEQ_MEAN_TOKEN_SUM);
    put(
        "ROLL kimi15 tau .1",
        PolicyLoss.reinforce().withKl(Kl.K2, 0.1),
        SEQ_MEAN_TOKEN_SUM,
        new KlToOld());
    divergence("ROLL k3", Kl.K3, BOUND);
  }
}
