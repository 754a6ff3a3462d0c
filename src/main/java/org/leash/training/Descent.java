package org.leash.training;

import java.util.Arrays;
import java.util.Map;
import org.leash.training.files.Checkpoint;

/** Weights, the gradient of a loss, and the optimiser that follows it. Not thread-safe. */
final class Descent {
  private final double[] weights;
  private final double[] gradient;
  private final double longest;
  private final Optimizer optimizer;
  private final String prefix;

  /**
   * With the configuration's optimiser and longest gradient.
   *
   * @param weights to be changed
   * @param prefix of the names of the optimiser's state in a checkpoint
   */
  Descent(double[] weights, TrainingConfig config, String prefix) {
    this.weights = weights;
    this.gradient = new double[weights.length];
    this.longest = config.maxGradientNorm();
    this.optimizer = Optimizer.named(config.optimizer(), weights.length);
    this.prefix = prefix;
  }

  /** The gradient, made 0, to be added to. */
  double[] cleared() {
    Arrays.fill(gradient, 0);
    return gradient;
  }

  /**
   * Cuts the gradient to the longest and follows it.
   *
   * @return its L2 norm before
   */
  double step(double learningRate) {
    double squares = 0;
    for (double g : gradient) {
      squares += g * g;
    }
    double norm = Math.sqrt(squares);
    if (norm > longest) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] *= longest / norm;
      }
    }
    optimizer.step(weights, gradient, learningRate);
    return norm;
  }

  /** Adds what the optimiser remembers. */
  void save(Map<String, double[]> optimizers) {
    optimizer.state().forEach((name, values) -> optimizers.put(prefix + name, values));
  }

  /** Goes on where {@link #save} was called. */
  void restore(Map<String, double[]> optimizers) {
    optimizer.state().forEach((name, values) -> Checkpoint.copy(optimizers, prefix + name, values));
  }
}
