package org.leash.cli;

import java.io.PrintWriter;
import org.leash.device.DeviceId;

/**
 * The conformance tests of {@code leash verify}, which compare every kernel with the reference. The
 * implementation is in the library's test jar and found by {@link java.util.ServiceLoader}.
 */
public interface ConformanceSuite {

  /**
   * Runs all tests on one device; at most once per process.
   *
   * @param variants comma-separated names; a trailing * matches any suffix
   * @param out receives the failures and one line per variant
   */
  Outcome run(DeviceId device, String variants, Shapes shapes, PrintWriter out);

  /** The sizes of the problems. */
  enum Shapes {
    /** All sizes. */
    ALL,
    /** Rows of a few thousand, for emulators and sanitizers, which are a hundred times slower. */
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
