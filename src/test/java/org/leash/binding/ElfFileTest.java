package org.leash.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks of a library, on truncated and damaged copies of the packed one. */
final class ElfFileTest {
  @TempDir private Path folder;

  private Path file;

  @BeforeEach
  void copyTheLibrary() throws IOException {
    file = folder.resolve("libleash.so");
    try (InputStream library =
        LeashLibrary.class.getResourceAsStream(Platform.X86_64.folder() + "libleash.so")) {
      assumeTrue(library != null, "no libleash.so on the class path");
      Files.copy(library, file);
    }
  }

  @Test
  void acceptsTheLibrary() throws IOException {
    assertThat(ElfFile.fault(file, Platform.X86_64)).isEmpty();
    assertThat(ElfFile.fault(file, Platform.AARCH64))
        .hasValue("built for x86-64, but this is aarch64");
  }

  @Test
  void refusesEveryTruncation() throws IOException {
    long size = Files.size(file);
    NavigableSet<Long> lengths = new TreeSet<>();
    for (long length = 0; length < 1024; length++) {
      lengths.add(length);
      lengths.add(size - 1 - length);
    }
    new SplittableRandom(1).longs(1000, 0, size).forEach(lengths::add);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (long length : lengths.descendingSet()) {
        channel.truncate(length);
        assertThat(ElfFile.fault(file, Platform.X86_64)).as("%s bytes", length).isPresent();
      }
    }
  }

  /** In each field of the header and of the first program header, the largest and other values. */
  @Test
  void survivesDamagedHeaders() throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer header = ByteBuffer.allocate(120).order(ByteOrder.LITTLE_ENDIAN);
      channel.read(header, 0);
      for (long value : new long[] {-1, 0, 1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32}) {
        for (int at = 0; at <= header.capacity() - 8; at++) {
          ByteBuffer damaged = ByteBuffer.wrap(header.array().clone()).order(header.order());
          damaged.putLong(at, value);
          channel.write(damaged, 0);
          ElfFile.fault(file, Platform.X86_64).ifPresent(fault -> assertThat(fault).isNotBlank());
        }
      }
    }
  }

  @Test
  void refusesSegmentsBeyondTheEnd() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer size = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      // p_filesz of the first program header, which begins at byte 64.
      channel.write(size.putLong(0, Files.size(file) + 1), 64 + 32);
    }
    assertThat(ElfFile.fault(file, Platform.X86_64).orElseThrow())
        .startsWith("cut off or damaged: a segment should end at byte ");
  }
}
