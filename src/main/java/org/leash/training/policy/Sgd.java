package org.leash.training.policy;

import java.util.Map;

/** Plain gradient descent: w ← w − η g. */
public final class Sgd implements Optimizer {
  @Override
  public void step(double[] weights, double[] gradient, double learningRate) {
    for (int i = 0; i < weights.length; i++) {
      weights[i] -= learningRate * gradient[i];
    }
  }

  @Override
  public Map<String, double[]> state() {
    return Map.of();
  }
}
