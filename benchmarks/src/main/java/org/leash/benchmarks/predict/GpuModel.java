package org.leash.benchmarks.predict;

import java.util.Locale;

/**
 * What predictions assume of a GPU: data-sheet figures, except for the memory rate, which is about
 * 90 % of the data sheet's.
 */
public enum GpuModel {
  /** H100 SXM. */
  H100(3000, 132, 1.755),
  /** H200 SXM. */
  H200(4300, 132, 1.755),
  /** B200. */
  B200(7200, 148, 1.85);

  private final double gbps;
  private final int multiprocessors;
  private final double gigahertz;

  GpuModel(double gbps, int multiprocessors, double gigahertz) {
    this.gbps = gbps;
    this.multiprocessors = multiprocessors;
    this.gigahertz = gigahertz;
  }

  /** Memory rate in GB/s, reads and writes together. */
  public double gbps() {
    return gbps;
  }

  /** Cycles of a scheduler, of which a multiprocessor has four, per microsecond. */
  double schedulerCyclesPerMicrosecond() {
    return 4.0 * multiprocessors * gigahertz * 1e3;
  }

  /** Microseconds of some cycles. */
  double micros(double cycles) {
    return cycles / gigahertz / 1e3;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
