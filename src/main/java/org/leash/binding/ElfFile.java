package org.leash.binding;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Checks a shared library before the dynamic loader maps it. The loader believes the headers: if a
 * segment reaches beyond the end of the file, as in one that was copied in part, the first access
 * to it kills the process with SIGBUS.
 *
 * <p>A library without a fault is a 64-bit little-endian ELF shared object for the platform, and
 * the ranges of its segments and of its section headers lie within the file. Its code and data are
 * not examined.
 */
final class ElfFile {
  private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};
  private static final int HEADER_BYTES = 64;
  private static final int SEGMENT_BYTES = 56;

  // Values of the fields of the headers.
  private static final int CLASS_64 = 2;
  private static final int LITTLE_ENDIAN = 1;
  private static final int SHARED_OBJECT = 3;
  private static final int UNUSED_SEGMENT = 0;
  private static final int LOADED_SEGMENT = 1;

  private final FileChannel file;
  private final long size;

  private ElfFile(FileChannel file) throws IOException {
    this.file = file;
    this.size = file.size();
  }

  /** Why a regular file cannot be loaded on a platform; empty if nothing speaks against it. */
  static Optional<String> fault(Path file, Platform platform) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return new ElfFile(channel).fault(platform);
    }
  }

  private Optional<String> fault(Platform platform) throws IOException {
    if (size == 0) {
      return Optional.of("the file is empty");
    }
    byte[] start = new byte[(int) Math.min(size, MAGIC.length)];
    read(0, start.length).get(start);
    if (!Arrays.equals(start, 0, start.length, MAGIC, 0, start.length)) {
      return Optional.of("not a shared library: it does not begin as an ELF file");
    }
    if (size < HEADER_BYTES) {
      return cutOff("the header", HEADER_BYTES);
    }
    ByteBuffer header = read(0, HEADER_BYTES);
    if (header.get(4) != CLASS_64 || header.get(5) != LITTLE_ENDIAN) {
      return Optional.of("not a 64-bit little-endian library");
    }
    if (header.getShort(16) != SHARED_OBJECT) {
      return Optional.of("an ELF file, but not a shared library");
    }
    int machine = Short.toUnsignedInt(header.getShort(18));
    if (machine != platform.machine()) {
      return Optional.of("built for %s, but this is %s".formatted(processor(machine), platform));
    }
    Optional<String> fault = segmentFault(header);
    return fault.isPresent() ? fault : sectionFault(header);
  }

  private static String processor(int machine) {
    return Arrays.stream(Platform.values())
        .filter(each -> each.machine() == machine)
        .map(Platform::toString)
        .findFirst()
        .orElse("the processor with ELF machine number " + machine);
  }

  private Optional<String> segmentFault(ByteBuffer header) throws IOException {
    long table = header.getLong(32);
    int count = Short.toUnsignedInt(header.getShort(56));
    if (Short.toUnsignedInt(header.getShort(54)) != SEGMENT_BYTES) {
      return Optional.of("damaged: its program headers have an unknown size");
    }
    if (isOutside(table, (long) count * SEGMENT_BYTES)) {
      return cutOff("the program headers", table + (long) count * SEGMENT_BYTES);
    }
    ByteBuffer segments = read(table, count * SEGMENT_BYTES);
    boolean loads = false;
    for (int at = 0; at < segments.limit(); at += SEGMENT_BYTES) {
      int type = segments.getInt(at);
      long offset = segments.getLong(at + 8);
      long bytes = segments.getLong(at + 32);
      if (type != UNUSED_SEGMENT && bytes != 0 && isOutside(offset, bytes)) {
        return cutOff("a segment", offset + bytes);
      }
      loads |= type == LOADED_SEGMENT;
    }
    return loads ? Optional.empty() : Optional.of("damaged: it has no segment to load");
  }

  private Optional<String> sectionFault(ByteBuffer header) {
    long table = header.getLong(40);
    long bytes =
        (long) Short.toUnsignedInt(header.getShort(58)) * Short.toUnsignedInt(header.getShort(60));
    return bytes != 0 && isOutside(table, bytes)
        ? cutOff("the section headers", table + bytes)
        : Optional.empty();
  }

  private boolean isOutside(long offset, long bytes) {
    return offset < 0 || bytes < 0 || offset > size - bytes;
  }

  private Optional<String> cutOff(String part, long end) {
    String where = end < 0 ? "beyond all files" : "at byte " + end;
    return Optional.of(
        "cut off or damaged: %s should end %s, but the file has %s bytes"
            .formatted(part, where, size));
  }

  private ByteBuffer read(long offset, int bytes) throws IOException {
    ByteBuffer part = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (part.hasRemaining()) {
      if (file.read(part, offset + part.position()) < 0) {
        throw new IOException("the file was cut off while it was read");
      }
    }
    return part.flip();
  }
}
