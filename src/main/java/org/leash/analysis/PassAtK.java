package org.leash.analysis;

import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;

/**
 * The probability that at least one of k samples of a problem is correct, estimated without bias
 * from n ≥ k samples, c of them correct (Chen et al., arXiv 2107.03374, equation 1):
 *
 * <pre>pass@k = 1 − C(n − c, k) / C(n, k)</pre>
 *
 * <p>This is the probability that k of the n samples, drawn without replacement, include a correct
 * one. The mean of the best of k drawn <em>with</em> replacement, reported by some trainers under
 * this name, is too low.
 */
public final class PassAtK {
  private PassAtK() {}

  /**
   * The estimate for one problem.
   *
   * @param samples n ≥ 1
   * @param correct c in [0, n]
   * @param k in [1, n]; larger k would need a model of further samples
   * @return in [0, 1]
   */
  public static double estimate(int samples, int correct, int k) {
    if (samples < 1 || correct < 0 || correct > samples) {
      throw new IllegalArgumentException(
          correct
              + " correct of "
              + samples
              + " samples: needs 0 <= correct <= samples, samples >= 1");
    }
    if (k < 1 || k > samples) {
      throw new IllegalArgumentException(
          "k = " + k + " is outside [1, " + samples + "], the samples of the problem");
    }
    if (samples - correct < k) {
      return 1.0;
    }
    // C(n - c, k) / C(n, k) as the product with fewer factors, c or k.
    double miss = 1.0;
    if (correct <= k) {
      for (int i = samples - correct + 1; i <= samples; i++) {
        miss *= (double) (i - k) / i;
      }
    } else {
      for (int i = 0; i < k; i++) {
        miss *= (double) (samples - correct - i) / (samples - i);
      }
    }
    return 1.0 - miss;
  }

  /**
   * The mean over problems.
   *
   * @param correct the count of correct samples: {@link ProblemSamples#correct}, or {@link
   *     ProblemSamples#correctChains} for CoT-pass@k (arXiv 2506.14245), which requires a correct
   *     chain of thought as well
   * @throws IllegalArgumentException there are no problems, or one has fewer than k samples
   */
  public static double mean(
      List<ProblemSamples> problems, ToIntFunction<ProblemSamples> correct, int k) {
    return problems.stream()
        .mapToDouble(problem -> of(problem, correct.applyAsInt(problem), k))
        .average()
        .orElseThrow(() -> new IllegalArgumentException("cannot average pass@k over no problems"));
  }

  /** The estimate for one problem, which errors name. */
  static double of(ProblemSamples problem, int correct, int k) {
    if (k > problem.samples()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "k = %d, but problem %s has %d samples; must be at most %d",
              k,
              problem.problem(),
              problem.samples(),
              problem.samples()));
    }
    return estimate(problem.samples(), correct, k);
  }
}
