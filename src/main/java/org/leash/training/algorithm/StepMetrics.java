package org.leash.training.algorithm;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.leash.loss.PolicyLoss;
import org.leash.loss.Surrogate;
import org.leash.loss.advantage.Sequences;
import org.leash.loss.correction.RolloutCorrection;
import org.leash.loss.objective.Objective;
import org.leash.training.Phase;
import org.leash.training.StepClock;
import org.leash.training.algorithm.UpdateFigures.Figure;
import org.leash.training.policy.PolicyKernels;
import org.leash.training.rollout.Experience;
import org.leash.training.rollout.Rollouts;
import org.leash.training.task.Task;

/**
 * The metrics of a step. {@code metrics.csv} has a row with the formula of each; a metric is NaN if
 * nothing it describes took place.
 */
public final class StepMetrics {
  /** Bounds of extreme weights if the loss has none. */
  private static final double LOW = 0.5;

  private static final double HIGH = 2;

  /** A variance below this share of the mean square is due to rounding. */
  private static final double ROUNDING = 1e-24;

  private StepMetrics() {}

  /** Metrics of all sampled completions, dropped groups included. */
  public static Map<String, Double> ofRewards(Experience experience, Task task) {
    Map<String, Double> figures = new LinkedHashMap<>();
    spread(figures, "reward", experience.rewards(), true);
    figures.put(
        "reward/greedy_mean",
        experience.greedy() == null ? Double.NaN : mean(experience.greedy(), r -> r));
    figures.put(
        "reward/frac_zero_std",
        1 - (double) count(experience.mixed()) / Math.max(1, experience.groups()));
    Rollouts rollouts = experience.rollouts();
    double[] lengths = new double[rollouts.count()];
    double truncated = 0;
    double terminated = 0;
    double correct = 0;
    double chains = 0;
    for (int i = 0; i < rollouts.count(); i++) {
      lengths[i] = rollouts.length(i);
      if (rollouts.truncated(i, task)) {
        truncated++;
      } else {
        terminated += lengths[i];
      }
      correct += rollouts.verdict(i).correct() ? 1 : 0;
      chains += rollouts.verdict(i).correctChain() ? 1 : 0;
    }
    figures.put("reward/accuracy", correct / rollouts.count());
    figures.put("reward/chain_given_answer", chains / correct);
    DoubleSummaryStatistics length = Arrays.stream(lengths).summaryStatistics();
    figures.put("response/len_mean", length.getAverage());
    figures.put("response/len_min", length.getMin());
    figures.put("response/len_max", length.getMax());
    figures.put("response/terminated_len_mean", terminated / (rollouts.count() - truncated));
    figures.put("response/truncated_frac", truncated / rollouts.count());
    return figures;
  }

  /** Metrics of the updates; NaN if there were none. */
  public static Map<String, Double> ofUpdates(
      UpdateFigures updates, Objective objective, double learningRate) {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("policy/loss", updates.mean(Figure.LOSS));
    figures.put("policy/entropy", updates.mean(Figure.ENTROPY));
    figures.put("policy/kl_old", updates.mean(Figure.KL_OLD));
    figures.put("policy/kl_old_k1", updates.mean(Figure.KL_OLD_K1));
    figures.put(
        "policy/kl_ref",
        objective.needsReference() ? updates.mean(Figure.KL_REFERENCE) : Double.NaN);
    figures.put("policy/clip_frac", updates.mean(Figure.CLIPPED_LOW, Figure.CLIPPED_HIGH));
    figures.put("policy/clip_frac_low", updates.mean(Figure.CLIPPED_LOW));
    figures.put("policy/clip_frac_high", updates.mean(Figure.CLIPPED_HIGH));
    figures.put("policy/clip_frac_dual", updates.mean(Figure.CLIPPED_DUAL));
    figures.put(
        "policy/cispo_clip_frac",
        objective.policy().surrogate() == Surrogate.CISPO
            ? updates.mean(Figure.CAPPED_GOOD)
            : Double.NaN);
    figures.put("policy/grad_norm", updates.mean(Figure.GRADIENT_NORM));
    figures.put("lr", learningRate);
    return figures;
  }

  /** Metrics of the advantages. */
  public static Map<String, Double> ofAdvantages(TokenBatch batch) {
    Map<String, Double> figures = new LinkedHashMap<>();
    spread(figures, "advantage", batch.advantage, true);
    return figures;
  }

  /** Metrics of the critic; NaN if there is none. */
  public static Map<String, Double> ofCritic(TokenBatch batch, UpdateFigures updates) {
    double[] values = batch.value == null ? new double[0] : batch.value;
    double[] targets = batch.target == null ? new double[0] : batch.target;
    double[] errors = new double[values.length];
    Arrays.setAll(errors, row -> targets[row] - values[row]);
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("critic/loss", updates.mean(Figure.CRITIC_LOSS));
    figures.put("critic/value_mean", mean(values, v -> v));
    figures.put("critic/return_mean", mean(targets, r -> r));
    figures.put("critic/explained_variance", explained(errors, targets));
    figures.put("critic/clip_frac", updates.mean(Figure.CRITIC_CLIPPED));
    figures.put("critic/grad_norm", updates.mean(Figure.CRITIC_GRADIENT_NORM));
    return figures;
  }

