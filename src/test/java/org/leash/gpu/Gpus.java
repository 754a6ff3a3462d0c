package org.leash.gpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.leash.UnavailableException;
import org.leash.device.Device;
import org.leash.device.DeviceKind;

/** GPUs for the tests of this package, emulated or real. */
final class Gpus {
  private Gpus() {}

  /** Opens a GPU; skips the test if there is none. */
  static Device open(int ordinal) {
    try {
      return Device.open(DeviceKind.CUDA, ordinal);
    } catch (UnavailableException e) {
      assumeTrue(false, e.getMessage());
      throw e;
    }
  }
}
