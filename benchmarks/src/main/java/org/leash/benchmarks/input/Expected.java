package org.leash.benchmarks.input;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.leash.benchmarks.plan.Contract;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.device.DType;

/**
 * The reference's results for a case, and their comparison with a contender's.
 *
 * <p>Per-row outputs are compared in all rows, matrices in as many evenly spaced rows as hold
 * {@value #MATRIX_BUDGET} logits, the first and the last among them. Errors are relative to max(1,
 * |reference|) for a per-row output and to the row's largest |reference| for a matrix; in half
 * precision, one rounding of the reference is allowed on top.
 */
public final class Expected {
  /** Accuracy required of a contender to be timed. */
  public enum Tolerance {
    /** This library's promise: 1e-5. */
    OURS(1e-5, 1e-5),

    /**
     * Enough to show that a peer computes the same: 1e-4, and 1e-3 in a matrix, relative to the
     * row's weight if that is larger. Plain f32 sums of 100,000 terms are no more accurate, and a
     * gradient through exp(logprob) loses 1 − p for p near 1.
     */
    PEERS(1e-4, 1e-3);

    private final double columns;
    private final double matrix;

    Tolerance(double columns, double matrix) {
      this.columns = columns;
      this.matrix = matrix;
    }

    /** Of a per-row output, relative to max(1, |reference|). */
    public double columns() {
      return columns;
    }

    /** Of a matrix, relative to the row's largest |reference|. */
    public double matrix() {
      return matrix;
    }
  }

  private static final int MATRIX_BUDGET = 1 << 24;

  private final KernelCase kernelCase;
  private final Inputs inputs;
  private final int[] matrixRows;
  private final double[][] matrix;

  private Expected(KernelCase kernelCase, Inputs inputs) {
    this.kernelCase = kernelCase;
    this.inputs = inputs;
    int rows =
        kernelCase.contract().writesMatrix()
            ? Math.clamp(MATRIX_BUDGET / kernelCase.vocab(), 1, kernelCase.rows())
            : 0;
    matrixRows = new int[rows];
    for (int i = 0; i < rows; i++) {
      matrixRows[i] = rows == 1 ? 0 : (int) ((long) i * (kernelCase.rows() - 1) / (rows - 1));
    }
    matrix = new double[rows][];
    IntStream.range(0, rows).parallel().forEach(i -> matrix[i] = matrixRow(matrixRows[i]));
  }

  /**
   * Computes the reference for a case.
   *
   * @param inputs of the case, or of one with more rows
   */
  public static Expected of(KernelCase kernelCase, Inputs inputs) {
    return new Expected(kernelCase, inputs);
  }

  private double[] matrixRow(int row) {
    return kernelCase.contract() == Contract.LOG_SOFTMAX
        ? inputs.reference(row).logSoftmax()
        : inputs.gradient(row);
  }

  private double column(String name, int row) {
    return switch (name) {
      case "logprob" -> inputs.logprob(row);
      case "entropy" -> inputs.entropy(row);
      case "loss" -> inputs.outcome(row).loss();
      default -> throw new IllegalArgumentException("no reference for the output '" + name + "'");
    };
  }

  /** Compares every output of the contract. */
  public List<Check> compare(Outputs outputs, Tolerance tolerance) {
    List<Check> checks = new ArrayList<>();
    for (String name : kernelCase.contract().columns()) {
      checks.add(compareColumn(name, outputs, tolerance));
    }
    if (kernelCase.contract().writesMatrix()) {
      checks.add(compareMatrix(outputs, tolerance));
    }
    return checks;
  }

  private Check compareColumn(String name, Outputs outputs, Tolerance tolerance) {
    Errors errors = new Errors(DType.F32, tolerance.columns);
    for (int row = 0; row < kernelCase.rows(); row++) {
      double reference = column(name, row);
      errors.add(outputs.column(name, row), reference, Math.max(1, Math.abs(reference)));
    }
    return errors.check(name, kernelCase.rows());
  }

  private Check compareMatrix(Outputs outputs, Tolerance tolerance) {
    Errors errors = new Errors(kernelCase.dtype(), tolerance.matrix);
    float[] values = new float[inputs.vocab()];
    for (int i = 0; i < matrixRows.length; i++) {
      outputs.matrixRow(matrixRows[i], values);
      double scale =
          tolerance == Tolerance.PEERS ? inputs.columns().weight().get(matrixRows[i]) : 0;
      for (double reference : matrix[i]) {
        scale = Math.max(scale, Math.abs(reference));
      }
      for (int j = 0; j < values.length; j++) {
        errors.add(values[j], matrix[i][j], scale);
      }
    }
    return errors.check(kernelCase.contract().matrix(), matrixRows.length);
  }

  /** Accumulates errors; NaN counts as the largest. */
  private static final class Errors {
    private final double bound;
    private final double relativeRounding;
    private final double absoluteRounding;
    private double largest;
    private double largestRelative;
    private double sum;
    private long count;
    private boolean passed = true;

    /** Half a unit in the last place; that of f32 is part of the tolerance. */
    Errors(DType dtype, double bound) {
      this.bound = bound;
      relativeRounding =
          switch (dtype) {
            case F32 -> 0;
            case BF16 -> 0x1p-8;
            case F16 -> 0x1p-11;
          };
      absoluteRounding = dtype == DType.F16 ? 0x1p-25 : 0;
    }

    void add(double value, double reference, double scale) {
      double error = value - reference;
      double size = Math.abs(error);
      double rounding = Math.max(relativeRounding * Math.abs(reference), absoluteRounding);
      double allowed = bound * scale + rounding;
      passed &= size <= allowed;
      largest = Math.max(largest, size);
      largestRelative = Math.max(largestRelative, scale > 0 ? size / scale : size);
      sum += error;
      count++;
    }

    Check check(String output, int rows) {
      return new Check(output, rows, largest, largestRelative, sum / count, bound, passed);
    }
  }
}
