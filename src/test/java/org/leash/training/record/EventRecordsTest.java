package org.leash.training.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Against a reader that shares no code with the writer: its own checksum, bit by bit. */
final class EventRecordsTest {
  @Test
  void checksumMatchesPublishedExamples() {
    // RFC 3720, appendix B.4.
    assertThat(crc32c(new byte[32])).isEqualTo(0x8A9136AA);
    assertThat(crc32c("123456789".getBytes(StandardCharsets.US_ASCII))).isEqualTo(0xE3069283);
  }

  @Test
  void independentReaderReadsRecords() {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("reward/mean", 0.375);
    values.put("policy/entropy", Double.NaN);
    values.put("eval/pass@256", 1e-3);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(EventRecords.header(1.5e9));
    file.writeBytes(EventRecords.scalars(1.5e9 + 1, 300, values));
    List<Map<Integer, Object>> events = read(file.toByteArray());
    assertThat(events).hasSize(2);
    assertThat(new String((byte[]) events.get(0).get(3), StandardCharsets.UTF_8))
        .isEqualTo("brain.Event:2");
    assertThat(Double.longBitsToDouble((long) events.get(0).get(1))).isEqualTo(1.5e9);
    assertThat(events.get(1).get(2)).isEqualTo(300L);
    List<Map<Integer, Object>> scalars = repeated((byte[]) events.get(1).get(5));
    assertThat(scalars).hasSize(2);
    assertThat(new String((byte[]) scalars.get(0).get(1), StandardCharsets.UTF_8))
        .isEqualTo("reward/mean");
    assertThat(Float.intBitsToFloat((int) (long) scalars.get(0).get(2))).isEqualTo(0.375f);
    assertThat(Float.intBitsToFloat((int) (long) scalars.get(1).get(2))).isEqualTo(1e-3f);
  }

  @Test
  void detectsAFlippedBit() {
    byte[] record = EventRecords.scalars(1, 2, Map.of("a", 1.0));
    for (int bit = 0; bit < 8 * record.length; bit++) {
      byte[] flipped = record.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> read(flipped)).isInstanceOf(IllegalStateException.class);
    }
  }

  private static List<Map<Integer, Object>> read(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    List<Map<Integer, Object>> events = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] length = take(bytes, 8);
      check(length, bytes.getInt());
      long count = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
      byte[] data = take(bytes, (int) count);
      check(data, bytes.getInt());
      events.add(message(ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN)));
    }
    return events;
  }

  /** Field 1 of a message, of which there may be several. */
  private static List<Map<Integer, Object>> repeated(byte[] summary) {
    ByteBuffer bytes = ByteBuffer.wrap(summary).order(ByteOrder.LITTLE_ENDIAN);
    List<Map<Integer, Object>> values = new ArrayList<>();
    while (bytes.hasRemaining()) {
      assertThat(varint(bytes)).isEqualTo(1 << 3 | 2);
      byte[] value = take(bytes, (int) varint(bytes));
      values.add(message(ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN)));
    }
    return values;
  }

  private static Map<Integer, Object> message(ByteBuffer bytes) {
    Map<Integer, Object> fields = new LinkedHashMap<>();
    while (bytes.hasRemaining()) {
      long key = varint(bytes);
      Object value =
          switch ((int) (key & 7)) {
            case 0 -> varint(bytes);
            case 1 -> bytes.getLong();
            case 2 -> take(bytes, (int) varint(bytes));
            case 5 -> bytes.getInt() & 0xFFFFFFFFL;
            default -> throw new IllegalStateException("wire type " + (key & 7));
          };
      fields.put((int) (key >>> 3), value);
    }
    return fields;
  }

  private static long varint(ByteBuffer bytes) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static byte[] take(ByteBuffer bytes, int count) {
    if (count < 0 || count > bytes.remaining()) {
      throw new IllegalStateException(count + " bytes of " + bytes.remaining());
    }
    byte[] taken = new byte[count];
    bytes.get(taken);
    return taken;
  }

  private static void check(byte[] data, int masked) {
    int crc = crc32c(data);
    if ((((crc >>> 15) | (crc << 17)) + 0xA282EAD8) != masked) {
      throw new IllegalStateException("checksum");
    }
  }

  private static int crc32c(byte[] data) {
    int crc = ~0;
    for (byte each : data) {
      crc ^= each & 0xFF;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc >>> 1) ^ ((crc & 1) != 0 ? 0x82F63B78 : 0);
      }
    }
    return ~crc;
  }
}
