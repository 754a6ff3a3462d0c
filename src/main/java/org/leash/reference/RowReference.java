package org.leash.reference;

import java.util.Arrays;

/**
 * One row of logits x at temperature T, in double precision. With z_j = x_j / T:
 *
 * <pre>
 *   max        m = max_j z_j
 *   sum        s = Σ_j exp(z_j − m)
 *   lse          = m + log s
 *   mean         = Σ_j exp(z_j − m) (z_j − m) / s          ≤ 0
 *   logprob_j    = (z_j − m) − log s
 *   p_j          = exp(logprob_j)
 *   entropy  H   = log s − mean                            nats
 *   collision    = Σ_j p_j²                                probability of two equal samples
 * </pre>
 *
 * Peaked rows keep their precision: the largest term of s, exactly 1, is excluded from the
 * compensated sum of the others, so that log s = log1p(rest), and 1 − p_j = −expm1(logprob_j).
 *
 * <p>A NaN or +∞ logit, a row of −∞ only, or a temperature that is not finite and positive makes
 * all results NaN. A single −∞ logit has probability 0, contributes nothing, and has gradient 0, or
 * g_lp / T if it is the target.
 */
public final class RowReference {

  private RowReference() {}

  /**
   * Computes the statistics of a row. The array is not copied and must not change while the result
   * is in use.
   *
   * @throws IllegalArgumentException there are no logits
   */
  public static Row of(double[] logits, double temperature) {
    if (logits.length == 0) {
      throw new IllegalArgumentException("logits.length = 0: a row needs at least one logit");
    }
    int largest = 0;
    for (int j = 0; j < logits.length; j++) {
      if (Double.isNaN(logits[j]) || logits[j] > logits[largest]) {
        largest = j;
        if (Double.isNaN(logits[j])) {
          break;
        }
      }
    }
    double maxLogit = logits[largest];
    if (!Double.isFinite(maxLogit)
        || !(temperature > 0.0 && temperature < Double.POSITIVE_INFINITY)) {
      return new Row(logits, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }
    CompensatedSum rest = new CompensatedSum();
    CompensatedSum weighted = new CompensatedSum();
    for (int j = 0; j < logits.length; j++) {
      double shifted = (logits[j] - maxLogit) / temperature;
      double term = Math.exp(shifted);
      if (j != largest && term > 0.0) {
        rest.add(term);
        weighted.add(term * shifted);
      }
    }
    return new Row(
        logits,
        temperature,
        maxLogit,
        Math.log1p(rest.value()),
        weighted.value() / (1.0 + rest.value()));
  }

  /** The statistics of a row and the quantities derived from them. */
  public static final class Row {
    private final double[] logits;
    private final double temperature;
    private final double maxLogit;
    private final double logSum;
    private final double mean;

    private Row(double[] logits, double temperature, double maxLogit, double logSum, double mean) {
      this.logits = logits;
      this.temperature = temperature;
      this.maxLogit = maxLogit;
      this.logSum = logSum;
      this.mean = mean;
    }

    /** The largest logit, before the temperature, as kernels save it for the backward pass. */
    public double maxLogit() {
      return maxLogit;
    }

    /** m, the largest z. */
    public double max() {
      return maxLogit / temperature;
    }

    /** log s. */
    public double logSum() {
      return logSum;
    }

    /** Expectation of z − m under the policy. */
    public double mean() {
      return mean;
    }

    /** H in nats. */
    public double entropy() {
      return logSum - mean;
    }

    /** Log-sum-exp of z. */
    public double lse() {
      return max() + logSum;
    }

    /** Σ p². */
    public double collision() {
      CompensatedSum sum = new CompensatedSum();
      for (int j = 0; j < logits.length; j++) {
        sum.add(Math.exp(2.0 * logprob(j)));
      }
      return sum.value();
    }

    /** z_j − m. */
    public double shifted(int j) {
      return (logits[j] - maxLogit) / temperature;
    }

    /** log p_j. */
    public double logprob(int j) {
      return shifted(j) - logSum;
    }

    /** p_j. */
    public double probability(int j) {
      return Math.exp(logprob(j));
    }

    /** log p_j of every j. */
    public double[] logSoftmax() {
      double[] logprobs = new double[logits.length];
      Arrays.setAll(logprobs, this::logprob);
      return logprobs;
    }

    /**
     * The gradient of a scalar with respect to the logits, from its derivatives with respect to the
     * target's logprob, the entropy and the log-sum-exp:
     *
     * <pre>
     *   ∂logprob_y/∂x_j = (δ_jy − p_j) / T      ∂H/∂x_j = p_j (mean − (z_j − m)) / T      ∂lse/∂x_j = p_j / T
     * </pre>
     *
     * @param target y, in [0, logits); irrelevant if {@code gradLogprob} is 0
     */
    public double[] gradient(int target, double gradLogprob, double gradEntropy, double gradLse) {
      double[] gradient = new double[logits.length];
      for (int j = 0; j < gradient.length; j++) {
        double p = probability(j);
        double throughLogprob = j == target ? -Math.expm1(logprob(j)) : -p;
        double throughEntropy = p == 0.0 ? 0.0 : p * (mean - shifted(j));
        gradient[j] =
            (gradLogprob * throughLogprob + gradEntropy * throughEntropy + gradLse * p)
                / temperature;
      }
      return gradient;
    }
  }

  /** Neumaier's variant of Kahan summation: the error does not grow with the number of terms. */
  private static final class CompensatedSum {
    private double sum;
    private double lost;

    void add(double term) {
      double next = sum + term;
      lost += Math.abs(sum) >= Math.abs(term) ? (sum - next) + term : (term - next) + sum;
      sum = next;
    }

    double value() {
      return sum + lost;
    }
  }
}
