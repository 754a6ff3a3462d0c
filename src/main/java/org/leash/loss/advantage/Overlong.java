package org.leash.loss.advantage;

/**
 * DAPO's soft punishment of long responses, added to the reward: 0 up to maxLength − buffer tokens,
 * from there down to −1 at maxLength, −1 beyond. arXiv 2503.14476 (2025), equation 13.
 *
 * @param maxLength 20480 in the paper
 * @param buffer in [1, maxLength]; 4096 in the paper
 */
public record Overlong(int maxLength, int buffer) {
  /** Checks the lengths. */
  public Overlong {
    if (buffer < 1 || buffer > maxLength) {
      throw new IllegalArgumentException(
          "buffer = %d, maxLength = %d: take 1 <= buffer <= maxLength"
              .formatted(buffer, maxLength));
    }
  }

  /** What a response of this length gets on top of its reward. */
  public double reward(int length) {
    double free = maxLength - buffer;
    return -Math.clamp((length - free) / buffer, 0.0, 1.0);
  }
}
