package org.leash.loss;

/**
 * Differences of log-probabilities for the terms of a loss. They are clamped to [−20, 20], have no
 * gradient where clamped, and are 0 between equal log-probabilities, including infinite ones.
 */
public final class LogRatio {
  private static final double LARGEST = 20.0;

  /** Exact, and so large that no sum over a response overflows. */
  private static final double FINITE = 0x1p960;

  private LogRatio() {}

  /** {@code logprob − base}, clamped. */
  public static double of(double logprob, double base) {
    return clamp(difference(logprob, base));
  }

  /** {@code logprob − base}; 0 between equal infinities. */
  public static double difference(double logprob, double base) {
    return logprob == base ? 0.0 : logprob - base;
  }

  /** {@code logprob − base}, at most 2⁹⁶⁰ in size, so that sums over a response are finite. */
  public static double finite(double logprob, double base) {
    return Math.clamp(difference(logprob, base), -FINITE, FINITE);
  }

  /** The difference, clamped to [−20, 20]. */
  public static double clamp(double difference) {
    return Math.clamp(difference, -LARGEST, LARGEST);
  }

  /** Derivative of {@link #clamp}. */
  public static double slope(double difference) {
    return isClamped(difference) ? 0.0 : 1.0;
  }

  /** Whether the difference lies outside [−20, 20]. */
  public static boolean isClamped(double difference) {
    return Math.abs(difference) > LARGEST;
  }
}
