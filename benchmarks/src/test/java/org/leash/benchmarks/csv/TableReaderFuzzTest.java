package org.leash.benchmarks.csv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.leash.files.BadFileException;

/**
 * Files of every kind, broken in every way that a seed can think of, are read or refused with a
 * message that names the file and the line: no other exception, no hang. {@code -Dfuzz.inputs=N}
 * makes it longer, {@code -Dfuzz.seed=S} another.
 */
final class TableReaderFuzzTest {
  private static final int INPUTS = Integer.getInteger("fuzz.inputs", 30_000);
  private static final long SEED = Long.getLong("fuzz.seed", 1);

  private static final List<String> SPLINTERS =
      List.of(
          "\"",
          "\"\"",
          ",",
          "\n",
          "\r",
          "\r\n",
          "\0",
          "NaN",
          "Infinity",
          "-0",
          "1e400",
          "0x1p3",
          "1_0",
          "٣",
          "\uFEFF",
          "\uFFFD",
          "\u2028",
          "schema",
          "run_id",
          "time_ns",
          "fork",
          "2,",
          "OK",
          "true",
          "9".repeat(30),
          "=cmd()",
          "<img src=x onerror=alert(1)>",
          "\u001b[2J",
          "#",
          "\\",
          "'",
          ";",
          "\t");

  private static final Path FILE = Path.of("fuzzed.csv");
  private static final Pattern MESSAGE = Pattern.compile("fuzzed\\.csv:[1-9]\\d*: .{5,300}");

  private final Random random = new Random(SEED);
  private long read;
  private long refused;

  @Test
  void readsOrRejects() throws IOException {
    RunTable[] tables = RunTable.values();
    Assertions.assertTimeoutPreemptively(
        Duration.ofMillis(Math.max(120_000, INPUTS)),
        () -> {
          for (int i = 0; i < INPUTS; i++) {
            RunTable table = tables[i % tables.length];
            judge(table, broken(seed(table)));
          }
        });
    // Neither may be the fate of all: then nothing would have been tried.
    assertThat(read).isGreaterThan(INPUTS / 20);
    assertThat(refused).isGreaterThan(INPUTS / 4);
  }

  private void judge(RunTable table, byte[] input) throws IOException {
    boolean ended = input.length > 0 && input[input.length - 1] == '\n';
    long[] rows = {0};
    try {
      TableReader.Outcome outcome =
          TableReader.read(
              FILE,
              new ByteArrayInputStream(input),
              ended,
              table,
              row -> {
                rows[0]++;
                use(row);
              });
      if (outcome.rows() != rows[0] || outcome.torn().isPresent() == ended) {
        throw new AssertionError(outcome + " of " + rows[0] + " rows, ended: " + ended);
      }
      read++;
    } catch (BadFileException e) {
      if (!MESSAGE.matcher(e.getMessage()).matches()) {
        throw new AssertionError("a message that does not tell", e);
      }
      refused++;
    } catch (RuntimeException e) {
      throw new AssertionError(
          table + " from " + new String(input, StandardCharsets.UTF_8).replace("\n", "⏎"), e);
    }
  }

  /** What a row that was let through promises. */
  private static void use(Row row) {
    for (Column column : row.table().described()) {
      if (row.has(column.name())) {
        boolean kept =
            switch (column.kind()) {
              case COUNT -> Long.parseLong(row.get(column.name())) >= 0;
              case NUMBER -> Double.isFinite(row.number(column.name()));
              case POSITIVE -> row.number(column.name()) > 0;
              case STATUS -> ResultStatus.valueOf(row.get(column.name())) == row.status();
              case TEXT, BOOLEAN -> true;
            };
        if (!kept) {
          throw new AssertionError(column + " of " + row);
        }
      } else if (column.required()) {
        throw new AssertionError(column + " is empty in " + row);
      }
    }
  }

  private byte[] seed(RunTable table) {
    StringBuilder text = new StringBuilder(String.join(",", table.columns())).append('\n');
    for (int line = random.nextInt(4); line > 0; line--) {
      Row row = Row.of(table);
      for (Column column : table.described()) {
        if (!column.name().equals("schema")) {
          row.set(
              column.name(),
              switch (column.kind()) {
                case TEXT -> random.nextInt(8) == 0 ? "a,\"b\" é" : "text";
                case COUNT -> Integer.toString(random.nextInt(1000));
                case NUMBER, POSITIVE -> Double.toString(random.nextDouble() + 1e-9);
                case BOOLEAN -> Boolean.toString(random.nextBoolean());
                case STATUS -> random.nextBoolean() ? "OK" : "TIMEOUT";
              });
        }
      }
      text.append(row.set("run_id", "r").toLine()).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private byte[] broken(byte[] bytes) {
    byte[] result = bytes;
    for (int wounds = random.nextInt(4); wounds > 0; wounds--) {
      int at = random.nextInt(result.length + 1);
      int to = Math.min(result.length, at + random.nextInt(40));
      result =
          switch (random.nextInt(7)) {
            case 0 -> Arrays.copyOf(result, at);
            case 1 -> spliced(result, at, to, new byte[0]);
            case 2 -> spliced(result, at, at, Arrays.copyOfRange(result, at, to));
            case 3 -> spliced(result, at, Math.min(result.length, at + 1), randomBytes());
            case 4, 5 -> spliced(result, at, random.nextBoolean() ? at : to, splinter());
            default -> swappedFields(result);
          };
    }
    return result;
  }

  private byte[] splinter() {
    return SPLINTERS.get(random.nextInt(SPLINTERS.size())).getBytes(StandardCharsets.UTF_8);
  }

  private byte[] randomBytes() {
    byte[] bytes = new byte[1 + random.nextInt(3)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] middle) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, from);
    out.writeBytes(middle);
    out.write(bytes, to, bytes.length - to);
    return out.toByteArray();
  }

  /** Two fields of the first line change places. */
  private byte[] swappedFields(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.indexOf('\n');
    if (end <= 0) {
      return bytes;
    }
    String[] fields = text.substring(0, end).split(",", -1);
    int one = random.nextInt(fields.length);
    int other = random.nextInt(fields.length);
    String kept = fields[one];
    fields[one] = fields[other];
    fields[other] = kept;
    return (String.join(",", fields) + text.substring(end)).getBytes(StandardCharsets.UTF_8);
  }
}
