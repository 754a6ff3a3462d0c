package org.leash.benchmarks.csv;

/**
 * Sensor readings of a device during a block; NaN, and -1 for the bits, if unknown.
 *
 * @param smClockMhz clock of the multiprocessors
 * @param memClockMhz clock of the memory
 * @param tempC temperature
 * @param powerW power drawn
 * @param throttleBits NVML's reasons for a reduced clock
 */
public record Sensors(
    double smClockMhz, double memClockMhz, double tempC, double powerW, long throttleBits) {
  public static final Sensors NONE =
      new Sensors(Double.NaN, Double.NaN, Double.NaN, Double.NaN, -1);

  /** Sets the known readings in a row of samples. */
  public Row into(Row sample) {
    sample
        .set("sm_clock_mhz", smClockMhz)
        .set("mem_clock_mhz", memClockMhz)
        .set("temp_c", tempC)
        .set("power_w", powerW);
    return throttleBits < 0 ? sample : sample.set("throttle_bits", throttleBits);
  }

  public static Sensors of(Row sample) {
    Sensors sensors =
        new Sensors(
            sample.number("sm_clock_mhz", Double.NaN),
            sample.number("mem_clock_mhz", Double.NaN),
            sample.number("temp_c", Double.NaN),
            sample.number("power_w", Double.NaN),
            sample.has("throttle_bits") ? Long.parseLong(sample.get("throttle_bits")) : -1);
    return sensors.equals(NONE) ? NONE : sensors;
  }
}
