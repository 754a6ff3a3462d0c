package org.leash.operation;

import org.leash.device.ByteColumn;
import org.leash.device.FloatColumn;
import org.leash.device.Matrix;

/**
 * The arguments that all operations share.
 *
 * @param <S> the class of arguments itself, which setters return
 */
public abstract non-sealed class RowArguments<S extends RowArguments<S>> implements Arguments {
  private Matrix logits;
  private float temperature = 1f;
  private FloatColumn temperatures;
  private ByteColumn mask;

  RowArguments(Matrix logits) {
    logits(logits);
  }

  abstract S self();

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
          "logits is null; pass a matrix of a Device or Matrix.wrap");
    }
    this.logits = logits;
    return self();
  }

  /** Rows of the logits. */
  @Override
  public final long rows() {
    return logits.rows();
  }

  /** The temperature of all rows, where {@link #temperatures()} is null. */
  @Override
  public final float temperature() {
    return temperature;
  }

  /**
   * Sets the temperature of all rows; 1 unless set.
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
   * Sets a temperature for each row, which takes the place of {@link #temperature()}.
   *
   * @param temperatures finite and greater than 0; any other makes its row NaN. Null: none
   */
  public final S temperatures(FloatColumn temperatures) {
    this.temperatures = temperatures;
    return self();
  }

  /** 0 for rows that are not computed, or null when all are. */
  @Override
  public final ByteColumn mask() {
    return mask;
  }

  /**
   * Sets which rows are computed. Masked rows are not read, not even their targets; what they would
   * have produced is 0.
   *
   * @param mask 0 for masked. Null: no row is
   */
  public final S mask(ByteColumn mask) {
    this.mask = mask;
    return self();
  }
}
