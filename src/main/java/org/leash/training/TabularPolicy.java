package org.leash.training;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A policy with logits of its own for every prefix of every prompt: any distribution over
 * completions can be represented, nothing is shared, and everything can be enumerated. The exact
 * counterpart of an autoregressive model.
 *
 * <p>The prefixes of a prompt are the nodes of a tree, in heap order: the child of node n by token
 * a is {@code n · vocab + a + 1}.
 */
public final class TabularPolicy implements Policy {
  private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;
  private static final long MOST_WEIGHTS = 1L << 28;

  private final int prompts;
  private final int vocab;
  private final int maxLength;
  private final int nodes;
  private final int perPrompt;
  private final double[] weights;

  /**
   * Logits of 0: every token equally likely.
   *
   * @throws IllegalArgumentException the tree has more than 2^28 weights; the message counts them
   */
  public TabularPolicy(int prompts, int vocab, int maxLength) {
    this(prompts, vocab, maxLength, false);
  }

  /** One tree for all prompts: a policy that cannot tell them apart. */
  public static TabularPolicy shared(int vocab, int maxLength) {
    return new TabularPolicy(1, vocab, maxLength, true);
  }

  private TabularPolicy(int prompts, int vocab, int maxLength, boolean shared) {
    if (prompts < 1 || vocab < 1 || maxLength < 1) {
      throw new IllegalArgumentException(
          "prompts = %d, vocab = %d, maxLength = %d: take at least 1 of each"
              .formatted(prompts, vocab, maxLength));
    }
    double all = 0;
    double level = (double) prompts * vocab;
    for (int length = 0; length < maxLength; length++) {
      all += level;
      level *= vocab;
    }
    if (all > MOST_WEIGHTS) {
      throw new IllegalArgumentException(
          "%d prompts with %d tokens up to length %d need %.3g weights, more than %d; take a smaller task"
              .formatted(prompts, vocab, maxLength, all, MOST_WEIGHTS));
    }
    this.prompts = prompts;
    this.vocab = vocab;
    this.maxLength = maxLength;
    this.nodes = (int) (all / prompts / vocab);
    this.perPrompt = shared ? 0 : nodes;
    this.weights = new double[(int) all];
  }

  /** A policy of the same shape with the same weights. */
  public TabularPolicy copy() {
    TabularPolicy copy = new TabularPolicy(prompts, vocab, maxLength, perPrompt == 0);
    System.arraycopy(weights, 0, copy.weights, 0, weights.length);
    return copy;
  }

  @Override
  public int vocab() {
    return vocab;
  }

  /** How many contexts it tells apart. */
  int contexts() {
    return weights.length / vocab;
  }

  /** The number of a context among those, from 0. */
  int index(Contexts contexts, int row) {
    return offset(contexts, row) / vocab;
  }

  /** The most tokens of a completion. */
  public int maxLength() {
    return maxLength;
  }

  @Override
  public double[] weights() {
    return weights;
  }

  /**
   * Where the logits of a context start among the weights.
   *
   * @param tokens holds the prefix from start to start + length
   * @param length in [0, maxLength)
   */
  public int offset(int prompt, int[] tokens, int start, int length) {
    int node = 0;
    for (int i = start; i < start + length; i++) {
      node = node * vocab + tokens[i] + 1;
    }
    return (prompt * perPrompt + node) * vocab;
  }

  /** Probabilities of the tokens after a context, at temperature 1, into an array of vocab. */
  public void probabilities(int offset, double[] probabilities) {
    double max = Double.NEGATIVE_INFINITY;
    for (int a = 0; a < vocab; a++) {
      max = Math.max(max, weights[offset + a]);
    }
    double sum = 0;
    for (int a = 0; a < vocab; a++) {
      probabilities[a] = Math.exp(weights[offset + a] - max);
      sum += probabilities[a];
    }
    for (int a = 0; a < vocab; a++) {
      probabilities[a] /= sum;
    }
  }

  @Override
  public void logits(Contexts contexts, int from, int to, MemorySegment logits) {
    long next = 0;
    for (int row = from; row < to; row++) {
      int offset = offset(contexts, row);
      for (int a = 0; a < vocab; a++) {
        logits.setAtIndex(F32, next + a, (float) weights[offset + a]);
      }
      next += vocab;
    }
  }

  @Override
  public void backward(
      Contexts contexts, int from, int to, MemorySegment logitsGradient, double[] gradient) {
    long next = 0;
    for (int row = from; row < to; row++) {
      int offset = offset(contexts, row);
      for (int a = 0; a < vocab; a++) {
        gradient[offset + a] += logitsGradient.getAtIndex(F32, next + a);
      }
      next += vocab;
    }
  }

  private int offset(Contexts contexts, int row) {
    int node = 0;
    for (int i = 0; i < contexts.length(row); i++) {
      node = node * vocab + contexts.token(row, i) + 1;
    }
    return (contexts.prompt(row) * perPrompt + node) * vocab;
  }
}
