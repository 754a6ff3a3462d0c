package org.leash.training.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.leash.loss.LogRatio;
import org.leash.loss.objective.TokenColumns;
import org.leash.peers.PeerBatch;
import org.leash.peers.PeerEvaluation;
import org.leash.peers.PeerForms;
import org.leash.training.policy.TokenOutcomes;

/**
 * Metrics of an update beside those that trainers' own losses report. They differ on purpose where
 * {@link #hasOtherConvention} says so.
 */
final class PeerMetricsTest {
  /** What verl and TRL call a figure, and its name here. */
  private static final Map<String, String> NAMES =
      Map.of(
          "actor/pg_clipfrac", "policy/clip_frac",
          "actor/pg_clipfrac_lower", "policy/clip_frac_dual",
          "actor/ppo_kl", "policy/kl_old_k1",
          "clip_ratio/region_mean", "policy/clip_frac",
          "clip_ratio/low_mean", "policy/clip_frac_low",
          "clip_ratio/high_mean", "policy/clip_frac_high",
          "cispo_clip_ratio", "policy/cispo_clip_frac",
          "kl", "policy/kl_ref",
          "entropy", "policy/entropy");

  private static double[] ratios(TokenColumns columns) {
    double[] ratios = new double[columns.logprob().length];
    Arrays.setAll(
        ratios, t -> Math.exp(LogRatio.of(columns.logprob()[t], columns.oldLogprob()[t])));
    return ratios;
  }

  private static boolean hasOtherConvention(PeerEvaluation evaluated, String name) {
    String loss = evaluated.batch.name;
    boolean isClip = name.startsWith("clip_ratio");
    if (evaluated.columns.sequences().keptTokens() == 0) {
      return true; // Of no tokens, verl reports 0, and the mean here is NaN.
    }
    if (evaluated.isClamped() && (name.equals("kl") || name.equals("actor/ppo_kl"))) {
      return true; // Log-ratios beyond 20, which verl's gspo and geo_mean, and TRL, do not clamp.
    }
    if (loss.startsWith("verl kl_cov")) {
      return name.equals("actor/ppo_kl"); // The mean of absolute values.
    }
    if (loss.startsWith("verl geo_mean")) {
      return name.startsWith("actor/pg_clipfrac"); // Whether or not the sign of A lets it matter.
    }
    if (loss.matches("TRL (sequence grpo|luspo|gspo).*")) {
      return isClip; // Of responses, rather than of tokens.
    }
    // Tokens that the loss drops count, too.
    return isClip && loss.matches("TRL (opsm|top entropy|bnpo top-entropy).*");
  }

  @Test
  void equalThoseOfTrainers() {
    Map<String, Integer> compared = new TreeMap<>();
    List<String> differences = new ArrayList<>();
    for (PeerBatch batch : PeerBatch.metrics()) {
      PeerEvaluation evaluated = new PeerEvaluation(batch, PeerForms.all().get(batch.name));
      UpdateFigures updates = new UpdateFigures();
      updates.add(
          new TokenOutcomes(
              evaluated.out.loss(),
              evaluated.columns.entropy(),
              ratios(evaluated.columns),
              evaluated.out.kl(),
              evaluated.out.clipFlags()),
          evaluated.columns);
      Map<String, Double> own = StepMetrics.ofUpdates(updates, evaluated.form.objective(), 0.0);
      batch
          .figures()
          .forEach(
              (name, theirs) -> {
                if (NAMES.containsKey(name) && !hasOtherConvention(evaluated, name)) {
                  compared.merge(name, 1, Integer::sum);
                  double ours = own.get(NAMES.get(name));
                  if (!(Math.abs(ours - theirs) <= 1e-6 * Math.max(1.0, Math.abs(theirs)))) {
                    differences.add("%s: %s is %s, not %s".formatted(batch, name, ours, theirs));
                  }
                }
              });
    }
    System.out.println("peers: metrics of a trainer: " + compared);
    assertThat(differences).isEmpty();
    assertThat(compared.keySet()).isEqualTo(NAMES.keySet());
  }
}
