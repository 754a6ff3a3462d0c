package org.leash.operation;

import org.leash.device.ByteColumn;
import org.leash.device.FloatColumn;
import org.leash.device.Matrix;

/**
 * The arguments common to all operations.
 *
 * @param <S> the class of arguments itself, the result of setters
 */
public abstract non-sealed class RowArguments<S extends RowArguments<S>> implements Arguments {
  private Matrix logits;
  private float temperature = 1f;
  private FloatColumn temperatures;
  private ByteColumn mask;

  /** Arguments without logits, for a {@link Snapshot}. */
  RowArguments() {}

  RowArguments(Matrix logits) {
    logits(logits);
  }

  abstract S self();

  /** Takes over all arguments of another call, reading each of them once. */
  void assign(S other) {
    RowArguments<S> from = other;
    logits = from.logits;
    temperature = from.temperature;
    temperatures = from.temperatures;
    mask = from.mask;
  }

  /** The logits, {@code [rows × vocab]}. */
  @Override
  public final Matrix logits() {
    return logits;
  }

  /**
   * Replaces the logits.
   *
   * @throws IllegalArgumentException logits is null
   */
  public final S logits(Matrix logits) {
    if (logits == null) {
      throw new IllegalArgumentException(
          "logits is null; pass a matrix from a Device or from Matrix.wrap");
    }
    this.logits = logits;
    return self();
  }

  /** Number of rows of the logits. */
  @Override
  public final long rows() {
    return logits.rows();
  }

  /** The temperature of all rows; ignored unless {@link #temperatures()} is null. */
  @Override
  public final float temperature() {
    return temperature;
  }

  /**
   * Sets the temperature of all rows; the default is 1.
   *
   * @param temperature finite and greater than 0
   */
  public final S temperature(float temperature) {
    this.temperature = temperature;
    return self();
  }

  /** A temperature for each row, or null. */
  @Override
  public final FloatColumn temperatures() {
    return temperatures;
  }

  /**
   * Sets a temperature for each row, instead of {@link #temperature()}.
   *
   * @param temperatures finite and greater than 0; any other value makes its row NaN. Null: none
   */
  public final S temperatures(FloatColumn temperatures) {
    this.temperatures = temperatures;
    return self();
  }

  /** 0 for masked rows; null if no row is masked. */
  @Override
  public final ByteColumn mask() {
    return mask;
  }

  /**
   * Sets the mask. Masked rows, including their targets, are not read; their outputs are 0.
   *
   * @param mask 0 for masked rows. Null: no row is masked
   */
  public final S mask(ByteColumn mask) {
    this.mask = mask;
    return self();
  }
}
