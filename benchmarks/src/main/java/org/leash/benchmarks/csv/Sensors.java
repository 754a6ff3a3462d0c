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

  /** NVML's reasons of heat and power supply: slowdowns and the power brake. */
  private static final long SLOWED = 0x08 | 0x20 | 0x40 | 0x80;

  /** NVML's reason of a power cap. */
  private static final long CAPPED = 0x04;

  /** Whether heat or the power supply slowed the device down. */
  public boolean isSlowed() {
    return throttleBits > 0 && (throttleBits & SLOWED) != 0;
  }

  /** Whether something other than idleness or the user's settings lowered the clock. */
  public boolean isThrottled() {
    return isThrottled(throttleBits);
  }

  /** The same of NVML's reasons alone. */
  public static boolean isThrottled(long throttleBits) {
    return throttleBits > 0 && (throttleBits & (SLOWED | CAPPED)) != 0;
  }

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
