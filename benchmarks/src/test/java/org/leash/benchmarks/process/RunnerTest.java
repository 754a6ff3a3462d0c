package org.leash.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunFolder;
import org.leash.benchmarks.csv.Samples;
import org.leash.benchmarks.csv.Table;

/** The parent, with shell scripts for forks. */
final class RunnerTest {
  private static final Plan PLAN =
      new Plan(Suite.QUICK, List.of(1), Pattern.compile(""), new Effort(1, 1, 1, 1));
  private static final int ENTRIES = PLAN.entries().size();

  @TempDir private Path parent;

  private final List<Fork> forks = new ArrayList<>();

  private static String say(String... messages) {
    StringBuilder script = new StringBuilder();
    for (String message : messages) {
      script.append("printf '%s\\n' '").append(message).append("'\n");
    }
    return script.toString();
  }

  private static Row row(Table table, String variant) {
    return Row.of(table).set(Samples.key(variant, "candidate"));
  }

  private static String sample(String variant) {
    return Message.row(
        row(Table.SAMPLES, variant)
            .set("ts_utc", "now")
            .set("fork", 1)
            .set("round", 1)
            .set("slot", 1)
            .set("launches", 1)
            .set("time_ns", 1e6));
  }

  private static String atWork(String variant) {
    return Message.atWork(row(Table.CHECKS, variant).set("phase", "run"));
  }

  /** Runs forks of which the first does as told, and the second has nothing more to say. */
  private List<Row> run(String firstScript, int silenceSeconds) {
    try (RunFolder folder = RunFolder.create(parent.resolve("run"), "r", List.of())) {
      Runner.Launcher launcher =
          fork -> {
            forks.add(fork);
            String script = forks.size() == 1 ? firstScript : say(Message.entry(ENTRIES));
            return List.of("sh", "-c", script);
          };
      return Runner.of(PLAN, folder, launcher, silenceSeconds).run("");
    }
  }

  private List<Row> read(Table table) {
    return RunFolder.read(parent.resolve("run"), table);
  }

  @Test
  void writesWhatAForkReports() {
    String everyEntry =
        IntStream.rangeClosed(0, ENTRIES)
            .mapToObj(i -> say(Message.entry(i)) + (i == 0 ? say(sample("a"), "chatter") : ""))
            .reduce("", String::concat);

    List<Row> results = run(everyEntry, 60);

    assertThat(forks).hasSize(1);
    assertThat(read(Table.SAMPLES)).hasSize(1);
    assertThat(results).extracting(row -> row.get("status")).containsOnly("OK");
    assertThat(read(Table.RESULTS)).hasSize(results.size());
    assertThat(parent.resolve("run/DONE")).exists();
  }

  @Test
  void survivesADeadForkWithoutTheOneThatWasAtWork() {
    List<Row> results =
        run(
            say(
                    Message.entry(0),
                    sample("a"),
                    Message.entry(1),
                    Message.entry(2),
                    atWork("killer"),
                    "SIGSEGV")
                + "kill -9 $$\n",
            60);

    assertThat(forks).hasSize(2);
    assertThat(forks.get(1).entries().getFirst()).isEqualTo(2);
    assertThat(forks.get(1).banned()).containsExactly("2:killer");
    Row dead =
        results.stream()
            .filter(row -> row.get("variant").equals("killer"))
            .findFirst()
            .orElseThrow();
    assertThat(dead.get("status")).isEqualTo("RUNTIME_ERROR");
    assertThat(dead.get("reason")).contains("SIGSEGV");
    assertThat(dead.get("center")).isEmpty();
    assertThat(read(Table.SAMPLES)).hasSize(1);
    assertThat(read(Table.EVENTS)).extracting(row -> row.get("kind")).contains("lost_contender");
  }

