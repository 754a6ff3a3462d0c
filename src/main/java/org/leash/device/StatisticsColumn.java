package org.leash.device;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.leash.binding.Elements;

/**
 * The results of the forward pass for the backward pass, three f32 per row: {@code max}, the
 * largest logit x; and with u = (x − max) / temperature, {@code logSum = log Σ exp(u)} and {@code
 * mean}, the expectation of u under the policy.
 */
public final class StatisticsColumn extends Buffer {
  /** Bytes of one row. */
  public static final int BYTES = 12;

  private static final int MAX = 0;
  private static final int LOG_SUM = 4;
  private static final int MEAN = 8;

  StatisticsColumn(Place place, long rows) {
    super(place, rows);
  }

  /**
   * The statistics of one row.
   *
   * @param max the largest logit
   * @param logSum log Σ exp(u); at least 0
   * @param mean the expectation of u under the policy; at most 0
   */
  public record Row(float max, float logSum, float mean) {}

  /**
   * A column at the start of the caller's memory. The caller keeps the memory open while kernels
   * use it and frees it afterwards.
   *
   * @param memory at least 3 · rows floats, aligned to the float; Java arrays are for Java variants
   *     only
   * @param rows at least 0
   * @throws IllegalArgumentException memory is null, too small or misaligned
   * @throws IllegalStateException the memory has been freed
   */
  public static StatisticsColumn wrap(MemorySegment memory, long rows) {
    return new StatisticsColumn(Place.wrap(memory, Place.bytes(rows, BYTES), Float.BYTES), rows);
  }

  /** The statistics of one row. */
  public Row get(long row) {
    return new Row(max(row), logSum(row), mean(row));
  }

  /** The largest logit of one row. */
  public float max(long row) {
    return Elements.getFloat(memory(), checkRow(row) * BYTES + MAX);
  }

  /** log Σ exp(u) of one row. */
  public float logSum(long row) {
    return Elements.getFloat(memory(), checkRow(row) * BYTES + LOG_SUM);
  }

  /** The expectation of u under the policy, of one row. */
  public float mean(long row) {
    return Elements.getFloat(memory(), checkRow(row) * BYTES + MEAN);
  }

  /** Sets the statistics of one row. */
  public void set(long row, float max, float logSum, float mean) {
    long start = checkRow(row) * BYTES;
    Elements.setFloat(memory(), start + MAX, max);
    Elements.setFloat(memory(), start + LOG_SUM, logSum);
    Elements.setFloat(memory(), start + MEAN, mean);
  }

  /**
   * Sets all rows.
   *
   * @param values max, logSum and mean of each row in turn
   */
  public void copyFrom(float[] values) {
    checkCount(values.length, 3 * rows());
    write(0, MemorySegment.ofArray(values));
  }

  /** max, logSum and mean of each row in turn. */
  public float[] toArray() {
    float[] values = new float[count(3 * rows())];
    read(0, MemorySegment.ofArray(values));
    return values;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "statistics column [%d]", rows());
  }
}
