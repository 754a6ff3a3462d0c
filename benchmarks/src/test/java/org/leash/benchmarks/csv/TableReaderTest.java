package org.leash.benchmarks.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.leash.files.BadFileException;

final class TableReaderTest {
  private static final String HEADER = "schema,run_id,fork,params,kind,rate,unit\n";
  private static final String LINE = "2,r,1,threads=1,read,20.5,GB/s\n";

  @TempDir private Path folder;

  private final List<Row> rows = new ArrayList<>();

  private TableReader.Outcome read(byte[] content) {
    Path file = folder.resolve("ceilings.csv");
    try {
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    rows.clear();
    return TableReader.read(file, RunTable.CEILINGS, rows::add);
  }

  private TableReader.Outcome read(String content) {
    return read(content.getBytes(StandardCharsets.UTF_8));
  }

  private void assertBad(String content, String... parts) {
    assertThatThrownBy(() -> read(content))
        .isInstanceOf(BadFileException.class)
        .hasMessageContainingAll(parts)
        .hasMessageContaining("ceilings.csv:");
  }

  @Test
  void findsColumnsByNameAndIgnoresOthers() {
    read("new,unit,rate,kind,params,fork,run_id,schema\nx,GB/s,1.5e2,read,,3,r,1\n");

    Row row = rows.getFirst();
    assertThat(row.number("rate")).isEqualTo(150);
    assertThat(row.count("fork")).isEqualTo(3);
    assertThat(row.get("threads")).isEmpty();
    assertThat(row.get("kind")).isEqualTo("read");
  }

  @Test
  void readsFilesOfOtherTools() {
    read(
        "\uFEFF"
            + HEADER.replace("\n", "\r\n")
            + "2,r,1,\"a,\"\"b\"\"\n<img src=x>\",read,1,GB/s\r\n"
            + LINE);

    assertThat(rows).hasSize(2);
    assertThat(rows.getFirst().get("params")).isEqualTo("a,\"b\"\n<img src=x>");
  }

  @ParameterizedTest
  @CsvSource({
    "read,'',kind: is empty",
    "20.5,NaN,rate: 'NaN' is not a finite number above 0",
    "20.5,1e999,rate: '1e999' is not",
    "20.5,0x1p3,rate: '0x1p3' is not",
    "20.5,-1,rate: '-1' is not",
    "20.5,'20,5',8 fields",
    "'r,1,','r,-1,',fork: '-1' is not a whole number",
    "'r,1,','r,99999999999999999999,',fork: '99999999999999999999' is not",
    "'2,r','3,r',schema: '3' cannot be read; this version reads",
  })
  void namesFileLineAndColumn(String good, String bad, String complaint) {
    assertBad(HEADER + LINE.replace(good, bad) + LINE, "ceilings.csv:2: ", complaint);
  }

  @Test
  void rejectsRowsOfAnotherRun() {
    assertBad(HEADER + LINE + LINE.replace("2,r", "1,r"), ":3: schema", "different runs");
    assertBad(HEADER + LINE + LINE.replace("2,r", "2,s"), ":3: run_id", "'s'", "'r'");
  }

  @Test
  void rejectsAmbiguousHeaders() {
    assertBad("schema,run_id,fork\n", ":1: kind: the header lacks this column");
    assertBad(HEADER.replace("unit", "rate"), ":1: rate: the header has this column twice");
    assertBad("\n" + HEADER, ":1: schema");
    assertBad("PK\u0003\u0004zip\n", ":1: schema");
  }

  @Test
  void rejectsInvalidText() {
    assertBad(HEADER + LINE.replace("threads", "\0"), ":2: params: holds the control character 0");
    byte[] bytes = (HEADER + LINE + LINE).getBytes(StandardCharsets.UTF_8);
    bytes[HEADER.length() + LINE.length() + 7] = (byte) 0xC0;
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(BadFileException.class)
        .hasMessageContaining("ceilings.csv:3: params: holds bytes that are not UTF-8");
  }

  @Test
  void rejectsUnbalancedQuotes() {
    assertBad(HEADER + "2,r,1,\"a\"b,read,1,GB/s\n", ":2: not CSV");
    assertBad(HEADER + LINE.replace("threads", "\"threads") + LINE, ":2: not CSV");
  }

  @Test
  void messagesHaveNoControlCharacters() {
    assertThatThrownBy(() -> read(HEADER + LINE.replace("20.5", "\u009b2J" + "x".repeat(99))))
        .hasMessageContaining("'\\u009b2Jx")
        .hasMessageContaining("…'")
        .message()
        .hasSizeLessThan(200);
  }

  @Test
  void limitsSizeOfRow() {
    String huge = "x".repeat(3 * Records.LONGEST);

    assertBad(HEADER + LINE + LINE.replace("threads", huge), ":3: longer than 262144 characters");
    assertBad(HEADER + LINE + ",".repeat(huge.length()), ":3: longer than");
    read(HEADER + LINE.replace("threads", huge.substring(0, Records.LONGEST / 2)) + LINE);
    assertThat(rows).hasSize(2);
  }

  @Test
  void reportsIncompleteLine() {
    String whole = HEADER + LINE + LINE.replace("threads=1", "\"a,b\"");
    for (int length = 0; length < whole.length(); length++) {
      TableReader.Outcome outcome = read(whole.substring(0, length));

      int lines = (int) whole.substring(0, length).chars().filter(each -> each == '\n').count();
      assertThat(outcome.rows()).isEqualTo(Math.max(0, lines - 1)).isEqualTo(rows.size());
      boolean atALineEnd = length > 0 && whole.charAt(length - 1) == '\n';
      assertThat(outcome.torn().isPresent()).as("cut at %d", length).isNotEqualTo(atALineEnd);
      if (!atALineEnd) {
        assertThat(outcome.torn().orElseThrow()).startsWith("ceilings.csv:" + (lines + 1) + ":");
      }
    }
    assertThat(read(whole).torn()).isEmpty();
  }

  @Test
  void namesMissingFile() {
    assertThatThrownBy(() -> TableReader.read(folder.resolve("x.csv"), RunTable.ENV, rows::add))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("x.csv: no such file or folder");
    assertThatThrownBy(() -> TableReader.read(folder, RunTable.ENV, rows::add))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(folder.toString());
  }
}
