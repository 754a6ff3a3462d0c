package org.leash;

import java.util.Locale;

/**
 * A target lies outside the vocabulary. Thrown after the call has completed: the affected rows are
 * NaN, all others are correct.
 */
public final class TargetOutOfRangeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * An exception with a message.
   *
   * @param message names the first such target and the number of affected rows
   */
  public TargetOutOfRangeException(String message) {
    super(message);
  }

  /**
   * The exception for a call.
   *
   * @param row the first row whose target is out of range
   * @param target its target
   * @param vocab the size of the vocabulary
   * @param rows the number of affected rows
   */
  public static TargetOutOfRangeException of(long row, int target, long vocab, long rows) {
    return new TargetOutOfRangeException(
        String.format(
            Locale.ROOT,
            "target[%d] = %d is outside [0, %d); its row is NaN (rows with such a target: %d)",
            row,
            target,
            vocab,
            rows));
  }
}
