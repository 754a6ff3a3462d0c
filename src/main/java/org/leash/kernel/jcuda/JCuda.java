package org.leash.kernel.jcuda;

import jcuda.driver.JCudaDriver;

/** Whether JCuda and the CUDA driver are available; tested once, on first use. */
final class JCuda {
  private static final String REMEDY =
      "; put org.jcuda:jcuda:12.6.0 and org.jcuda:jcuda-natives:12.6.0:linux-x86_64 on the class"
          + " path, on a machine with NVIDIA's driver";

  private static final String UNAVAILABLE = probe();

  private JCuda() {}

  /** Why JCuda is unavailable, with the remedy; "" if it is available. */
  static String unavailable() {
    return UNAVAILABLE;
  }

  private static String probe() {
    try {
      return Probe.initialise();
    } catch (LinkageError e) {
      // Only the first line names the missing library; the others are advice for JCuda's
      // developers.
      String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      return "JCuda cannot be loaded ("
          + e.getClass().getSimpleName()
          + ": "
          + first
          + ")"
          + REMEDY;
    }
  }

  /** Separate, so that the outer class loads without JCuda. */
  private static final class Probe {
    static String initialise() {
      int result = JCudaDriver.cuInit(0);
      return result == 0 ? "" : "cuInit: " + JCudaCalls.describe(result) + REMEDY;
    }
  }
}
