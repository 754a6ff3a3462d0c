package org.leash.training.policy;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101, algorithm 2), with
 * corrected moments m̂ and v̂:
 *
 * <pre>w ← w − η (m̂ / (√v̂ + ε) + λ w)</pre>
 */
public final class AdamW implements Optimizer {
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final double decay;
  private final double[] first;
  private final double[] second;
  private final double[] steps = new double[1];

  /**
   * Moments of 0.
   *
   * @param weights their number
   * @param beta1 in [0, 1)
   * @param beta2 in [0, 1)
   * @param epsilon greater than 0
   * @param decay λ, at least 0
   */
  public AdamW(int weights, double beta1, double beta2, double epsilon, double decay) {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0 && decay >= 0)) {
      throw new IllegalArgumentException(
          "beta1 = %s, beta2 = %s, epsilon = %s, decay = %s: take [0, 1), [0, 1), > 0, >= 0"
              .formatted(beta1, beta2, epsilon, decay));
    }
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.decay = decay;
    this.first = new double[weights];
    this.second = new double[weights];
  }

  @Override
  public void step(double[] weights, double[] gradient, double learningRate) {
    steps[0]++;
    double correction1 = 1 - Math.pow(beta1, steps[0]);
    double correction2 = 1 - Math.pow(beta2, steps[0]);
    for (int i = 0; i < weights.length; i++) {
      first[i] = beta1 * first[i] + (1 - beta1) * gradient[i];
      second[i] = beta2 * second[i] + (1 - beta2) * gradient[i] * gradient[i];
      double direction = first[i] / correction1 / (Math.sqrt(second[i] / correction2) + epsilon);
      weights[i] -= learningRate * (direction + decay * weights[i]);
    }
  }

  @Override
  public Map<String, double[]> state() {
    Map<String, double[]> state = new LinkedHashMap<>();
    state.put("first_moment", first);
    state.put("second_moment", second);
    state.put("steps", steps);
    return state;
  }
}
