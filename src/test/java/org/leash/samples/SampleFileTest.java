package org.leash.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.analysis.ProblemSamples;
import org.leash.analysis.ProblemSamples.Answer;
import org.leash.files.BadFileException;
import org.leash.samples.SampleFile.Content;
import org.leash.samples.SampleFile.OnBadRecord;

final class SampleFileTest {
  private static final SampleFormat PLAIN =
      new SampleFormat("problem", "correct", null, null, null, Map.of());
  private static final SampleFormat FULL =
      new SampleFormat("problem", "correct", "answer", "chain", "id", Map.of());

  @TempDir Path folder;

  @Test
  void countsByProblem() throws IOException {
    Path file =
        write(
            "s.jsonl",
            """
            {"problem": "a", "correct": true, "answer": "1", "chain": false, "id": 1, "more": [1, {"x": 2}]}
            {"problem": "a", "correct": true, "answer": "1", "chain": true, "id": 2}

            {"problem": "a", "correct": 0, "answer": null, "chain": 0, "id": 3}
            {"problem": 7, "correct": 1, "answer": "x\\u00e9", "chain": 1, "id": 1}
            """);
    Content content = SampleFile.read(file, FULL, OnBadRecord.FAIL, read -> {});
    assertThat(content.problems())
        .containsExactly(
            new ProblemSamples("a", 3, 2, 1, Map.of("1", new Answer(2, true))),
            new ProblemSamples("7", 1, 1, 1, Map.of("xé", new Answer(1, true))));
    assertThat(content.records()).isEqualTo(4);
    assertThat(content.skipped()).isZero();
  }

  @Test
  void readsCsvAndGzip() throws IOException {
    String csv = "problem,correct,note\r\na,1,\"two\nlines, one field\"\r\na,0,\r\nb,false,x\r\n";
    List<ProblemSamples> expected =
        List.of(ProblemSamples.of("a", 2, 1), ProblemSamples.of("b", 1, 0));
    assertThat(read(write("s.csv", csv))).isEqualTo(expected);
    Path zipped = folder.resolve("s.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      out.write(csv.getBytes(StandardCharsets.UTF_8));
    }
    AtomicLong progress = new AtomicLong();
    assertThat(SampleFile.read(zipped, PLAIN, OnBadRecord.FAIL, progress::set).problems())
        .isEqualTo(expected);
    assertThat(progress.get()).isEqualTo(Files.size(zipped));
  }

  @Test
  void readsOnlyMatchingRecords() throws IOException {
    Path file =
        write(
            "s.jsonl",
            """
            {"problem": "a", "correct": true, "model": "m"}
            {"problem": "a", "correct": "nonsense", "model": "other"}
            """);
    SampleFormat format =
        new SampleFormat("problem", "correct", null, null, null, Map.of("model", "m"));
    assertThat(SampleFile.read(file, format, OnBadRecord.FAIL, read -> {}).problems())
        .containsExactly(ProblemSamples.of("a", 1, 1));
  }

  @Test
  void namesTheLineOfABadRecord() throws IOException {
    assertBad("{\"problem\": \"a\", \"correct\": tru}", PLAIN, "line 2: column ");
    assertBad("[1]", PLAIN, "line 2: not a JSON object");
    assertBad("{\"problem\": \"a\", \"correct\": true} {}", PLAIN, "line 2: more than one value");
    assertBad("{\"problem\": \"a\"}", PLAIN, "line 2: field 'correct' is missing or empty");
    assertBad("{\"correct\": true}", PLAIN, "line 2: field 'problem' is missing or empty");
    assertBad("{\"problem\": \"a\", \"correct\": \"yes\"}", PLAIN, "field 'correct' is 'yes'");
    assertBad("{\"problem\": \"a\", \"correct\": ", PLAIN, "line 2: column ");
    String full = "{\"problem\": \"a\", \"correct\": %s, \"answer\": \"1\", \"chain\": 1%s}";
    assertBad(full.formatted("true", ", \"id\": 1"), FULL, "sample 1 of problem a occurs twice");
    assertBad(full.formatted("false", ", \"id\": 2"), FULL, "answer '1' to problem a was correct");
    assertBad(full.formatted("true", ""), FULL, "field 'id' is missing or empty");
  }

