package org.leash.kernel.jcuda;

import jcuda.driver.JCudaDriver;

/** Whether JCuda and the driver beneath it can be used, found out once and when first asked for. */
final class JCuda {
  private static final String REMEDY =
      "; put org.jcuda:jcuda:12.6.0 and org.jcuda:jcuda-natives:12.6.0:linux-x86_64 on the class"
          + " path, on a machine with NVIDIA's driver";

  private static final String UNAVAILABLE = probe();

  private JCuda() {}

  /** Why it cannot, and the remedy; "" where it can. */
  static String unavailable() {
    return UNAVAILABLE;
  }

  private static String probe() {
    try {
      return Probe.initialise();
    } catch (LinkageError e) {
      // Of several lines the first says what is missing; the rest is advice for JCuda's developers.
      String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      return "JCuda cannot be loaded ("
          + e.getClass().getSimpleName()
          + ": "
          + first
          + ")"
          + REMEDY;
    }
  }

  /** A class of its own, so that one without JCuda's can be loaded and ask. */
  private static final class Probe {
    static String initialise() {
      int result = JCudaDriver.cuInit(0);
      return result == 0 ? "" : "cuInit: " + JCudaCalls.describe(result) + REMEDY;
    }
  }
}
