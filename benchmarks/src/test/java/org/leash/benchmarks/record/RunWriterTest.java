package org.leash.benchmarks.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.csv.Samples;
import org.leash.files.BadFileException;

final class RunWriterTest {
  @TempDir private Path parent;

  private Path folder;

  @BeforeEach
  void nameFolder() {
    folder = parent.resolve("new/run");
  }

  private static Row fact(String key, String value) {
    return Row.of(RunTable.ENV).set("key", key).set("value", value);
  }

  private static Row sample(int round) {
    return Samples.row("a", 1, round, 1000.0 * round);
  }

  private RunWriter create() {
    return RunWriter.create(folder, "quick-1", List.of(fact("os", "Linux")));
  }

  private List<String> rounds() {
    return RunWriter.read(folder, RunTable.SAMPLES).stream().map(row -> row.get("round")).toList();
  }

  @Test
  void rowsAreWrittenImmediately() throws IOException {
    try (RunWriter run = create()) {
      run.append(fact("cpu", "fast"));

      assertThat(Files.readString(folder.resolve("env.csv")))
          .isEqualTo("schema,run_id,key,value,unit\n2,quick-1,os,Linux,\n2,quick-1,cpu,fast,\n");
      run.append(sample(1));
      run.append(sample(2));
      assertThat(rounds()).containsExactly("1", "2");
    }
    assertThat(RunWriter.read(folder, RunTable.SAMPLES))
        .extracting(row -> row.get("seq"))
        .containsExactly("1", "2");
  }

  @Test
  void rejectsFolderWithRun() {
    create().close();

    assertThatThrownBy(this::create)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--resume")
        .hasMessageContaining("--out");
  }

  @Test
  void sealDetectsChangedFiles() throws IOException {
    try (RunWriter run = create()) {
      assertThat(Seal.remarks(folder)).hasSize(1).first().asString().contains("not ended");
      run.done();
    }

    List<String> lines = Files.readAllLines(folder.resolve("DONE"));
    assertThat(lines).hasSize(RunTable.values().length);
    assertThat(lines).allMatch(line -> line.matches("[0-9a-f]{64}  [a-z]+\\.csv"));
    assertThat(Seal.remarks(folder)).isEmpty();
    Files.writeString(folder.resolve("env.csv"), "x", StandardOpenOption.APPEND);
    assertThat(Seal.remarks(folder)).containsExactly("env.csv has changed since the run ended");
  }

  /** Of a table that is replaced; a change of another one still shows. */
  @Test
  void renewsSealOfOneTableOnly() throws IOException {
    try (RunWriter run = create()) {
      run.done();
      Files.writeString(folder.resolve("env.csv"), "x", StandardOpenOption.APPEND);
      run.replaceSealed(RunTable.RESULTS, List.of(Row.of(RunTable.RESULTS)));
    }

    assertThat(Files.readAllLines(folder.resolve("DONE"))).hasSize(RunTable.values().length);
    assertThat(Seal.remarks(folder)).containsExactly("env.csv has changed since the run ended");
  }

  @Test
  void unfinishedRunIsNotSealed() {
    try (RunWriter run = create()) {
      run.replaceSealed(RunTable.RESULTS, List.of());
    }

    assertThat(folder.resolve("DONE")).doesNotExist();
  }

  @Test
  void locksFolder() {
    try (RunWriter run = create()) {
      assertThatThrownBy(() -> RunWriter.resume(folder, run.runId()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("in use by process " + ProcessHandle.current().pid());
    }
    assertThat(folder.resolve("lock")).doesNotExist();
    RunWriter.resume(folder, "quick-1").close();
  }

  @Test
  void resumesAfterLastCompleteLine() throws IOException {
    try (RunWriter run = create()) {
      run.append(sample(1));
      run.append(sample(2));
      run.done();
    }
    Path samples = folder.resolve("samples.csv");
    byte[] bytes = Files.readAllBytes(samples);
    for (int cut = bytes.length - 1; !rounds().isEmpty(); cut--) {
      Files.write(samples, Arrays.copyOf(bytes, cut));
      List<String> left = rounds();

      try (RunWriter run = RunWriter.resume(folder, "quick-1")) {
        assertThat(run.samples()).isEqualTo(left.size());
        assertThat(Seal.isOn(folder)).isFalse();
        run.append(sample(7));
      }

      assertThat(rounds()).isEqualTo(left.isEmpty() ? List.of("7") : List.of("1", "7"));
      Files.write(samples, Arrays.copyOf(bytes, cut));
    }
  }

  @Test
  void sealedFileMayBeTornButNotChanged() throws IOException {
    try (RunWriter run = create()) {
      run.append(sample(1));
      run.append(sample(2));
      run.done();
    }
    Path samples = folder.resolve("samples.csv");
    String whole = Files.readString(samples);
    Files.writeString(samples, whole.substring(0, whole.lastIndexOf("2,quick-1")));
    Files.writeString(folder.resolve("results.csv"), "derived again");

    assertThatThrownBy(() -> RunWriter.resume(folder, "quick-1"))
        .isInstanceOf(BadFileException.class)
        .hasMessageContaining("samples.csv: has changed since the run ended")
        .hasMessageContaining("delete " + folder.resolve("DONE"));
    assertThat(Seal.isOn(folder)).isTrue();

    Files.writeString(samples, whole.substring(0, whole.length() - 3));
    try (RunWriter run = RunWriter.resume(folder, "quick-1")) {
      assertThat(run.repairs()).containsOnlyKeys(RunTable.SAMPLES, RunTable.RESULTS);
      assertThat(run.samples()).isOne();
    }
  }

  @Test
  void restoresTornHeader() throws IOException {
    create().close();
    Files.writeString(folder.resolve("events.csv"), "schema,ru");
    Files.delete(folder.resolve("journal.csv"));

    try (RunWriter run = RunWriter.resume(folder, "quick-1")) {
      assertThat(run.repairs().get(RunTable.EVENTS)).contains("events.csv", "9 bytes");
    }

    assertThat(RunWriter.read(folder, RunTable.EVENTS)).isEmpty();
    assertThat(RunWriter.read(folder, RunTable.JOURNAL)).isEmpty();
  }

  @Test
  void rejectsOtherColumns() throws IOException {
    create().close();
    Files.writeString(folder.resolve("events.csv"), "schema,run_id,kind\n");

    assertThatThrownBy(() -> RunWriter.resume(folder, "quick-1"))
        .isInstanceOf(BadFileException.class)
        .hasMessageContaining("events.csv:1");
    // The lock has been given up.
    assertThat(folder.resolve("lock")).doesNotExist();
  }

  @Test
  void namesUnwritableFolder() throws IOException {
    Path file = Files.writeString(parent.resolve("file"), "");

    assertThatThrownBy(() -> RunWriter.create(file.resolve("run"), "r", List.of()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file.toString());
  }
}
