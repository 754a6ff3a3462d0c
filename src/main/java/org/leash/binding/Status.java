package org.leash.binding;

import org.leash.DeviceLostException;
import org.leash.TargetOutOfRangeException;
import org.leash.UnavailableException;
import org.leash.binding.generated.Leash;

/** Turns the status of a native call into the exception that says what the library had to say. */
public final class Status {
  private Status() {}

  /**
   * Returns when the status is {@code LEASH_OK}. To be called on the thread that made the call.
   *
   * @throws IllegalArgumentException the library refused an argument
   * @throws UnavailableException the device or the variant does not exist on this machine
   * @throws OutOfMemoryError the device has not that much memory
   * @throws TargetOutOfRangeException of a call, after its completion
   * @throws DeviceLostException a GPU failed under an earlier call
   * @throws IllegalStateException the library failed
   */
  public static void check(int status) {
    if (status != Leash.LEASH_OK()) {
      throw failure(status, lastError());
    }
  }

  /** What the last failing call of this thread had to say. */
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
