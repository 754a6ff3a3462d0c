package org.leash.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * Takes values to coordinates, and knows which values deserve a tick.
 *
 * @param low value at the coordinate {@code from}
 * @param high value at the coordinate {@code to}
 * @param logarithmic whether equal ratios are equal distances
 * @param label of a tick, by its value
 */
public record Scale(
    double low,
    double high,
    double from,
    double to,
    boolean logarithmic,
    List<Double> ticks,
    DoubleFunction<String> label) {
  private static final double[] STEPS = {1, 2, 5, 10};

  /** Checks the range and copies the ticks. */
  public Scale {
    if (!(low < high) || (logarithmic && !(low > 0))) {
      throw new IllegalArgumentException("no scale from " + low + " to " + high);
    }
    ticks = List.copyOf(ticks);
  }

  /** A linear scale that begins and ends on round values, with some ticks. */
  public static Scale linear(double low, double high, int count) {
    double span = high > low ? high - low : Math.max(Math.abs(high), 1);
    double step = step(span / count);
    double first = Math.floor(low / step + 1e-9) * step;
    double last = Math.max(Math.ceil(high / step - 1e-9) * step, first + step);
    List<Double> ticks = new ArrayList<>();
    for (int i = 0; first + i * step <= last + step / 2; i++) {
      ticks.add(first + i * step);
    }
    int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
    boolean wide = decimals > 4 || Math.max(Math.abs(first), Math.abs(last)) >= 1e6;
    return new Scale(
        first, last, 0, 1, false, ticks, value -> wide ? power(value) : decimal(value, decimals));
  }

  private static double step(double least) {
    double magnitude = Math.pow(10, Math.floor(Math.log10(least)));
    for (double step : STEPS) {
      if (step * magnitude >= least * (1 - 1e-9)) {
        return step * magnitude;
      }
    }
    return 10 * magnitude;
  }

  /**
   * A logarithmic scale with ticks at 1, 2 and 5 times powers of ten, or fewer if there are many.
   */
  public static Scale logarithmic(double low, double high) {
    double least = low * 0.9;
    double most = Math.max(high * 1.1, least * 1.5);
    double decades = Math.log10(most / least);
    List<Double> ticks = new ArrayList<>();
    for (int power = (int) Math.floor(Math.log10(least)); Math.pow(10, power) <= most; power++) {
      for (double digit : decades > 3 ? new double[] {1} : new double[] {1, 2, 5}) {
        double tick = digit * Math.pow(10, power);
        if (tick >= least && tick <= most) {
          ticks.add(tick);
        }
      }
    }
    return new Scale(least, most, 0, 1, true, ticks, Scale::plain);
  }

  private static String decimal(double value, int decimals) {
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return text.startsWith("-") && !text.matches("-[0.]*")
        ? "−" + text.substring(1)
        : text.replace("-", "");
  }

  /** A number too large or too small for digits alone, such as 2.5e−6. */
  private static String power(double value) {
    if (value == 0) {
      return "0";
    }
    String[] parts = String.format(Locale.ROOT, "%.1e", value).replace(".0", "").split("e", -1);
    return (parts[0] + "e" + Integer.parseInt(parts[1])).replace('-', '−');
  }

  /** A number without trailing zeros. */
  static String plain(double value) {
    String text = String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : "%.3g", value);
    return text.contains(".") && !text.contains("e") ? text.replaceAll("0+$|\\.0*$", "") : text;
  }

  /** The same over other coordinates. */
  public Scale over(double start, double end) {
    return new Scale(low, high, start, end, logarithmic, ticks, label);
  }

  /** The same with other ticks. */
  public Scale withTicks(List<Double> values, DoubleFunction<String> said) {
    return new Scale(low, high, from, to, logarithmic, values, said);
  }

  /** The coordinate of a value. */
  public double at(double value) {
    double share =
        logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return from + share * (to - from);
  }

  /** The coordinate of a value, or of the nearer end if it lies outside. */
  public double inside(double value) {
    return at(Math.clamp(value, low, high));
  }
}
