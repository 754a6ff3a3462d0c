package org.leash.benchmarks.stats;

import java.util.Locale;

/** Quantities as text, with units that fit and no more digits than their intervals justify. */
public final class Quantity {
  private static final String[] TIME_UNITS = {"ns", "µs", "ms", "s"};

  /** Ratio from which a change is a multiple rather than a percentage. */
  private static final double MANY = 2;

  private static final int FEWEST_DIGITS = 2;
  private static final int MOST_DIGITS = 4;

  private Quantity() {}

  /** A time such as {@code 24.9 µs}. */
  public static String time(Estimate nanos) {
    return time(nanos.center(), nanos.halfWidthPct() / 100);
  }

  /**
   * A time.
   *
   * @param relative half width of its interval relative to the time; NaN if unknown
   */
  public static String time(double nanos, double relative) {
    int unit = 0;
    double value = nanos;
    while (value >= 1000 && unit < TIME_UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return significant(value, digits(value, relative)) + " " + TIME_UNITS[unit];
  }

  /** A half width such as {@code ±0.4%}; "" with a single fork. */
  public static String spread(Estimate estimate) {
    double pct = estimate.halfWidthPct();
    if (Double.isNaN(pct)) {
      return "";
    }
    return pct >= 100 ? "±>100%" : "±" + significant(pct, pct >= 10 ? 2 : 1) + "%";
  }

  /** A change such as {@code −7.2 %}, or {@code 3.4×} from a factor of two on. */
  public static String change(TimeRatio effect) {
    double halfWidth = effect.halfWidth();
    double ratio = effect.ratio();
    if (ratio >= MANY) {
      return significant(ratio, digits(ratio, halfWidth)) + "×";
    }
    double pct = 100 * (ratio - 1);
    String text = format(Math.abs(pct), decimals(100 * halfWidth * ratio));
    return (text.matches("[0.]*") ? "" : pct < 0 ? "−" : "+") + text + " %";
  }

  /** An interval of a change in percent, such as {@code [−1.2, +0.4] %}. */
  public static String interval(TimeRatio effect) {
    if (Double.isNaN(effect.halfWidth())) {
      return "";
    }
    int decimals = decimals(100 * effect.halfWidth() * effect.ratio());
    return "[%s, %s] %%"
        .formatted(
            signed(100 * (effect.low() - 1), decimals),
            signed(100 * (effect.high() - 1), decimals));
  }

  /** An absolute log-ratio, such as {@code 1.4 %}. */
  public static String distance(double logarithm) {
    return significant(100 * Math.expm1(logarithm), 2) + " %";
  }

  /** A rate such as {@code 34.9 GB/s}. */
  public static String rate(double value, String unit) {
    return significant(value, 3) + " " + unit;
  }

  private static String signed(double pct, int decimals) {
    return (pct < 0 ? "−" : "+") + format(Math.abs(pct), decimals);
  }

  /** Decimals of a percentage whose interval has some half width. */
  private static int decimals(double halfWidthPct) {
    return Double.isNaN(halfWidthPct) ? 0 : Math.clamp(-place(halfWidthPct), 0, 2);
  }

  /** Digits down to the place that the interval leaves uncertain. */
  private static int digits(double value, double relative) {
    return Double.isNaN(relative)
        ? FEWEST_DIGITS
        : Math.clamp(
            (int) Math.floor(Math.log10(value)) - place(value * relative) + 1,
            FEWEST_DIGITS,
            MOST_DIGITS);
  }

  /** The power of ten of the first digit of an interval's width. */
  private static int place(double halfWidth) {
    return (int) Math.floor(Math.log10(Math.max(2 * halfWidth, 1e-9)));
  }

  /** A positive number rounded to significant digits, without an exponent. */
  public static String significant(double value, int digits) {
    if (!(value > 0)) {
      return "0";
    }
    int magnitude = (int) Math.floor(Math.log10(value));
    double unit = Math.pow(10, magnitude - digits + 1);
    double rounded = Math.round(value / unit) * unit;
    return format(rounded, Math.max(0, digits - 1 - (int) Math.floor(Math.log10(rounded) + 1e-9)));
  }

  private static String format(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
