package org.leash.loss;

/** The treatment of a rollout weight w = exp(oldLogprob − rolloutLogprob) outside [floor, cap]. */
public enum Rollout {
  /** The nearer bound. Ionides, Journal of Computational and Graphical Statistics 17 (2008). */
  TRUNCATE,
  /** 0: the token has no surrogate. IcePop (2025), arXiv 2510.18855. */
  MASK;

  /** Whether a weight is out of bounds. */
  public static boolean isOutside(double w, double floor, double cap) {
    return w < floor || w > cap;
  }

  /** The factor of the surrogate, a constant for the gradient. */
  public double weight(double w, double floor, double cap) {
    return this == MASK && isOutside(w, floor, cap) ? 0.0 : Math.clamp(w, floor, cap);
  }
}
