package org.leash.training.policy;

import java.util.Map;

/** Changes weights to reduce a loss, given its gradient. Not thread-safe. */
public sealed interface Optimizer permits Sgd, AdamW {
  /**
   * One step.
   *
   * @param gradient one for each weight; not changed
   * @param learningRate of this step
   */
  void step(double[] weights, double[] gradient, double learningRate);

  /** Its state by name, not copied: written to and restored from checkpoints. */
  Map<String, double[]> state();

  /**
   * An optimizer by name.
   *
   * @param name "sgd" or "adamw"
   * @param weights their number
   */
  static Optimizer named(String name, int weights) {
    return switch (name) {
      case "sgd" -> new Sgd();
      case "adamw" -> new AdamW(weights, 0.9, 0.999, 1e-8, 0);
      default ->
          throw new IllegalArgumentException(
              "there is no optimizer \"%s\"; take sgd or adamw".formatted(name));
    };
  }
}
