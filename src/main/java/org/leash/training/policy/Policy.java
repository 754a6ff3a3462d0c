package org.leash.training.policy;

import java.nio.FloatBuffer;
import org.leash.training.Contexts;
import org.leash.training.NextToken;

/**
 * A trainable distribution over completions: weights that give every context a row of logits, and
 * the way back from the gradient of those rows to the gradient of the weights. Not thread-safe.
 */
public interface Policy extends NextToken {
  /** Logits of a row. */
  int vocab();

  /** The weights themselves: optimizers change them. */
  double[] weights();

  /** A policy of the same kind and weights, independent of this one. */
  Policy copy();

  /**
   * Writes the logits of rows [from, to), row-major and without padding.
   *
   * @param logits written from its position on, (to − from) · vocab floats
   */
  void logits(Contexts contexts, int from, int to, FloatBuffer logits);

  /**
   * Backpropagates the gradient of the logits of rows [from, to).
   *
   * @param logitsGradient read from its position on, laid out as by {@link #logits}
   * @param gradient of the weights; added to
   */
  void backward(Contexts contexts, int from, int to, FloatBuffer logitsGradient, double[] gradient);
}
