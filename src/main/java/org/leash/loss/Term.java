package org.leash.loss;

/** A term of the loss; reused, so that a formula returns three numbers without an object. */
final class Term {
  double value;

  /** Derivative of the value with respect to logprob. */
  double slope;

  /** {@code PolicyLoss.CLIPPED_*}, those that apply. */
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
