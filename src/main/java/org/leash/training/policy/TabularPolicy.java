package org.leash.training.policy;

import java.nio.FloatBuffer;
import org.leash.training.BaseModel;
import org.leash.training.Contexts;
import org.leash.training.PrefixTree;

/**
 * A table of logits, one row for each context: any distribution over completions can be
 * represented, nothing is shared, and everything can be enumerated. The exact counterpart of an
 * autoregressive model.
 */
public final class TabularPolicy implements Policy {
  private final PrefixTree contexts;
  private final double[] weights;

  private TabularPolicy(PrefixTree contexts, double[] weights) {
    this.contexts = contexts;
    this.weights = weights;
  }

  /**
   * Logits of 0: every token equally likely.
   *
   * @throws IllegalArgumentException there are more than 2²⁸ weights
   */
  public TabularPolicy(PrefixTree contexts) {
    this(contexts, contexts.table(contexts.vocab()));
  }

  /**
   * The logits of a base model.
   *
   * @throws IllegalArgumentException there are more than 2²⁸ weights
   */
  public static TabularPolicy of(BaseModel base) {
    TabularPolicy policy = new TabularPolicy(base.contexts());
    int[] prefix = new int[base.contexts().maxLength()];
    for (int prompt = 0; prompt < base.contexts().prompts(); prompt++) {
      policy.fill(base, prompt, prefix, 0, new double[policy.vocab()]);
    }
    return policy;
  }

  private void fill(BaseModel base, int prompt, int[] prefix, int length, double[] row) {
    base.next().logits(prompt, prefix, length, row);
    System.arraycopy(row, 0, weights, offset(prompt, prefix, length), row.length);
    if (length + 1 < prefix.length) {
      for (int token = 0; token < row.length; token++) {
        prefix[length] = token;
        fill(base, prompt, prefix, length + 1, row);
      }
    }
  }

  @Override
  public TabularPolicy copy() {
    return new TabularPolicy(contexts, weights.clone());
  }

  @Override
  public int vocab() {
    return contexts.vocab();
  }

  @Override
  public double[] weights() {
    return weights;
  }

  /**
   * The index of a context's first logit among the weights.
   *
   * @param tokens holds the prefix from 0 to length
   * @param length less than that of a completion
   */
  public int offset(int prompt, int[] tokens, int length) {
    return (int) contexts.context(prompt, tokens, length) * vocab();
  }

  @Override
  public void logits(int prompt, int[] tokens, int length, double[] logits) {
    System.arraycopy(weights, offset(prompt, tokens, length), logits, 0, vocab());
  }

  @Override
  public void logits(Contexts rows, int from, int to, FloatBuffer logits) {
    for (int row = from; row < to; row++) {
      int offset = offset(rows, row);
      for (int a = 0; a < vocab(); a++) {
        logits.put((float) weights[offset + a]);
      }
    }
  }

  @Override
  public void backward(
      Contexts rows, int from, int to, FloatBuffer logitsGradient, double[] gradient) {
    for (int row = from; row < to; row++) {
      int offset = offset(rows, row);
      for (int a = 0; a < vocab(); a++) {
        gradient[offset + a] += logitsGradient.get();
      }
    }
  }

  private int offset(Contexts rows, int row) {
    return (int) contexts.context(rows, row) * vocab();
  }
}
