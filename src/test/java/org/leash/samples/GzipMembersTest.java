package org.leash.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GzipMembersTest {
  @TempDir private Path folder;

  /** Delivers a few bytes at a time, and never has any available. */
  private static final class Trickle extends InputStream {
    private final InputStream in;
    private final int most;

    Trickle(byte[] bytes, int most) {
      this.in = new ByteArrayInputStream(bytes);
      this.most = most;
    }

    @Override
    public int read() throws IOException {
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return in.read(bytes, offset, Math.min(length, most));
    }
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private static byte[] gzip(String content) throws IOException {
    return gzip(content.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  private static String read(byte[] gzipped, int most) throws IOException {
    try (InputStream in = new GzipMembers(new Trickle(gzipped, most))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void readsEveryMember() throws IOException {
    byte[] three = join(gzip("one,"), gzip(""), gzip("two,"), gzip("three"));
    for (int most = 1; most <= three.length; most++) {
      assertThat(read(three, most)).as("%s bytes a time", most).isEqualTo("one,two,three");
      assertThat(read(join(three, new byte[most]), most)).isEqualTo("one,two,three");
    }
    assertThat(read(gzip(""), 5)).isEmpty();
  }

  /** The reader's buffer has 2^16 bytes. */
  @Test
  void readsMembersThatMeetNearTheEndOfTheBuffer() throws IOException {
    byte[] noise = new byte[1 << 17];
    new SplittableRandom(1).nextBytes(noise);
    int overhead = gzip(Arrays.copyOf(noise, 1 << 16)).length - (1 << 16);
    for (int size = (1 << 16) - overhead - 24; size <= (1 << 16) - overhead + 24; size++) {
      byte[] first = Arrays.copyOf(noise, size);
      try (InputStream in =
          new GzipMembers(new Trickle(join(gzip(first), gzip("end")), Integer.MAX_VALUE))) {
        assertThat(in.readAllBytes())
            .isEqualTo(join(first, "end".getBytes(StandardCharsets.UTF_8)));
      }
    }
  }

  @Test
  void refusesEveryTruncation() throws IOException {
    byte[] first = gzip("one,");
    byte[] both = join(first, gzip("two"));
    for (int length = 1; length < both.length; length++) {
      byte[] part = Arrays.copyOf(both, length);
      if (length != first.length) { // There the first member is complete.
        assertThatThrownBy(() -> read(part, 7))
            .as("%s bytes", length)
            .hasMessageMatching("cut off: it ends within gzip member [12]; .*");
      }
    }
  }

  @Test
  void refusesWhatIsNotGzipped() throws IOException {
    byte[] member = gzip("one");
    assertThatThrownBy(() -> read(new byte[0], 9)).hasMessageContaining("the file is empty");
    assertThatThrownBy(() -> read(new byte[9], 9)).hasMessageContaining("not gzipped");
    assertThatThrownBy(() -> read(join(member, "x".getBytes(StandardCharsets.UTF_8)), 9))
        .hasMessageContaining("followed by something that is not gzipped");
    for (int at = 2; at < member.length; at++) {
      byte[] damaged = member.clone();
      damaged[at] ^= 0x10;
      // Time, extra flags and operating system may be anything, and the bits after the last code.
      if ((at < 4 || at > 9) && at != member.length - 9) {
        int place = at;
        assertThatThrownBy(() -> read(damaged, 9))
            .as("byte %s", place)
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void readsOptionalFieldsOfTheHeader() throws IOException {
    byte[] plain = gzip("one");
    byte[] header = Arrays.copyOf(plain, 10);
    header[3] = 2 | 4 | 8 | 16;
    byte[] fields = join(header, new byte[] {3, 0, 7, 7, 7, 'n', 0, 'c', 'c', 0});
    CRC32 checksum = new CRC32();
    checksum.update(fields);
    byte[] sum = {(byte) checksum.getValue(), (byte) (checksum.getValue() >> 8)};
    byte[] data = Arrays.copyOfRange(plain, 10, plain.length);
    assertThat(read(join(fields, sum, data), 3)).isEqualTo("one");
    sum[0]++;
    assertThatThrownBy(() -> read(join(fields, sum, data), 3))
        .hasMessageContaining("wrong checksum of a header");
  }

  @Test
  void sampleFilesHaveAllMembersAndNamedFaults() throws IOException {
    SampleFormat format = new SampleFormat("problem", "correct", null, null, null, Map.of());
    Path file = folder.resolve("samples.jsonl.gz");
    byte[] record = gzip("{\"problem\": \"a\", \"correct\": true}\n");
    Files.write(file, join(record, record, record));
    assertThat(SampleFile.read(file, format, SampleFile.OnBadRecord.FAIL, bytes -> {}).records())
        .isEqualTo(3);
    Files.write(file, Arrays.copyOf(join(record, record), record.length + 5));
    assertThatThrownBy(
            () -> SampleFile.read(file, format, SampleFile.OnBadRecord.FAIL, bytes -> {}))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith(file + ": cut off: ");
  }
}
