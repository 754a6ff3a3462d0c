package org.leash.binding;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/**
 * Access to elements of memory in native byte order, singly or in runs to and from arrays. Offsets
 * are in bytes and must be multiples of the element size.
 *
 * <p>All methods throw {@link IndexOutOfBoundsException} beyond the end of the memory, and {@link
 * IllegalStateException} after it has been freed.
 */
public final class Elements {
  private Elements() {}

  /** Reads one byte. */
  public static byte getByte(MemorySegment memory, long offset) {
    return memory.get(JAVA_BYTE, offset);
  }

  /** Writes one byte. */
  public static void setByte(MemorySegment memory, long offset, byte value) {
    memory.set(JAVA_BYTE, offset, value);
  }

  /** Reads a 16-bit integer. */
  public static short getShort(MemorySegment memory, long offset) {
    return memory.get(JAVA_SHORT, offset);
  }

  /** Writes a 16-bit integer. */
  public static void setShort(MemorySegment memory, long offset, short value) {
    memory.set(JAVA_SHORT, offset, value);
  }

  /** Reads a 32-bit integer. */
  public static int getInt(MemorySegment memory, long offset) {
    return memory.get(JAVA_INT, offset);
  }

  /** Writes a 32-bit integer. */
  public static void setInt(MemorySegment memory, long offset, int value) {
    memory.set(JAVA_INT, offset, value);
  }

  /** Reads an f32. */
  public static float getFloat(MemorySegment memory, long offset) {
    return memory.get(JAVA_FLOAT, offset);
  }

  /** Writes an f32. */
  public static void setFloat(MemorySegment memory, long offset, float value) {
    memory.set(JAVA_FLOAT, offset, value);
  }

  /** Reads a run of elements into the start of an array. */
  public static void read(MemorySegment memory, long offset, float[] into, int count) {
    MemorySegment.copy(memory, JAVA_FLOAT, offset, into, 0, count);
  }

  /** Reads a run of elements into the start of an array. */
  public static void read(MemorySegment memory, long offset, short[] into, int count) {
    MemorySegment.copy(memory, JAVA_SHORT, offset, into, 0, count);
  }

  /** Writes the first elements of an array. */
  public static void write(float[] from, MemorySegment memory, long offset, int count) {
    MemorySegment.copy(from, 0, memory, JAVA_FLOAT, offset, count);
  }

  /** Writes the first elements of an array. */
  public static void write(short[] from, MemorySegment memory, long offset, int count) {
    MemorySegment.copy(from, 0, memory, JAVA_SHORT, offset, count);
  }
}
