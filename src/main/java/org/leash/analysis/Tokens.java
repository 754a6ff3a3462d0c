package org.leash.analysis;

import java.util.List;

/** Figures of sequences from figures of their tokens. */
public final class Tokens {
  private Tokens() {}

  /**
   * Token entropy of a set of sequences in nats: the mean over sequences of each sequence's mean
   * (section 5.1), so that a long sequence weighs no more than a short one.
   *
   * @param entropies of the full distribution at every position, as {@code token_statistics} gives
   *     them, one array for each sequence
   * @throws IllegalArgumentException there are no sequences, or one is empty
   */
  public static double entropy(List<float[]> entropies) {
    return entropies.stream()
        .mapToDouble(Tokens::mean)
        .average()
        .orElseThrow(() -> new IllegalArgumentException("no sequences have no token entropy"));
  }

  /**
   * Perplexity of a sequence to a model, exp(−mean log-probability) (arXiv 2504.13837).
   *
   * @param logprobs of its tokens
   * @throws IllegalArgumentException the sequence is empty
   */
  public static double perplexity(float[] logprobs) {
    return Math.exp(-mean(logprobs));
  }

  private static double mean(float[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("an empty sequence has no mean over its tokens");
    }
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
