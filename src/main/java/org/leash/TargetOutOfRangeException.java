package org.leash;

/**
 * A target was not a token of the vocabulary. Thrown after the call has completed: the rows
 * concerned are NaN, all others as usual.
 */
public final class TargetOutOfRangeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message names the first such target and the number of rows concerned
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
   * @param rows how many rows are concerned
   */
  public static TargetOutOfRangeException of(long row, int target, long vocab, long rows) {
    return new TargetOutOfRangeException(
        "target[%d] = %d is outside [0, %d); its row is NaN (rows with such a target: %d)"
            .formatted(row, target, vocab, rows));
  }
}
