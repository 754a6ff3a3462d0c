package org.leash.training.policy;

import java.util.Map;

/** Changes weights by the gradient of a loss that is to become smaller. Not thread-safe. */
public sealed interface Optimizer permits Sgd, AdamW {
  /**
   * One step.
   *
   * @param gradient one for each weight; not changed
   * @param learningRate of this step
   */
  void step(double[] weights, double[] gradient, double learningRate);

  /** Everything it remembers from step to step, by name; not copies. */
  Map<String, double[]> state();

  /**
   * An optimiser by its name.
   *
   * @param name "sgd" or "adamw"
   * @param weights how many there are
   */
  static Optimizer named(String name, int weights) {
    return switch (name) {
      case "sgd" -> new Sgd();
      case "adamw" -> new AdamW(weights, 0.9, 0.999, 1e-8, 0);
      default ->
          throw new IllegalArgumentException(
              "there is no optimiser \"%s\"; take sgd or adamw".formatted(name));
    };
  }
}
