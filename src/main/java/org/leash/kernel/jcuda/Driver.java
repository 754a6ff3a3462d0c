package org.leash.kernel.jcuda;

import jcuda.driver.JCudaDriver;

/** Results of the driver's functions as exceptions. */
final class Driver {
  private Driver() {}

  /**
   * @param what the function that was called
   * @throws IllegalStateException the driver failed
   */
  static void check(int result, String what) {
    if (result != 0) {
      throw new IllegalStateException(what + ": " + describe(result));
    }
  }

  static String describe(int result) {
    String[] text = {null};
    JCudaDriver.cuGetErrorString(result, text);
    return "CUDA error " + result + " (" + text[0] + ")";
  }
}
