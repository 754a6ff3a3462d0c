package org.leash.files;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Named tensors in the safetensors format: a u64 length, a JSON header of this length, padded with
 * spaces so that the data are aligned to 64 bytes, and the row-major data; all little-endian.
 *
 * <p>Writes any dtype; reads F64 and F32. Headers are untrusted: lengths, types, shapes, gaps and
 * overlaps are checked before data are allocated. Not thread-safe.
 */
public final class Safetensors {
  private static final int LARGEST_HEADER = 100_000_000;
  private static final int ALIGNMENT = 64;
  private static final int CHUNK_BYTES = 1 << 24;
  private static final String METADATA = "__metadata__";

  /** A tensor to write. */
  private record Tensor(String dtype, List<Long> shape, MemorySegment data) {}

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /** No tensors. */
  public Safetensors() {}

  /** One-dimensional tensors of dtype F64, in the order of the map. */
  public static Safetensors of(Map<String, double[]> vectors) {
    Safetensors tensors = new Safetensors();
    vectors.forEach((name, values) -> tensors.add(name, values, values.length));
    return tensors;
  }

  /**
   * Adds a tensor. Its memory must not change before {@link #write} returns.
   *
   * @param dtype in the format's spelling, such as "BF16"
   * @param data row-major, in native byte order
   * @throws IllegalArgumentException the name is taken
   */
  public Safetensors add(String name, String dtype, MemorySegment data, long... shape) {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new IllegalStateException("writing safetensors needs a little-endian machine");
    }
    Tensor tensor = new Tensor(dtype, Arrays.stream(shape).boxed().toList(), data);
    if (tensors.putIfAbsent(name, tensor) != null || name.equals(METADATA)) {
      throw new IllegalArgumentException("tensor name %s is taken".formatted(name));
    }
    return this;
  }

  /** Adds a tensor of dtype F64. */
  public Safetensors add(String name, double[] values, long... shape) {
    return add(name, "F64", MemorySegment.ofArray(values), shape);
  }

  /** Adds a tensor of dtype I32. */
  public Safetensors add(String name, int[] values, long... shape) {
    return add(name, "I32", MemorySegment.ofArray(values), shape);
  }

  /** Writes or overwrites the file, without flushing it to disk. */
  public void write(Path file) throws IOException {
    byte[] json = Json.write(header()).getBytes(StandardCharsets.UTF_8);
    int padded = json.length + Math.floorMod(-(Long.BYTES + json.length), ALIGNMENT);
    ByteBuffer head =
        ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN).putLong(padded);
    head.put(json);
    while (head.hasRemaining()) {
      head.put((byte) ' ');
    }
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      write(channel, MemorySegment.ofArray(head.array()));
      for (Tensor tensor : tensors.values()) {
        write(channel, tensor.data);
      }
    }
  }

  private Map<String, Object> header() {
    Map<String, Object> header = new LinkedHashMap<>();
    long begin = 0;
    for (Map.Entry<String, Tensor> each : tensors.entrySet()) {
      Tensor tensor = each.getValue();
      long end = begin + tensor.data.byteSize();
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", tensor.dtype);
      entry.put("shape", tensor.shape);
      entry.put("data_offsets", List.of(begin, end));
      header.put(each.getKey(), entry);
      begin = end;
    }
    return header;
  }

  private static void write(FileChannel channel, MemorySegment data) throws IOException {
    byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, data.byteSize())];
    for (long begin = 0; begin < data.byteSize(); begin += chunk.length) {
      int length = (int) Math.min(chunk.length, data.byteSize() - begin);
      MemorySegment.copy(data, begin, MemorySegment.ofArray(chunk), 0, length);
      ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, length);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  /**
   * Reads all tensors, flattened, in the order of the header.
   *
   * @throws BadFileException the file is damaged, or has a dtype other than F64 and F32
   */
  public static Map<String, double[]> read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < Long.BYTES) {
        throw new BadFileException(
            file, String.format(Locale.ROOT, "has %d bytes, too few for a header", size));
      }
      long length = read(channel, 0, Long.BYTES).getLong();
      if (length < 2 || length > LARGEST_HEADER || length > size - Long.BYTES) {
        throw new BadFileException(
            file,
            String.format(
                Locale.ROOT,
                "announces a header of %s bytes in a file of %d",
                Long.toUnsignedString(length),
                size));
      }
      byte[] json = new byte[(int) length];
      read(channel, Long.BYTES, json.length).get(json);
      Json header = Json.parse(file, 1, new String(json, StandardCharsets.UTF_8));
      long start = Long.BYTES + length;
      Map<String, double[]> tensors = new LinkedHashMap<>();
      for (Entry entry : entries(file, header, size - start)) {
        ByteBuffer data =
            read(channel, start + entry.begin, Math.toIntExact(entry.end - entry.begin));
        tensors.put(entry.name, entry.decode(data));
      }
      return tensors;
    }
  }

  /** A tensor to read, with the range of its bytes in the data. */
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
  private static List<Entry> entries(Path file, Json header, long dataBytes) {
    List<Entry> entries = new ArrayList<>();
    header
        .object()
        .forEach(
            (name, description) -> {
              if (!name.equals(METADATA)) {
                entries.add(entry(name, description));
              }
            });
    long expected = 0;
    for (Entry entry : entries.stream().sorted(Comparator.comparingLong(Entry::begin)).toList()) {
      if (entry.begin != expected) {
        throw new BadFileException(
            file,
            String.format(
                Locale.ROOT,
                "tensor %s starts at byte %d of the data, not %d",
                entry.name,
                entry.begin,
                expected));
      }
      expected = entry.end;
    }
    if (expected != dataBytes) {
      throw new BadFileException(
          file, String.format(Locale.ROOT, "its tensors take %d bytes of %d", expected, dataBytes));
    }
    return entries;
  }

  private static Entry entry(String name, Json description) {
    String dtype = description.get("dtype").text();
    int width =
        switch (dtype) {
          case "F64" -> Double.BYTES;
          case "F32" -> Float.BYTES;
          default -> throw description.fault("has dtype %s, not F64 or F32".formatted(dtype));
        };
    long elements = 1;
    for (Json size : description.get("shape").list()) {
      elements = Math.min(elements * size.natural(Integer.MAX_VALUE), Integer.MAX_VALUE);
    }
    List<Json> offsets = description.get("data_offsets").list();
    if (offsets.size() != 2) {
      throw description.fault(
          String.format(Locale.ROOT, "has %d data_offsets, not 2", offsets.size()));
    }
    long begin = offsets.get(0).natural(Long.MAX_VALUE);
    long end = offsets.get(1).natural(Long.MAX_VALUE);
    if (end - begin != elements * width || end - begin > Integer.MAX_VALUE) {
      throw description.fault(
          String.format(
              Locale.ROOT,
              "has %d bytes; its shape needs %d, and at most 2^31 - 1 can be read",
              end - begin,
              elements * width));
    }
    return new Entry(name, width, elements, begin, end);
  }

  private static ByteBuffer read(FileChannel channel, long position, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new IOException("the file was truncated while being read");
      }
    }
    return bytes.flip();
  }
}
