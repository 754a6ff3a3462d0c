package org.leash.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.csv.Samples;
import org.leash.benchmarks.plan.Effort;
import org.leash.benchmarks.plan.Plan;
import org.leash.benchmarks.plan.Suite;
import org.leash.benchmarks.record.RunWriter;

/** The parent, with shell scripts as forks. */
final class RunnerTest {
  private static final Plan PLAN =
      new Plan(Suite.QUICK, List.of(1), Pattern.compile(""), new Effort(1, 1, 1, 1));
  private static final int CASES = PLAN.cases().size();

  @TempDir private Path parent;

  private final List<Fork> forks = new ArrayList<>();

  private static String say(String... messages) {
    StringBuilder script = new StringBuilder();
    for (String message : messages) {
      script.append("printf '%s\\n' '").append(message).append("'\n");
    }
    return script.toString();
  }

  private static Row row(RunTable table, String variant) {
    return Row.of(table).set(Samples.key(variant, "candidate"));
  }

  private static String sample(String variant) {
    return Message.append(
        row(RunTable.SAMPLES, variant)
            .set("ts_utc", "now")
            .set("fork", 1)
            .set("round", 1)
            .set("slot", 1)
            .set("launches", 1)
            .set("time_ns", 1e6));
  }

  private static String atWork(String variant) {
    return Message.atWork(row(RunTable.CHECKS, variant).set("fork", 1).set("phase", "run"));
  }

  /** Runs a first fork with a script, and further ones that report completion. */
  private List<Row> run(String firstScript, int silenceSeconds) {
    try (RunWriter writer = RunWriter.create(parent.resolve("run"), "r", List.of())) {
      Runner.Launcher launcher =
          fork -> {
            forks.add(fork);
            String script = forks.size() == 1 ? firstScript : say(Message.caseBegins(CASES));
            return List.of("sh", "-c", script);
          };
      return Runner.of(PLAN, writer, launcher, silenceSeconds, Runner.UNLIMITED).run("");
    }
  }

  private List<Row> read(RunTable table) {
    return RunWriter.read(parent.resolve("run"), table);
  }

  @Test
  void recordsReportsOfFork() {
    String everyCase =
        IntStream.rangeClosed(0, CASES)
            .mapToObj(i -> say(Message.caseBegins(i)) + (i == 0 ? say(sample("a"), "chatter") : ""))
            .reduce("", String::concat);

    List<Row> results = run(everyCase, 60);

    assertThat(forks).hasSize(1);
    assertThat(read(RunTable.SAMPLES)).hasSize(1);
    assertThat(results).extracting(row -> row.get("status")).containsOnly("OK");
    assertThat(read(RunTable.RESULTS)).hasSize(results.size());
    assertThat(parent.resolve("run/DONE")).exists();
  }

  @Test
  void bansContenderThatKillsItsFork() {
    List<Row> results =
        run(
            say(
                    Message.caseBegins(0),
                    sample("a"),
                    Message.caseBegins(1),
                    Message.caseBegins(2),
                    atWork("killer"),
                    "SIGSEGV")
                + "kill -9 $$\n",
            60);

    assertThat(forks).hasSize(2);
    assertThat(forks.get(1).cases().getFirst()).isEqualTo(2);
    assertThat(forks.get(1).banned()).containsExactly("2:killer");
    Row dead =
        results.stream()
            .filter(row -> row.get("variant").equals("killer"))
            .findFirst()
            .orElseThrow();
    assertThat(dead.get("status")).isEqualTo("RUNTIME_ERROR");
    assertThat(dead.get("reason")).contains("SIGSEGV");
    assertThat(dead.get("center")).isEmpty();
    assertThat(read(RunTable.SAMPLES)).hasSize(1);
    assertThat(read(RunTable.EVENTS)).extracting(row -> row.get("kind")).contains("lost_contender");
  }

  @Test
  void killsForkThatHangs() {
    List<Row> results = run(say(Message.caseBegins(0), atWork("sleeper")) + "exec sleep 60\n", 1);

    assertThat(results.getFirst().get("status")).isEqualTo("TIMEOUT");
    assertThat(results.getFirst().get("reason")).contains("1 s");
    assertThat(forks.get(1).banned()).containsExactly("0:sleeper");
  }

  @Test
  void givesUpCaseIfForkDiesWithoutContenderAtWork() {
    run(say(Message.caseBegins(0)) + "exit 3\n", 60);

    assertThat(forks.get(1).cases().getFirst()).isEqualTo(1);
    assertThat(read(RunTable.EVENTS)).extracting(row -> row.get("kind")).contains("lost_entry");
  }

