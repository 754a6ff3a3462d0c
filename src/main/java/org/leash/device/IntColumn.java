package org.leash.device;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.leash.binding.Elements;

/** One int per row: the sampled tokens. */
public final class IntColumn extends Buffer {
  static final int BYTES = 4;

  IntColumn(Place place, long rows) {
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
  public static IntColumn wrap(MemorySegment memory, long rows) {
    return new IntColumn(Place.wrap(memory, Place.bytes(rows, BYTES), BYTES), rows);
  }

  /**
   * A column in a Java array, for Java variants only.
   *
   * @throws IllegalArgumentException values is null
   */
  public static IntColumn wrap(int[] values) {
    if (values == null) {
      throw new IllegalArgumentException("values is null; pass an array with one int per row");
    }
    return wrap(MemorySegment.ofArray(values), values.length);
  }

  /** The value of one row. */
  public int get(long row) {
    return Elements.getInt(memory(), checkRow(row) * BYTES);
  }

  /** Sets the value of one row. */
  public void set(long row, int value) {
    Elements.setInt(memory(), checkRow(row) * BYTES, value);
  }

  /**
   * Sets all rows.
   *
   * @param values one per row
   */
  public void copyFrom(int[] values) {
    checkCount(values.length, rows());
    write(0, MemorySegment.ofArray(values));
  }

  /** The values of all rows. */
  public int[] toArray() {
    int[] values = new int[count(rows())];
    read(0, MemorySegment.ofArray(values));
    return values;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "int column [%d]", rows());
  }
}
