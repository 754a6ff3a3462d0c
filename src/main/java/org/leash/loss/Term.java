package org.leash.loss;

/** A term of the loss. Reused, so that formulas allocate nothing. */
final class Term {
  double value;

  /** Derivative of the value with respect to logprob. */
  double slope;

  /** {@code PolicyLoss.CLIPPED_*} bits. */
  int flags;

  void set(double value, double slope) {
    set(value, slope, 0);
  }

  void set(double value, double slope, int flags) {
    this.value = value;
    this.slope = slope;
    this.flags = flags;
  }
}