  @Test
  void progressCountsCasesPerFork() {
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
                  : say(Message.caseBegins(CASES));
          return List.of("sh", "-c", say(Message.caseBegins(fork.cases().getFirst())) + end);
        };
    try (RunWriter writer = RunWriter.create(parent.resolve("run"), "r", List.of())) {
      Runner.of(plan, writer, launcher, 60, Runner.UNLIMITED)
          .run(
              "",
              total -> {
                totals.add(total);
                return new Progress.Lines(
                    total, new PrintStream(said, true, StandardCharsets.UTF_8));
              });
    }

    assertThat(plan.describe()).contains("1 cases in each of 2 processes");
    assertThat(totals).containsExactly(2);
    assertThat(forks).hasSize(3).allMatch(fork -> fork.cases().size() == 1);
    assertThat(said.toString(StandardCharsets.UTF_8).lines().filter(line -> line.startsWith("[")))
        .extracting(line -> line.substring(0, 7))
        .containsExactly("[  1/2]", "[  2/2]");
  }

  @Test
  void skipsPreciseCasesInLaterForks() {
    Plan plan =
        new Plan(Suite.QUICK, List.of(1), Pattern.compile(""), new Effort(5, 1, 1, 1, 60, 1.0));
    Runner.Launcher launcher =
        fork -> {
          forks.add(fork);
          StringBuilder script = new StringBuilder();
          for (int index : fork.cases()) {
            script.append(say(Message.caseBegins(index)));
            if (index < 2) {
              double nanos = index == 0 ? 1e6 + fork.number() : 1e6 * fork.number();
              Row sample = Row.parse(RunTable.SAMPLES, sampleLine(fork, index, nanos));
              script.append(say(Message.append(sample)));
            }
          }
          return List.of("sh", "-c", script + say(Message.caseBegins(CASES)));
        };
    List<Row> results;
    try (RunWriter writer = RunWriter.create(parent.resolve("run"), "r", List.of())) {
      results = Runner.of(plan, writer, launcher, 60, Runner.UNLIMITED).run("");
    }

    assertThat(forks).hasSize(5);
    assertThat(forks.get(2).cases()).contains(0, 1);
    assertThat(forks.get(3).cases()).doesNotContain(0).contains(1);
    assertThat(results.getFirst().get("n_forks")).isEqualTo("3");
    assertThat(read(RunTable.EVENTS))
        .filteredOn(row -> row.get("kind").equals("stopped_early"))
        .singleElement()
        .extracting(row -> row.get("detail"))
        .asString()
        .contains("after 3 of 5 forks");
  }

  @Test
  void limitedRunEndsAfterAForkAndContinuesLater() {
    Plan plan = new Plan(Suite.QUICK, List.of(1), Pattern.compile(""), new Effort(4, 1, 1, 1));
    Runner.Launcher launcher =
        fork -> {
          forks.add(fork);
          String[] everyCase =
              IntStream.rangeClosed(0, CASES).mapToObj(Message::caseBegins).toArray(String[]::new);
          return List.of("sh", "-c", say(everyCase));
        };
    try (RunWriter writer = RunWriter.create(parent.resolve("run"), "r", List.of())) {
      Runner.of(plan, writer, launcher, 60, Duration.ZERO).run("");
    }
    assertThat(forks).hasSize(1);
    assertThat(read(RunTable.EVENTS))
        .filteredOn(row -> row.get("kind").equals("time_limit"))
        .singleElement()
        .extracting(row -> row.get("detail"))
        .isEqualTo("1 of 4 forks fit into 0 s");

    try (RunWriter writer = RunWriter.resume(parent.resolve("run"), "r")) {
      Runner.of(plan, writer, launcher, 60, Duration.ZERO).run("");
    }
    assertThat(forks).extracting(Fork::number).containsExactly(1, 2);

    try (RunWriter writer = RunWriter.resume(parent.resolve("run"), "r")) {
      Runner.of(plan, writer, launcher, 60, Duration.ofHours(1)).run("");
    }
    assertThat(forks).extracting(Fork::number).containsExactly(1, 2, 3, 4);
  }

  private static String sampleLine(Fork fork, int index, double nanos) {
    return row(RunTable.SAMPLES, "a")
        .set("ts_utc", "now")
        .set("rows", 256 + index)
        .set("fork", fork.number())
        .set("round", 1)
        .set("slot", 1)
        .set("launches", 1)
        .set("time_ns", nanos)
        .toLine();
  }
}
