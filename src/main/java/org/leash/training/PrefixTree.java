package org.leash.training;

import java.util.Locale;

/**
 * Numbers the contexts of completions: prompt by prompt, the prefixes shorter than a completion in
 * heap order, in which the child of node n by token a is n · vocab + a + 1. With a single prompt in
 * the tree, all prompts of a task share its contexts.
 */
public final class PrefixTree {
  private static final long MOST_ENTRIES = 1L << 28;

  private final int prompts;
  private final int vocab;
  private final int maxLength;

  /** Prefixes of a prompt; meaningless if there are more than 2⁶³. */
  private final long nodes;

  /**
   * A tree.
   *
   * @param prompts to tell apart; 1 to share the contexts among all
   * @param maxLength the most tokens of a completion
   */
  public PrefixTree(int prompts, int vocab, int maxLength) {
    if (prompts < 1 || vocab < 1 || maxLength < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "prompts = %d, vocab = %d, maxLength = %d: take at least 1 of each",
              prompts,
              vocab,
              maxLength));
    }
    this.prompts = prompts;
    this.vocab = vocab;
    this.maxLength = maxLength;
    long sum = 0;
    for (int length = 0; length < maxLength; length++) {
      sum = sum * vocab + 1;
    }
    this.nodes = sum;
  }

  /** The number of prompts with separate contexts. */
  public int prompts() {
    return prompts;
  }

  /** The number of tokens. */
  public int vocab() {
    return vocab;
  }

  /** The maximum length of a completion, in tokens. */
  public int maxLength() {
    return maxLength;
  }

  /**
   * The number of a context, from 0.
   *
   * @param tokens holds the prefix from 0 to length
   * @param length in [0, maxLength)
   */
  public long context(int prompt, int[] tokens, int length) {
    long node = 0;
    for (int i = 0; i < length; i++) {
      node = node * vocab + tokens[i] + 1;
    }
    return root(prompt) + node;
  }

  /** The number of the context in a row. */
  public long context(Contexts contexts, int row) {
    long node = 0;
    for (int i = 0; i < contexts.length(row); i++) {
      node = node * vocab + contexts.token(row, i) + 1;
    }
    return root(contexts.prompt(row)) + node;
  }

  private long root(int prompt) {
    return prompts == 1 ? 0 : prompt * nodes;
  }

  /**
   * Zeros for every context.
   *
   * @param width entries of a context
   * @throws IllegalArgumentException the table has more than 2²⁸ entries
   */
  public double[] table(int width) {
    double entries = 0;
    double level = (double) prompts * width;
    for (int length = 0; length < maxLength; length++) {
      entries += level;
      level *= vocab;
    }
    if (entries > MOST_ENTRIES) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d prompts with %d tokens up to length %d need %.3g weights, more than %d;"
                  + " take a smaller task",
              prompts,
              vocab,
              maxLength,
              entries,
              MOST_ENTRIES));
    }
    return new double[(int) entries];
  }
}
