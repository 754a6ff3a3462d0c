package org.leash.reference;

/**
 * A number with its derivative with respect to one variable, for forward-mode automatic
 * differentiation (Wengert, Communications of the ACM 7, 1964).
 *
 * <p>At a kink, the derivative is that of the unclipped side: {@link #clip} has slope 1 at its
 * bounds, and {@link #min} and {@link #max} return {@code this} if both are equal.
 */
record Dual(double value, double slope) {

  static Dual constant(double value) {
    return new Dual(value, 0.0);
  }

  static Dual variable(double value) {
    return new Dual(value, 1.0);
  }

  /** The same value as a constant: a stopped gradient. */
  Dual stopped() {
    return constant(value);
  }

  /** This value with the derivative of another number. */
  Dual withSlopeOf(Dual other) {
    return new Dual(value, other.slope);
  }

  Dual plus(Dual other) {
    return new Dual(value + other.value, slope + other.slope);
  }

  Dual minus(Dual other) {
    return plus(other.times(-1.0));
  }

  Dual times(double factor) {
    return new Dual(value * factor, slope * factor);
  }

  Dual times(Dual other) {
    return new Dual(value * other.value, slope * other.value + value * other.slope);
  }

  Dual exp() {
    double power = Math.exp(value);
    return new Dual(power, power * slope);
  }

  /** exp(x) − 1 to full precision near 0. */
  Dual expm1() {
    return new Dual(Math.expm1(value), Math.exp(value) * slope);
  }

  /** 1 / (1 + exp(−x)). */
  Dual sigmoid() {
    double gate = 1.0 / (1.0 + Math.exp(-value));
    double rest = 1.0 / (1.0 + Math.exp(value));
    return new Dual(gate, gate * rest * slope);
  }

  /** Clamps to [low, high]; constant outside. */
  Dual clip(double low, double high) {
    return value < low ? constant(low) : value > high ? constant(high) : this;
  }

  Dual min(Dual other) {
    return other.value < value ? other : this;
  }

  Dual max(Dual other) {
    return other.value > value ? other : this;
  }
}
