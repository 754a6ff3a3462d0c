package org.leash.cli;

import java.io.PrintWriter;
import org.leash.device.DeviceId;

/**
 * The tests that hold every kernel against the reference, as {@code leash verify} finds them: the
 * library's test jar names its implementation to {@link java.util.ServiceLoader}.
 */
public interface ConformanceSuite {

  /**
   * Runs all tests on one device, once in a process.
   *
   * @param variants names, a trailing * standing for any end
   * @param out gets the failures and a line for each variant
   */
  Outcome run(DeviceId device, String variants, Shapes shapes, PrintWriter out);

  /** How large the problems are. */
  enum Shapes {
    ALL,
    /** Rows of a few thousand: for emulators and sanitizers, which are a hundred times slower. */
    SMALL
  }

  /**
   * The counts of tests.
   *
   * @param passed tests that passed
   * @param failed tests that failed
   * @param skipped tests that do not apply to the device
   */
  record Outcome(long passed, long failed, long skipped) {}
}