  /** NaN if all targets are equal up to rounding. */
  private static double explained(double[] errors, double[] targets) {
    double scale = mean(targets, r -> r * r);
    double variance = variance(targets);
    return variance <= ROUNDING * scale ? Double.NaN : 1 - variance(errors) / variance;
  }

  private static double variance(double[] values) {
    double mean = mean(values, v -> v);
    return mean(values, v -> (v - mean) * (v - mean));
  }

  /**
   * Metrics of the importance weights of the policy before the update over the sampler: they differ
   * from 1 by rounding and by the two implementations. Completions from elsewhere do not count.
   *
   * @param loss its floor and cap bound extreme weights
   * @param correction its rejections
   */
  public static Map<String, Double> ofWeights(
      TokenBatch batch, PolicyLoss loss, RolloutCorrection correction) {
    double low = loss.rolloutFloor() > 0 ? loss.rolloutFloor() : LOW;
    double high = loss.rolloutCap() < Double.POSITIVE_INFINITY ? loss.rolloutCap() : HIGH;
    double[] logs = new double[batch.rows()];
    double chi2Sequence = 0;
    int count = 0;
    int sequences = 0;
    int row = 0;
    for (int length : batch.lengths) {
      if (!batch.offPolicy[row]) {
        double sum = 0;
        for (int t = row; t < row + length; t++) {
          logs[count] = batch.oldLogprob[t] - batch.rolloutLogprob[t];
          sum += logs[count++];
        }
        chi2Sequence += Math.expm1(2 * sum);
        sequences++;
      }
      row += length;
    }
    logs = Arrays.copyOf(logs, count);
    double[] weights = Arrays.stream(logs).map(Math::exp).toArray();
    Map<String, Double> figures = new LinkedHashMap<>();
    spread(figures, "is/weight", weights, false);
    double sum = Arrays.stream(weights).sum();
    double squares = Arrays.stream(weights).map(w -> w * w).sum();
    figures.put("is/ess", sum * sum / (count * squares));
    figures.put("is/frac_high", mean(weights, w -> w > high ? 1 : 0));
    figures.put("is/frac_low", mean(weights, w -> w < low ? 1 : 0));
    boolean[] sampled = batch.sampledRows();
    Sequences rows = batch.sequences().masked(sampled);
    boolean[] accepted = correction.accepted(rows, batch.oldLogprob, batch.rolloutLogprob);
    double rejected = 0;
    double touched = 0;
    for (int i = 0; i < rows.count(); i++) {
      double ofSequence = 0;
      for (int t = rows.begin(i); t < rows.end(i); t++) {
        ofSequence += sampled[t] && !accepted[t] ? 1 : 0;
      }
      rejected += ofSequence;
      touched += ofSequence > 0 ? 1 : 0;
    }
    figures.put("is/rejected_frac", rejected / count);
    figures.put("is/rejected_seq_frac", touched / sequences);
    figures.put("is/kl", mean(logs, log -> -log));
    figures.put("is/k3_kl", mean(logs, log -> Math.expm1(log) - log));
    figures.put("is/chi2_token", squares / count - 1);
    figures.put("is/chi2_seq", chi2Sequence / sequences);
    figures.put("is/logprob_diff_mean", mean(logs, Math::abs));
    figures.put("is/logprob_diff_max", Arrays.stream(logs).map(Math::abs).max().orElse(Double.NaN));
    return figures;
  }

  /**
   * Metrics of the time of a step.
   *
   * @param rows tokens of its updates
   */
  public static Map<String, Double> ofTimes(StepClock clock, PolicyKernels kernels, int rows) {
    Map<String, Double> figures = new LinkedHashMap<>();
    for (Phase phase : Phase.values()) {
      if (phase != Phase.EVAL) {
        figures.put("time/" + phase.id() + "_s", clock.seconds(phase));
      }
    }
    double update =
        clock.seconds(Phase.LOGITS)
            + clock.seconds(Phase.KERNEL)
            + clock.seconds(Phase.BACKWARD)
            + clock.seconds(Phase.OPTIMIZER);
    figures.put("time/update_s", update);
    figures.put("time/step_s", clock.total());
    figures.put("perf/tokens_per_s", rows / clock.total());
    kernels
        .nanos()
        .forEach(
            (operation, nanos) -> figures.put("kernel/" + operation + "/device_ms", nanos / 1e6));
    figures.put("perf/kernel_share", clock.seconds(Phase.KERNEL) / clock.total());
    return figures;
  }

  private static double mean(double[] values, DoubleUnaryOperator of) {
    return Arrays.stream(values).map(of).average().orElse(Double.NaN);
  }

  /** Mean, standard deviation (ddof 1), smallest and largest. */
  private static void spread(
      Map<String, Double> figures, String name, double[] values, boolean scoped) {
    DoubleSummaryStatistics all = Arrays.stream(values).summaryStatistics();
    double mean = values.length == 0 ? Double.NaN : all.getAverage();
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    String prefix = name + (scoped ? "/" : "_");
    figures.put(prefix + "mean", mean);
    figures.put(prefix + "std", Math.sqrt(squares / (values.length - 1)));
    figures.put(prefix + "min", values.length == 0 ? Double.NaN : all.getMin());
    figures.put(prefix + "max", values.length == 0 ? Double.NaN : all.getMax());
  }

  private static int count(boolean[] values) {
    int count = 0;
    for (boolean value : values) {
      count += value ? 1 : 0;
    }
    return count;
  }
}
