package org.leash.training.algorithm;

import java.util.Arrays;
import java.util.Map;
import org.leash.training.policy.Optimizer;
import org.leash.training.record.Checkpoint;

/** Weights, the gradient of a loss, and the optimizer that follows it. Not thread-safe. */
final class Descent {
  private final double[] weights;
  private final double[] gradient;
  private final double maxNorm;
  private final Optimizer optimizer;
  private final String prefix;

  /**
   * A descent before its first step.
   *
   * @param weights updated in place
   * @param prefix of the names of the optimizer's state in a checkpoint
   */
  Descent(double[] weights, UpdateConfig config, String prefix) {
    this.weights = weights;
    this.gradient = new double[weights.length];
    this.maxNorm = config.maxGradientNorm();
    this.optimizer = Optimizer.named(config.optimizer(), weights.length);
    this.prefix = prefix;
  }

  /** The gradient, zeroed, for a loss to add to. */
  double[] cleared() {
    Arrays.fill(gradient, 0);
    return gradient;
  }

  /**
   * Clips the gradient to its largest norm and steps along it.
   *
   * @return its L2 norm before clipping
   */
  double step(double learningRate) {
    double squares = 0;
    for (double g : gradient) {
      squares += g * g;
    }
    double norm = Math.sqrt(squares);
    if (norm > maxNorm) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] *= maxNorm / norm;
      }
    }
    optimizer.step(weights, gradient, learningRate);
    return norm;
  }

  /** Adds the state of the optimizer. */
  void save(Map<String, double[]> optimizers) {
    optimizer.state().forEach((name, values) -> optimizers.put(prefix + name, values));
  }

  /** Restores the state that {@link #save} added. */
  void restore(Map<String, double[]> optimizers) {
    optimizer.state().forEach((name, values) -> Checkpoint.copy(optimizers, prefix + name, values));
  }
}
