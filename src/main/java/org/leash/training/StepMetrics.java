package org.leash.training;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.Map;

/** The figures of a step under the names that metrics have; NaN where there is nothing to tell. */
final class StepMetrics {
  private StepMetrics() {}

  /** Of what was sampled, before groups are dropped. */
  static Map<String, Double> ofRewards(Experience experience, Task task) {
    Map<String, Double> figures = new LinkedHashMap<>();
    spread(figures, "reward", experience.rewards(), true);
    figures.put(
        "reward/frac_zero_std",
        1 - (double) count(experience.mixed()) / Math.max(1, experience.groups()));
    Rollouts rollouts = experience.rollouts();
    double length = 0;
    double truncated = 0;
    double correct = 0;
    double chains = 0;
    for (int i = 0; i < rollouts.count(); i++) {
      length += rollouts.length(i);
      truncated += rollouts.truncated(i, task) ? 1 : 0;
      correct += rollouts.verdict(i).correct() ? 1 : 0;
      chains += rollouts.verdict(i).correctChain() ? 1 : 0;
    }
    figures.put("reward/accuracy", correct / rollouts.count());
    figures.put("reward/chain_given_answer", chains / correct);
    figures.put("response/len_mean", length / rollouts.count());
    figures.put("response/truncated_frac", truncated / rollouts.count());
    return figures;
  }

  /** Of the updates; all NaN without one. */
  static Map<String, Double> ofUpdates(UpdateFigures updates, double learningRate) {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("policy/loss", updates.loss());
    figures.put("policy/entropy", updates.entropy());
    figures.put("policy/kl_old", updates.klOld());
    figures.put("policy/kl_ref", updates.klReference());
    figures.put("policy/clip_frac", updates.clipped());
    figures.put("policy/clip_frac_low", updates.clippedLow());
    figures.put("policy/clip_frac_high", updates.clippedHigh());
    figures.put("policy/grad_norm", updates.gradientNorm());
    figures.put("lr", learningRate);
    return figures;
  }

  /**
   * Of the weights exp(old − rollout) by which the policy before the update differs from the
   * sampler: what rounding and another implementation of the same policy make.
   */
  static Map<String, Double> ofWeights(TokenBatch batch) {
    Map<String, Double> figures = new LinkedHashMap<>();
    double[] weights = new double[batch.rows()];
    int count = 0;
    for (int row = 0; row < batch.rows(); row++) {
      if (!batch.offPolicy[row]) {
        weights[count++] = Math.exp(batch.oldLogprob[row] - batch.rolloutLogprob[row]);
      }
    }
    double[] sampled = Arrays.copyOf(weights, count);
    spread(figures, "is/weight", sampled, false);
    double sum = Arrays.stream(sampled).sum();
    double squares = Arrays.stream(sampled).map(w -> w * w).sum();
    figures.put("is/ess", sum * sum / (count * squares));
    figures.put("is/chi2_token", squares / count - 1);
    return figures;
  }

  /** Mean, standard deviation (ddof 1), smallest and largest. */
  static void spread(Map<String, Double> figures, String name, double[] values, boolean scoped) {
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
