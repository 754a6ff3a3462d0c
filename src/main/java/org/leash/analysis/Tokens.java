package org.leash.analysis;

import java.util.List;

/** Statistics of sequences from statistics of their tokens. */
public final class Tokens {
  private Tokens() {}

  /**
   * Token entropy of a set of sequences in nats: the mean over sequences of each sequence's mean
   * (section 5.1), so that a long sequence weighs no more than a short one.
   *
   * @param entropies of the full distribution at every position, as computed by {@code
   *     token_statistics}, one array per sequence
   * @throws IllegalArgumentException there are no sequences, or one is empty
   */
  public static double entropy(List<float[]> entropies) {
    return entropies.stream()
        .mapToDouble(Tokens::mean)
        .average()
        .orElseThrow(
            () -> new IllegalArgumentException("cannot average entropies over no sequences"));
  }

  /**
   * Perplexity of a sequence under a model, exp(−mean log-probability) (arXiv 2504.13837).
   *
   * @param logprobs of its tokens
   * @throws IllegalArgumentException the sequence is empty
   */
  public static double perplexity(float[] logprobs) {
    return Math.exp(-mean(logprobs));
  }

  private static double mean(float[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("cannot average over the tokens of an empty sequence");
    }
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
