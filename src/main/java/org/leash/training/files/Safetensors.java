package org.leash.training.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tensors in the safetensors format: a u64 little-endian length, a JSON header of that length,
 * padded with spaces so that the data are aligned to 64 bytes, and the data, little-endian.
 *
 * <p>Writes f64 and reads f64 and f32. A header is not trusted: lengths, types, shapes, gaps and
 * overlaps are checked before anything is allocated.
 */
public final class Safetensors {
  private static final int MOST_HEADER = 100_000_000;
  private static final int ALIGNMENT = 64;
  private static final String METADATA = "__metadata__";

  private Safetensors() {}

  /** Writes one-dimensional tensors in the order of the map, durably only when forced. */
  public static void write(Path file, Map<String, double[]> tensors) throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    long end = 0;
    for (Map.Entry<String, double[]> tensor : tensors.entrySet()) {
      long length = tensor.getValue().length;
      long begin = end;
      end += length * Double.BYTES;
      Map<String, Object> description = new LinkedHashMap<>();
      description.put("dtype", "F64");
      description.put("shape", List.of(length));
      description.put("data_offsets", List.of(begin, end));
      header.put(tensor.getKey(), description);
    }
    byte[] json = Json.write(header).getBytes(StandardCharsets.UTF_8);
    int padded = json.length + Math.floorMod(-(Long.BYTES + json.length), ALIGNMENT);
    ByteBuffer start =
        ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN).putLong(padded);
    start.put(json);
    while (start.hasRemaining()) {
      start.put((byte) ' ');
    }
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      writeAll(channel, start.flip());
      ByteBuffer piece = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
      for (double[] tensor : tensors.values()) {
        for (double value : tensor) {
          if (!piece.hasRemaining()) {
            writeAll(channel, piece.flip());
            piece.clear();
          }
          piece.putDouble(value);
        }
      }
      writeAll(channel, piece.flip());
    }
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /**
   * Reads all tensors, flattened.
   *
   * @throws BadFileException the file is not what it says, or holds a type other than F64 and F32
   */
  public static Map<String, double[]> read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < Long.BYTES) {
        throw new BadFileException(file, "has %d bytes, too few for a header".formatted(size));
      }
      long length = read(channel, 0, Long.BYTES).getLong();
      if (length < 2 || length > MOST_HEADER || length > size - Long.BYTES) {
        throw new BadFileException(
            file,
            "announces a header of %s bytes in a file of %d"
                .formatted(Long.toUnsignedString(length), size));
      }
      byte[] json = new byte[(int) length];
      read(channel, Long.BYTES, json.length).get(json);
      long start = Long.BYTES + length;
      Map<String, double[]> tensors = new LinkedHashMap<>();
      for (Entry entry : entries(file, new String(json, StandardCharsets.UTF_8), size - start)) {
        ByteBuffer data =
            read(channel, start + entry.begin, Math.toIntExact(entry.end - entry.begin));
        tensors.put(entry.name, entry.decode(data));
      }
      return tensors;
    }
  }

  private record Entry(String name, int width, long elements, long begin, long end) {
    double[] decode(ByteBuffer data) {
      double[] values = new double[(int) elements];
      for (int i = 0; i < values.length; i++) {
        values[i] = width == Double.BYTES ? data.getDouble() : data.getFloat();
      }
      return values;
    }
  }

  /** The tensors in the order of the header, which must fill the data without gap or overlap. */
  private static List<Entry> entries(Path file, String json, long dataBytes) {
    Map<String, Object> header;
    try {
      header = Json.read(json);
    } catch (IllegalArgumentException e) {
      throw new BadFileException(file, "its header is " + e.getMessage());
    }
    List<Entry> entries = new ArrayList<>();
    header.forEach(
        (name, description) -> {
          if (!name.equals(METADATA)) {
            entries.add(entry(file, name, description));
          }
        });
    long expected = 0;
    for (Entry entry : entries.stream().sorted(Comparator.comparingLong(Entry::begin)).toList()) {
      if (entry.begin != expected) {
        throw new BadFileException(
            file,
            "tensor %s starts at byte %d of the data, where %d is due"
                .formatted(entry.name, entry.begin, expected));
      }
      expected = entry.end;
    }
    if (expected != dataBytes) {
      throw new BadFileException(
          file, "its tensors take %d bytes of %d".formatted(expected, dataBytes));
    }
    return entries;
  }

  private static Entry entry(Path file, String name, Object description) {
    if (description instanceof Map<?, ?> map
        && map.get("dtype") instanceof String dtype
        && map.get("shape") instanceof List<?> shape
        && map.get("data_offsets") instanceof List<?> offsets
        && offsets.size() == 2
        && offsets.get(0) instanceof Long begin
        && offsets.get(1) instanceof Long end) {
      int width =
          switch (dtype) {
            case "F64" -> Double.BYTES;
            case "F32" -> Float.BYTES;
            default ->
                throw new BadFileException(
                    file, "tensor %s has type %s; F64 and F32 can be read".formatted(name, dtype));
          };
      long elements = 1;
      for (Object size : shape) {
        if (!(size instanceof Long dimension) || dimension < 0 || dimension > Integer.MAX_VALUE) {
          throw new BadFileException(file, "tensor %s has shape %s".formatted(name, shape));
        }
        elements = Math.min(elements * dimension, Integer.MAX_VALUE);
      }
      if (begin >= 0 && end >= begin && end - begin == elements * width) {
        if (end - begin > Integer.MAX_VALUE) {
          throw new BadFileException(
              file, "tensor %s has %d bytes, more than 2^31".formatted(name, end - begin));
        }
        return new Entry(name, width, elements, begin, end);
      }
    }
    throw new BadFileException(
        file, "tensor %s has a description that is not sound: %s".formatted(name, description));
  }

  private static ByteBuffer read(FileChannel channel, long position, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new IOException("the file became shorter while it was read");
      }
    }
    return bytes.flip();
  }
}
