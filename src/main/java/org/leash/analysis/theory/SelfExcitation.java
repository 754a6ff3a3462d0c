package org.leash.analysis.theory;

/**
 * Self-excitation of temporal-difference learning of a value function: SEEM, arXiv 2310.04411. With
 * φ(X) the gradients of Q at the data X = (s, a), and φ(X*) the gradients at X* = (s', π(s')), a
 * small semi-gradient step of size η changes the errors u of the data by η A u, with
 *
 * <pre>A = (γ φ(X*) − φ(X)) φ(X)ᵀ</pre>
 *
 * <p>The errors grow without bound if the largest real part of A's eigenvalues is positive.
 */
public final class SelfExcitation {
  private static final int SQUARINGS = 40;
  private static final int TAYLOR_TERMS = 20;

  private SelfExcitation() {}

  /**
   * The matrix A.
   *
   * @param at gradients at X: one row per datum, one column per parameter
   * @param next gradients at X*, of the same shape
   * @param gamma the discount
   */
  public static double[][] matrix(double[][] at, double[][] next, double gamma) {
    double[][] a = new double[at.length][at.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a.length; j++) {
        for (int p = 0; p < at[j].length; p++) {
          a[i][j] += (gamma * next[i][p] - at[i][p]) * at[j][p];
        }
      }
    }
    return a;
  }

  /** The largest real part of A's eigenvalues relative to A's Frobenius norm; scale-invariant. */
  public static double normalised(double[][] a) {
    double norm = norm(a);
    return norm == 0 ? 0 : largestRealPart(a) / norm;
  }

  /**
   * The largest real part of a square matrix's eigenvalues, as the growth rate of exp(A t): log
   * ‖exp(A)^(2^k)‖ / 2^k, exact to about 1e-11 of the norm.
   */
  public static double largestRealPart(double[][] a) {
    double scale = norm(a);
    if (scale == 0) {
      return 0;
    }
    double[][] power = exponential(scaled(a, 1 / scale));
    double log = 0; // of the factors divided out of exp(A / scale)^(2^k), over 2^k
    double share = 1;
    for (int k = 0; k < SQUARINGS; k++) {
      double norm = norm(power);
      log += share * Math.log(norm);
      power = scaled(power, 1 / norm);
      power = product(power, power);
      share /= 2;
    }
    return scale * (log + share * Math.log(norm(power)));
  }

  /** exp(A) by its Taylor series, for a norm of at most 1. */
  private static double[][] exponential(double[][] a) {
    int n = a.length;
    double[][] sum = new double[n][n];
    double[][] term = new double[n][n];
    for (int i = 0; i < n; i++) {
      sum[i][i] = 1;
      term[i][i] = 1;
    }
    for (int k = 1; k <= TAYLOR_TERMS; k++) {
      term = scaled(product(term, a), 1.0 / k);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          sum[i][j] += term[i][j];
        }
      }
    }
    return sum;
  }

  private static double[][] product(double[][] a, double[][] b) {
    int n = a.length;
    double[][] c = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < n; k++) {
        for (int j = 0; j < n; j++) {
          c[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return c;
  }

  private static double[][] scaled(double[][] a, double by) {
    double[][] scaled = new double[a.length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a.length; j++) {
        scaled[i][j] = a[i][j] * by;
      }
    }
    return scaled;
  }

  private static double norm(double[][] a) {
    double squares = 0;
    for (double[] row : a) {
      for (double value : row) {
        squares += value * value;
      }
    }
    return Math.sqrt(squares);
  }
}
