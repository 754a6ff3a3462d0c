package org.leash.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gzipped samples of one or more members, as bgzip and pigz write them and cat joins them. */
final class GzippedSamplesTest {
  private static final SampleFormat FORMAT =
      new SampleFormat("problem", "correct", null, null, null, Map.of());
  private static final String RECORD = "{\"problem\": \"a\", \"correct\": true}\n";

  @TempDir private Path folder;

  private static byte[] gzip(String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  private long records(byte[] gzipped) throws IOException {
    Path file = folder.resolve("samples.jsonl.gz");
    Files.write(file, gzipped);
    return SampleFile.read(file, FORMAT, SampleFile.OnBadRecord.FAIL, bytes -> {}).records();
  }

  @Test
  void readsEveryMember() throws IOException {
    byte[] record = gzip(RECORD);
    assertThat(records(join(record, gzip(""), record, record))).isEqualTo(3);
    assertThat(records(gzip(""))).isZero();
  }

  /** Members that end at every place around the ends of the buffers of readers. */
  @Test
  void readsMembersThatMeetAtTheEndOfABuffer() throws IOException {
    byte[] noise = new byte[1 << 16];
    new SplittableRandom(1).nextBytes(noise);
    String text = HexFormat.of().formatHex(noise);
    byte[] record = gzip(RECORD);
    for (int buffer : new int[] {512, 8192, 1 << 16}) {
      // A hexadecimal digit takes some 0.56 bytes.
      int digits = (int) (buffer / 0.57);
      for (int i = 0; i < 60; i++) {
        String padded =
            RECORD.replace(
                "}",
                ", \"text\": \"" + text.substring(0, Math.min(text.length(), digits + i)) + "\"}");
        assertThat(records(join(gzip(padded), record))).isEqualTo(2);
      }
    }
  }

  @Test
  void refusesFilesThatAreCutOff() throws IOException {
    byte[] first = gzip(RECORD);
    byte[] both = join(first, gzip(RECORD));
    for (int length = 1; length < both.length; length++) {
      byte[] part = Arrays.copyOf(both, length);
      if (length != first.length) { // There the first member is complete.
        assertThatThrownBy(() -> records(part))
            .as("%s bytes", length)
            .isInstanceOf(UncheckedIOException.class)
            .hasMessageStartingWith(folder.resolve("samples.jsonl.gz") + ": ");
      }
    }
    assertThatThrownBy(() -> records(Arrays.copyOf(both, both.length - 20)))
        .hasMessageEndingWith("cut off within its gzipped data; copy or download it again");
  }

  @Test
  void refusesWhatIsNotGzipped() throws IOException {
    byte[] rest = "x".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> records(rest)).isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> records(join(gzip(RECORD), rest)))
        .isInstanceOf(UncheckedIOException.class);
  }
}
