package org.leash.training;

import java.lang.foreign.MemorySegment;

/**
 * Weights that give every context a row of logits over the vocabulary, and the way back from the
 * gradient of those rows to that of the weights. Not thread-safe.
 */
public interface Policy {
  /** Logits of a row. */
  int vocab();

  /** The weights; not a copy: optimisers change them. */
  double[] weights();

  /**
   * Writes the logits of rows [from, to) as f32, row-major and without padding.
   *
   * @param logits from its start, at least {@code (to − from) · vocab} floats
   */
  void logits(Contexts contexts, int from, int to, MemorySegment logits);

  /**
   * Adds to the gradient of the weights what the gradient of the logits of rows [from, to) makes of
   * it.
   *
   * @param logitsGradient as {@link #logits} lays them out
   * @param gradient one for each weight
   */
  void backward(
      Contexts contexts, int from, int to, MemorySegment logitsGradient, double[] gradient);
}
