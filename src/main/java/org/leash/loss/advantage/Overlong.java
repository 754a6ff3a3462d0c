package org.leash.loss.advantage;

import java.util.Locale;

/**
 * DAPO's soft penalty on long responses, added to the reward: 0 up to maxLength − buffer tokens,
 * falling linearly to −1 at maxLength, and −1 beyond. arXiv 2503.14476 (2025), equation 13.
 *
 * @param maxLength in tokens; 20480 in the paper
 * @param buffer in tokens, in [1, maxLength]; 4096 in the paper
 */
public record Overlong(int maxLength, int buffer) {
  /** Checks the lengths. */
  public Overlong {
    if (buffer < 1 || buffer > maxLength) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "buffer = %d, maxLength = %d: needs 1 <= buffer <= maxLength",
              buffer,
              maxLength));
    }
  }

  /** The amount added to the reward of a response with this many tokens, in [−1, 0]. */
  public double reward(int length) {
    double free = maxLength - buffer;
    return -Math.clamp((length - free) / buffer, 0.0, 1.0);
  }
}
