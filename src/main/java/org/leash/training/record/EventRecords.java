package org.leash.training.record;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Records of a TensorBoard event file, whose name must contain {@code tfevents}: protocol buffers
 * of the message {@code tensorflow.Event} in TFRecord frames,
 *
 * <pre>u64 length, u32 masked CRC-32C of it, data, u32 masked CRC-32C of the data</pre>
 *
 * <p>all little-endian. Scalars are written as {@code simple_value}, which every version reads.
 */
final class EventRecords {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private EventRecords() {}

  /** The first record of a file. */
  static byte[] header(double wallTime) {
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    fixed64(event, 1, Double.doubleToLongBits(wallTime));
    bytes(event, 3, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
    return frame(event.toByteArray());
  }

  /**
   * The scalars of a step; values that are not finite are omitted.
   *
   * @param wallTime seconds since 1970
   */
  static byte[] scalars(double wallTime, long step, Map<String, Double> values) {
    ByteArrayOutputStream summary = new ByteArrayOutputStream();
    values.forEach(
        (tag, value) -> {
          if (Double.isFinite(value)) {
            ByteArrayOutputStream scalar = new ByteArrayOutputStream();
            bytes(scalar, 1, tag.getBytes(StandardCharsets.UTF_8));
            fixed32(scalar, 2, Float.floatToIntBits((float) value.doubleValue()));
            bytes(summary, 1, scalar.toByteArray());
          }
        });
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    fixed64(event, 1, Double.doubleToLongBits(wallTime));
    varint(event, 2 << 3 | VARINT);
    varint(event, step);
    bytes(event, 5, summary.toByteArray());
    return frame(event.toByteArray());
  }

  private static byte[] frame(byte[] data) {
    ByteBuffer frame =
        ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + data.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(data.length);
    frame.putInt(maskedCrc(frame.array(), 0, Long.BYTES)).put(data);
    return frame.putInt(maskedCrc(data, 0, data.length)).array();
  }

  /** The masked checksum of TFRecord. */
  static int maskedCrc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xA282EAD8;
  }

  private static void bytes(ByteArrayOutputStream out, int field, byte[] content) {
    varint(out, field << 3 | BYTES);
    varint(out, content.length);
    out.writeBytes(content);
  }

  private static void fixed64(ByteArrayOutputStream out, int field, long bits) {
    varint(out, field << 3 | FIXED64);
    out.writeBytes(
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(bits).array());
  }

  private static void fixed32(ByteArrayOutputStream out, int field, int bits) {
    varint(out, field << 3 | FIXED32);
    out.writeBytes(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(bits).array());
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long left = value;
    while ((left & ~0x7FL) != 0) {
      out.write((int) ((left & 0x7F) | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }
}