  @Test
  void endsAForkThatHangs() {
    List<Row> results = run(say(Message.entry(0), atWork("sleeper")) + "exec sleep 60\n", 1);

    assertThat(results.getFirst().get("status")).isEqualTo("TIMEOUT");
    assertThat(results.getFirst().get("reason")).contains("1 s");
    assertThat(forks.get(1).banned()).containsExactly("0:sleeper");
  }

  @Test
  void givesUpAnEntryThatNobodyCanBeBlamedFor() {
    run(say(Message.entry(0)) + "exit 3\n", 60);

    assertThat(forks.get(1).entries().getFirst()).isEqualTo(1);
    assertThat(read(Table.EVENTS)).extracting(row -> row.get("kind")).contains("lost_entry");
  }

  @Test
  void progressCountsWhatIsPlayed() {
    Plan plan =
        new Plan(
            Suite.QUICK, List.of(1), Pattern.compile("entropy .* / java"), new Effort(2, 1, 1, 1));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    List<Integer> totals = new ArrayList<>();
    Runner.Launcher launcher =
        fork -> {
          forks.add(fork);
          String end =
              forks.size() == 1
                  ? say(atWork("killer")) + "kill -9 $$\n"
                  : say(Message.entry(ENTRIES));
          return List.of("sh", "-c", say(Message.entry(fork.entries().getFirst())) + end);
        };
    try (RunFolder folder = RunFolder.create(parent.resolve("run"), "r", List.of())) {
      Runner.of(plan, folder, launcher, 60)
          .run(
              "",
              total -> {
                totals.add(total);
                return new Progress.Lines(
                    total, new PrintStream(said, true, StandardCharsets.UTF_8));
              });
    }

    assertThat(plan.describe()).contains("1 entries in each of 2 processes");
    assertThat(totals).containsExactly(2);
    assertThat(forks).hasSize(3).allMatch(fork -> fork.entries().size() == 1);
    assertThat(said.toString(StandardCharsets.UTF_8).lines().filter(line -> line.startsWith("[")))
        .extracting(line -> line.substring(0, 7))
        .containsExactly("[  1/2]", "[  2/2]");
  }

  @Test
  void leavesOutWhatIsKnownWellEnough() {
    Plan plan =
        new Plan(Suite.QUICK, List.of(1), Pattern.compile(""), new Effort(5, 1, 1, 1, 60, 1.0));
    Runner.Launcher launcher =
        fork -> {
          forks.add(fork);
          StringBuilder script = new StringBuilder();
          for (int entry : fork.entries()) {
            script.append(say(Message.entry(entry)));
            if (entry < 2) {
              double nanos = entry == 0 ? 1e6 + fork.number() : 1e6 * fork.number();
              Row sample = Row.parse(Table.SAMPLES, sampleLine(fork, entry, nanos));
              script.append(say(Message.row(sample)));
            }
          }
          return List.of("sh", "-c", script + say(Message.entry(ENTRIES)));
        };
    List<Row> results;
    try (RunFolder folder = RunFolder.create(parent.resolve("run"), "r", List.of())) {
      results = Runner.of(plan, folder, launcher, 60).run("");
    }

    assertThat(forks).hasSize(5);
    assertThat(forks.get(2).entries()).contains(0, 1);
    assertThat(forks.get(3).entries()).doesNotContain(0).contains(1);
    assertThat(results.getFirst().get("n_forks")).isEqualTo("3");
    assertThat(read(Table.EVENTS))
        .filteredOn(row -> row.get("kind").equals("stopped_early"))
        .singleElement()
        .extracting(row -> row.get("detail"))
        .asString()
        .contains("after 3 of 5 forks");
  }

  private static String sampleLine(Fork fork, int entry, double nanos) {
    return row(Table.SAMPLES, "a")
        .set("ts_utc", "now")
        .set("rows", 256 + entry)
        .set("fork", fork.number())
        .set("round", 1)
        .set("slot", 1)
        .set("launches", 1)
        .set("time_ns", nanos)
        .toLine();
  }
}
