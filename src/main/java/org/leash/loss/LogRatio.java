package org.leash.loss;

/**
 * Differences of log-probabilities as every term takes them: clamped to [−20, 20], without a
 * gradient where they are clamped, and 0 between equal log-probabilities, infinite ones included.
 */
final class LogRatio {
  private static final double LARGEST = 20.0;

  private LogRatio() {}

  /** {@code logprob − base}, clamped. */
  static double of(double logprob, double base) {
    return clamp(difference(logprob, base));
  }

  static double difference(double logprob, double base) {
    return logprob == base ? 0.0 : logprob - base;
  }

  static double clamp(double difference) {
    return Math.clamp(difference, -LARGEST, LARGEST);
  }

  /** Derivative of {@link #clamp}. */
  static double slope(double difference) {
    return isClamped(difference) ? 0.0 : 1.0;
  }

  static boolean isClamped(double difference) {
    return Math.abs(difference) > LARGEST;
  }
}
