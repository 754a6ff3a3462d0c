package org.leash.benchmarks.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunFolderTest {
  @TempDir private Path parent;

  @Test
  void rowsAreInTheFileAtOnce() throws IOException {
    Path folder = parent.resolve("new/run");
    try (RunFolder run = RunFolder.create(folder, "quick-1")) {
      run.append(Row.of(Table.ENV).set("key", "os").set("value", "Linux"));

      assertThat(Files.readString(folder.resolve("env.csv")))
          .isEqualTo("schema,run_id,key,value,unit\n1,quick-1,os,Linux,\n");
      run.append(Row.of(Table.SAMPLES).set("time_ns", 1.0));
      run.append(Row.of(Table.SAMPLES).set("time_ns", 2.0));
    }
    List<Row> samples = RunFolder.read(folder, Table.SAMPLES);
    assertThat(samples).extracting(row -> row.get("seq")).containsExactly("1", "2");
    assertThat(samples).extracting(row -> row.number("time_ns")).containsExactly(1.0, 2.0);
  }

  @Test
  void toleratesATornLastLineAndUnknownColumns() throws IOException {
    Path folder = parent.resolve("run");
    RunFolder.create(folder, "r").close();
    Files.writeString(
        folder.resolve("env.csv"),
        "key,schema,run_id,value,unit,new\nos,1,r,Linux,,x\ncpu,1,r",
        StandardOpenOption.TRUNCATE_EXISTING);

    List<Row> facts = RunFolder.read(folder, Table.ENV);

    assertThat(facts).hasSize(1);
    assertThat(facts.getFirst().get("value")).isEqualTo("Linux");
  }

  @Test
  void keepsAnEarlierRun() {
    Path folder = parent.resolve("run");
    RunFolder.create(folder, "r").close();

    assertThatThrownBy(() -> RunFolder.create(folder, "s"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--out");
  }

  @Test
  void doneNamesEveryFile() throws IOException {
    Path folder = parent.resolve("run");
    try (RunFolder run = RunFolder.create(folder, "r")) {
      run.done();
    }

    List<String> lines = Files.readAllLines(folder.resolve("DONE"));
    assertThat(lines).hasSize(Table.values().length);
    assertThat(lines).allMatch(line -> line.matches("[0-9a-f]{64}  [a-z]+\\.csv"));
  }
}
