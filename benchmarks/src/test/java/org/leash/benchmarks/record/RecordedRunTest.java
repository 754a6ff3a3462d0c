package org.leash.benchmarks.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.csv.Samples;
import org.leash.files.BadFileException;

final class RecordedRunTest {
  private static final Path RESULTS = Path.of("../results");

  @TempDir private Path parent;

  @Test
  void readsFiles() {
    Path folder = parent.resolve("run");
    try (RunWriter run =
        RunWriter.create(
            folder, "r", List.of(Row.of(RunTable.ENV).set("key", "os").set("value", "Linux")))) {
      for (int round = 1; round <= 3; round++) {
        run.append(Samples.row("a", 1, round, 100 * round).set("sm_clock_mhz", 1980));
        run.append(Samples.row("b", 1, round, 200 * round));
      }
      run.append(Samples.row("b", 1, 4, 1).set("status", ResultStatus.INVALID));
      run.append(
          Row.of(RunTable.CHECKS)
              .set(Samples.key("b", "candidate"))
              .set("fork", 1)
              .set("phase", "after")
              .set("status", ResultStatus.INCORRECT_NUMERICAL)
              .set("reason", "entropy"));
      run.done();
    }

    RecordedRun run = RecordedRun.read(folder);

    assertThat(run.complete()).isTrue();
    assertThat(run.remarks()).isEmpty();
    assertThat(run.environment().get("os")).contains("Linux");
    assertThat(run.cases()).hasSize(1);
    Series a = run.series().getFirst();
    Series b = run.series().getLast();
    assertThat(a.isGood()).isTrue();
    assertThat(a.estimate().center()).isEqualTo(200, within(1e-9));
    assertThat(a.samples().getFirst().sensors().smClockMhz()).isEqualTo(1980);
    assertThat(b.ratioTo(a).orElseThrow().center()).isEqualTo(2, within(1e-9));
    assertThat(b.samples()).hasSize(4);
    assertThat(b.rounds()).isEqualTo(3);
    assertThat(b.status()).isEqualTo(ResultStatus.INCORRECT_NUMERICAL);
    assertThat(b.reason()).isEqualTo("entropy");
  }

  @Test
  void rejectsDuplicateSample() throws IOException {
    Path folder = parent.resolve("run");
    try (RunWriter run = RunWriter.create(folder, "r", List.of())) {
      run.append(Samples.row("a", 1, 1, 100));
      run.append(Samples.row("a", 1, 1, 100));
    }

    assertThatThrownBy(() -> RecordedRun.read(folder))
        .isInstanceOf(BadFileException.class)
        .hasMessageContaining("samples.csv:3: round")
        .hasMessageContaining("round 1 of fork 1 already");
  }

  @Test
  void rejectsFilesOfDifferentRuns() {
    Path folder = parent.resolve("run");
    try (RunWriter run = RunWriter.create(folder, "r", List.of())) {
      run.append(Samples.row("a", 1, 1, 100));
    }
    try (RunWriter run = RunWriter.resume(folder, "another")) {
      run.append(Row.of(RunTable.EVENTS).set("ts_utc", "now").set("kind", "odd"));
    }

    assertThatThrownBy(() -> RecordedRun.read(folder))
        .isInstanceOf(BadFileException.class)
        .hasMessageContainingAll("events.csv", "'another'", "'r'");
  }

  @Test
  void remarksOnIncompleteLines() throws IOException {
    Path folder = parent.resolve("run");
    RunWriter.create(folder, "r", List.of()).close();
    Files.writeString(folder.resolve("samples.csv"), "2,r,quick", StandardOpenOption.APPEND);
    Files.delete(folder.resolve("checks.csv"));

    assertThat(RecordedRun.read(folder).remarks())
        .containsExactly(
            "samples.csv:2: the last line is incomplete and left out",
            "checks.csv is missing",
            "the run has not ended");
    assertThatThrownBy(() -> RecordedRun.read(parent))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("holds no run");
  }

  @Test
  void readsEveryCommittedRun() throws IOException {
    try (Stream<Path> files = Files.walk(RESULTS)) {
      List<Path> runs =
          files.filter(each -> each.endsWith("samples.csv")).map(Path::getParent).toList();
      assertThat(runs).hasSizeGreaterThanOrEqualTo(4);
      for (Path run : runs) {
        RecordedRun read = RecordedRun.read(run);
        assertThat(read.complete()).isTrue();
        assertThat(read.remarks()).isEmpty();
        assertThat(read.series()).isNotEmpty().allMatch(Series::isGood);
        assertThat(RunWriter.read(run, RunTable.RESULTS)).isNotEmpty();
      }
    }
  }
}