  @Test
  void skipsAndCountsInvalidRecords() throws IOException {
    Path file =
        write(
            "s.jsonl",
            """
            {"problem": "a", "correct": true}
            nonsense
            {}
            {"problem": "a", "correct": false}\
            """);
    Content content = SampleFile.read(file, PLAIN, OnBadRecord.SKIP, read -> {});
    assertThat(content.problems()).containsExactly(ProblemSamples.of("a", 2, 1));
    assertThat(content.skipped()).isEqualTo(2);
    assertThat(content.complaints()).hasSize(2);
    assertThat(content.complaints().get(0)).contains("line 2: column ");
    assertThat(content.complaints().get(1)).contains("line 3: field 'problem'");
  }

  @Test
  void limitsTheLengthOfALine() throws IOException {
    Path file = folder.resolve("s.jsonl");
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write("{\"problem\": \"".getBytes(StandardCharsets.UTF_8));
      byte[] block = "a".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 20; i++) {
        out.write(block);
      }
    }
    assertThatThrownBy(() -> read(file)).hasMessageContaining("line 1: the line is longer than");
  }

  @Test
  void limitsAQuoteThatIsNeverClosed() throws IOException {
    Path file = folder.resolve("s.csv");
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write("problem,correct\na,1\n\"b".getBytes(StandardCharsets.UTF_8));
      byte[] block = "a".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 20; i++) {
        out.write(block);
      }
    }
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(BadFileException.class)
        .hasMessageContaining("after line 2: not CSV: ");
  }

  @Test
  void namesTheLineOfABadCsvRecord() throws IOException {
    assertThatThrownBy(() -> read(write("s.csv", "problem,correct\na,1\nb\n")))
        .hasMessageContaining("line 3: 1 fields where the header has 2");
    assertThatThrownBy(() -> read(write("t.csv", "problem,correct\na,1\nb,maybe\n")))
        .hasMessageContaining("line 3: field 'correct' is 'maybe'");
    assertThatThrownBy(() -> read(write("u.csv", "problem,problem\na,1\n")))
        .isInstanceOf(BadFileException.class);
  }

  @Test
  void reportsUnreadableFiles() {
    assertThatThrownBy(() -> read(folder.resolve("none.jsonl")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("none.jsonl");
    assertThatThrownBy(() -> read(write("s.jsonl.gz", "not gzip")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("s.jsonl.gz");
  }

  @Property(tries = 5000)
  void readsOrRejectsAnyText(@ForAll String text, @ForAll boolean csv) throws IOException {
    Path file = Files.createTempFile("samples", csv ? ".csv" : ".jsonl");
    try {
      Files.writeString(file, text.replaceAll("[\\uD800-\\uDFFF]", "?"));
      try {
        assertThat(SampleFile.read(file, PLAIN, OnBadRecord.FAIL, read -> {}).skipped()).isZero();
      } catch (BadFileException e) {
        assertThat(e).hasMessageContaining("line ");
      }
    } finally {
      Files.delete(file);
    }
  }

  private void assertBad(String second, SampleFormat format, String message) throws IOException {
    String first =
        "{\"problem\": \"a\", \"correct\": true, \"answer\": \"1\", \"chain\": 1, \"id\": 1}\n";
    Path file = write("bad.jsonl", first + second);
    assertThatThrownBy(() -> SampleFile.read(file, format, OnBadRecord.FAIL, read -> {}))
        .isInstanceOf(BadFileException.class)
        .hasMessageContaining("bad.jsonl, ")
        .hasMessageContaining(message);
  }

  private List<ProblemSamples> read(Path file) {
    return SampleFile.read(file, PLAIN, OnBadRecord.FAIL, read -> {}).problems();
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}
