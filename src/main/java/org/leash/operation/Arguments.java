package org.leash.operation;

import org.leash.device.Buffer;
import org.leash.device.ByteColumn;
import org.leash.device.FloatColumn;
import org.leash.device.Matrix;
import org.leash.loss.PolicyLoss;

/**
 * The inputs and outputs of one call of an operation, built by {@code of(logits)} and chained
 * setters:
 *
 * <pre>{@code
 * TokenStatistics.of(logits).targets(targets).logprob(logprob).entropy(entropy)
 * }</pre>
 *
 * <p>Arguments are mutable and reusable; each run checks them as a whole. Not thread-safe: only one
 * thread may set or run them at a time. Every column has one entry per row of the logits. No output
 * may overlap an input or another output, except that an output matrix may be the logits themselves
 * (in place).
 */
public sealed interface Arguments permits RowArguments {
  /** The logits, {@code [rows × vocab]}. */
  Matrix logits();

  /** Number of rows of the logits. */
  long rows();

  /** The temperature of all rows; ignored unless {@link #temperatures()} is null. */
  float temperature();

  /** A temperature for each row, or null. */
  FloatColumn temperatures();

  /** 0 for masked rows, whose outputs are 0; null if no row is masked. */
  ByteColumn mask();

  /**
   * Passes every argument specific to the operation, that is, all except those above, to a visitor:
   * always the same arguments in the same order.
   *
   * @throws IllegalArgumentException no output is set
   */
  void accept(Visitor visitor);

  /**
   * Receives the arguments of an operation under the names of their setters; {@code gradLogprob} is
   * {@code grad_logprob} in the C struct.
   */
  interface Visitor {
    /**
     * An input column.
     *
     * @param required whether this call needs the column; otherwise it may be null
     */
    void input(String name, Buffer column, boolean required);

    /**
     * An output column.
     *
     * @param required whether this call needs the column; otherwise it may be null
     */
    void output(String name, Buffer column, boolean required);

    /**
     * An output matrix of the shape and dtype of the logits, possibly the logits themselves.
     *
     * @param required whether this call needs the matrix; otherwise it may be null
     */
    void outputMatrix(String name, Matrix matrix, boolean required);

    /** The loss; required. */
    void policy(String name, PolicyLoss policy);
  }
}
