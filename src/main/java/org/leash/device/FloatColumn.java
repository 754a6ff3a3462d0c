package org.leash.device;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.leash.binding.Elements;

/** One f32 per row: temperatures, advantages, log-probabilities, losses and the like. */
public final class FloatColumn extends Buffer {
  static final int BYTES = 4;

  FloatColumn(Place place, long rows) {
    super(place, rows);
  }

  /**
   * A column at the start of the caller's memory. The caller keeps the memory open while kernels
   * use it and frees it afterwards.
   *
   * @param memory at least rows elements, aligned to the element; Java arrays are for Java variants
   *     only
   * @param rows at least 0
   * @throws IllegalArgumentException memory is null, too small or misaligned
   * @throws IllegalStateException the memory has been freed
   */
  public static FloatColumn wrap(MemorySegment memory, long rows) {
    return new FloatColumn(Place.wrap(memory, Place.bytes(rows, BYTES), BYTES), rows);
  }

  /**
   * A column in a Java array, for Java variants only.
   *
   * @throws IllegalArgumentException values is null
   */
  public static FloatColumn wrap(float[] values) {
    if (values == null) {
      throw new IllegalArgumentException("values is null; pass an array with one float per row");
    }
    return wrap(MemorySegment.ofArray(values), values.length);
  }

  /** The value of one row. */
  public float get(long row) {
    return Elements.getFloat(memory(), checkRow(row) * BYTES);
  }

  /** Sets the value of one row. */
  public void set(long row, float value) {
    Elements.setFloat(memory(), checkRow(row) * BYTES, value);
  }

  /**
   * Sets all rows.
   *
   * @param values one per row
   */
  public void copyFrom(float[] values) {
    checkCount(values.length, rows());
    write(0, MemorySegment.ofArray(values));
  }

  /** The values of all rows. */
  public float[] toArray() {
    float[] values = new float[count(rows())];
    read(0, MemorySegment.ofArray(values));
    return values;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "float column [%d]", rows());
  }
}
