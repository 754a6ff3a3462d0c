package org.leash.loss.advantage;

/** Means and deviations for advantages and batch statistics. */
public final class Moments {
  private Moments() {}

  /** The mean; 0 without values. */
  public static double mean(double[] values) {
    double sum = 0.0;
    for (double value : values) {
      sum += value;
    }
    return values.length == 0 ? 0.0 : sum / values.length;
  }

  /**
   * The variance with {@code ddof} degrees of freedom subtracted from the count; 0 if none are
   * left, and exactly 0 if all values are equal.
   */
  public static double variance(double[] values, int ddof) {
    if (values.length <= ddof || allEqual(values)) {
      return 0.0;
    }
    double mean = mean(values);
    double squares = 0.0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return squares / (values.length - ddof);
  }

  /** The square root of {@link #variance}. */
  public static double deviation(double[] values, int ddof) {
    return Math.sqrt(variance(values, ddof));
  }

  /** Each value minus the mean; exactly 0 if all values are equal. */
  public static double[] centered(double[] values) {
    double mean = allEqual(values) && values.length > 0 ? values[0] : mean(values);
    double[] centered = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      centered[i] = values[i] - mean;
    }
    return centered;
  }

  /** Each value times the factor. */
  public static double[] scaled(double[] values, double factor) {
    double[] scaled = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      scaled[i] = values[i] * factor;
    }
    return scaled;
  }

  private static boolean allEqual(double[] values) {
    for (double value : values) {
      if (value != values[0]) {
        return false;
      }
    }
    return true;
  }
}
