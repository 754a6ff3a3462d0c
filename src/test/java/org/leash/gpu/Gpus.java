package org.leash.gpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.leash.UnavailableException;
import org.leash.device.Device;
import org.leash.device.DeviceKind;

/** GPUs for the tests of this package, which run on an emulator or on a machine that has some. */
final class Gpus {
  private Gpus() {}

  /** Skips the test where there is no such GPU. */
  static Device open(int ordinal) {
    try {
      return Device.open(DeviceKind.CUDA, ordinal);
    } catch (UnavailableException e) {
      assumeTrue(false, e.getMessage());
      throw e;
    }
  }
}
