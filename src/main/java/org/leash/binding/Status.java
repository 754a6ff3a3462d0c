package org.leash.binding;

import org.leash.DeviceLostException;
import org.leash.TargetOutOfRangeException;
import org.leash.UnavailableException;
import org.leash.binding.generated.Leash;

/** Converts the status of a native call to an exception with the library's message. */
public final class Status {
  private Status() {}

  /**
   * Returns if the status is {@code LEASH_OK}. Must run on the thread that made the call.
   *
   * @throws IllegalArgumentException the library rejected an argument
   * @throws UnavailableException the device or variant does not exist on this machine
   * @throws OutOfMemoryError the device does not have enough memory
   * @throws TargetOutOfRangeException a call has completed with a target out of range
   * @throws DeviceLostException a GPU failed during an earlier call
   * @throws IllegalStateException an internal error of the library
   */
  public static void check(int status) {
    if (status != Leash.LEASH_OK()) {
      throw failure(status, lastError());
    }
  }

  /** The message of this thread's last failed call. */
  public static String lastError() {
    return Leash.leash_last_error().getString(0);
  }

  private static RuntimeException failure(int status, String message) {
    if (status == Leash.LEASH_ERROR_OUT_OF_MEMORY()) {
      throw new OutOfMemoryError(message);
    }
    if (status == Leash.LEASH_ERROR_UNAVAILABLE()) {
      return new UnavailableException(message);
    }
    if (status == Leash.LEASH_ERROR_TARGET_OUT_OF_RANGE()) {
      return new TargetOutOfRangeException(message);
    }
    if (status == Leash.LEASH_ERROR_DEVICE_LOST()) {
      return new DeviceLostException(message);
    }
    if (status == Leash.LEASH_ERROR_INTERNAL()) {
      return new IllegalStateException(message);
    }
    return new IllegalArgumentException(message);
  }
}
