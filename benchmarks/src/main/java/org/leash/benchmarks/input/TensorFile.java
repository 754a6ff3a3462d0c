package org.leash.benchmarks.input;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes a file of the safetensors format: the length of a header in 8 bytes, the header in JSON,
 * then the tensors, row-major and little-endian.
 */
final class TensorFile {
  /** The format wants what follows the header aligned. */
  private static final int ALIGNMENT = 8;

  /** Bytes of a write. */
  private static final long PIECE = 1L << 26;

  private record Tensor(String name, String dtype, List<Long> shape, MemorySegment data) {}

  private final List<Tensor> tensors = new ArrayList<>();

  /**
   * Adds a tensor, whose memory stays as it is until the file is written.
   *
   * @param name of letters, digits and underscores
   * @param dtype as the format names it: "BF16"
   */
  TensorFile add(String name, String dtype, MemorySegment data, long... shape) {
    if (!name.matches("\\w+")) {
      throw new IllegalArgumentException("\"" + name + "\" is no name of a tensor");
    }
    tensors.add(new Tensor(name, dtype, Arrays.stream(shape).boxed().toList(), data));
    return this;
  }

  TensorFile add(String name, double[] values, long... shape) {
    return add(name, "F64", littleEndian(MemorySegment.ofArray(values)), shape);
  }

  TensorFile add(String name, int[] values, long... shape) {
    return add(name, "I32", littleEndian(MemorySegment.ofArray(values)), shape);
  }

  private static MemorySegment littleEndian(MemorySegment values) {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new IllegalStateException("tensors are written on little-endian machines alone");
    }
    return values;
  }

  /** Writes the file; what was there is replaced. */
  void write(Path file) throws IOException {
    byte[] header = header().getBytes(StandardCharsets.UTF_8);
    int padded = Math.ceilDiv(header.length, ALIGNMENT) * ALIGNMENT;
    ByteBuffer head = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(padded).put(header);
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
      for (Tensor tensor : tensors) {
        write(channel, tensor.data);
      }
    }
  }

  private static void write(FileChannel channel, MemorySegment data) throws IOException {
    for (long begin = 0; begin < data.byteSize(); begin += PIECE) {
      long length = Math.min(PIECE, data.byteSize() - begin);
      ByteBuffer piece =
          ByteBuffer.wrap(data.asSlice(begin, length).toArray(ValueLayout.JAVA_BYTE));
      while (piece.hasRemaining()) {
        channel.write(piece);
      }
    }
  }

  private String header() {
    List<String> entries = new ArrayList<>();
    long offset = 0;
    for (Tensor tensor : tensors) {
      long end = offset + tensor.data.byteSize();
      entries.add(
          "\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
              .formatted(
                  tensor.name,
                  tensor.dtype,
                  tensor.shape.stream().map(String::valueOf).collect(Collectors.joining(",")),
                  offset,
                  end));
      offset = end;
    }
    return "{" + String.join(",", entries) + "}";
  }
}
