package org.leash.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.csv.Samples;
import org.leash.benchmarks.record.RunWriter;
import picocli.CommandLine.Model.UsageMessageSpec;

final class LeashBenchTest {
  @TempDir private Path parent;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... arguments) {
    return LeashBench.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void dryRunOnlyLists() {
    Path folder = parent.resolve("run");

    int exit = execute("run", "--suite", "quick", "--out", folder.toString(), "--dry-run");

    assertThat(exit).isZero();
    assertThat(out.toString())
        .contains("token_statistics f32 256x32768 peaked_h0.4, 1 thread")
        .contains("policy_gradient bf16 64x151936")
        .contains("cases in each of 5 processes");
    assertThat(folder).doesNotExist();
  }

  @Test
  void namesFaultOfOption() {
    assertThat(execute("run", "--suite", "quick", "--out", "x", "--threads", "0"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("--threads is 0");

    assertThat(execute("run", "--suite", "slow", "--out", "x")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("slow").containsIgnoringCase("quick");
  }

  @Test
  void existingRunIsErrorInOneLine() throws Exception {
    Files.writeString(parent.resolve("samples.csv"), "schema\n");

    assertThat(execute("run", "--suite", "quick", "--out", parent.toString()))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).startsWith("leash-bench: ").contains("--out").hasLineCount(1);
  }

  @Test
  void reportsWhatIsNoPathOnOneLine() {
    assertThat(execute("report", "a\0b")).isEqualTo(ExitCodes.USAGE);
    assertThat(execute("gate", "--base", "a\0b", "--cand", "b")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString().lines())
        .hasSize(2)
        .allMatch("leash-bench: the path \"a?b\" has a NUL character; remove it"::equals);
  }

  private Path recorded() {
    Path folder = parent.resolve("recorded");
    try (RunWriter run =
        RunWriter.create(
            folder,
            "r",
            List.of(
                Row.of(RunTable.ENV).set("key", "cpu.name").set("value", "another"),
                Row.of(RunTable.ENV).set("key", "run.base").set("value", "b")))) {
      for (int fork = 1; fork <= 3; fork++) {
        for (int round = 1; round <= 4; round++) {
          run.append(Samples.row("a", fork, round, 1e6 + 7 * fork * round));
          run.append(Samples.row("b", fork, round, 2e6 + 3 * fork * round));
        }
      }
    }
    return folder;
  }

  @Test
  void derivesIdenticalResults() throws Exception {
    Path folder = recorded();

    assertThat(execute("derive", folder.toString())).as(err.toString()).isZero();
    String first = Files.readString(folder.resolve("results.csv"));
    assertThat(first).contains(",b,\"leash-bench run");
    assertThat(execute("derive", folder.toString())).isZero();

    assertThat(Files.readString(folder.resolve("results.csv"))).isEqualTo(first);
    assertThat(out.toString()).contains("not as they were").endsWith(", as they were\n");
  }

  @Test
  void rejectsResumeUnderOtherConditions() {
    int exit = execute("run", "--suite", "quick", "--out", recorded().toString(), "--resume");

    assertThat(exit).isEqualTo(ExitCodes.OTHER_ENVIRONMENT);
    assertThat(err.toString())
        .contains("cannot be resumed")
        .containsPattern("cpu.name was 'another', is '.*'")
        .contains("plan.rounds was absent, is '8'");
  }

  @Test
  void exitCodesClassifyErrors() throws Exception {
    Path folder = recorded();
    assertThat(execute("run", "--suite=quick", "--out=/proc/nowhere/run")).isEqualTo(ExitCodes.IO);
    assertThat(err.toString()).contains("/proc/nowhere").contains("cannot write");
    assertThat(execute("derive", parent.toString())).isEqualTo(ExitCodes.IO);

    try (RunWriter held = RunWriter.resume(folder, "r")) {
      assertThat(held.samples()).isEqualTo(24);
      assertThat(execute("derive", folder.toString())).isEqualTo(ExitCodes.USAGE);
      assertThat(err.toString()).contains("in use by process ");
    }
    Files.writeString(folder.resolve("samples.csv"), "schema,run_id\n2,r\n");
    assertThat(execute("derive", folder.toString())).isEqualTo(ExitCodes.DATA);
    assertThat(err.toString()).contains("samples.csv:1: suite: the header lacks this column");
  }

  /** And its texts are formats that do not fail at a percent sign. */
  @Test
  void everyCommandListsExitCodes() {
    LeashBench.commandLine()
        .getSubcommands()
        .forEach(
            (name, command) -> {
              UsageMessageSpec usage = command.getCommandSpec().usageMessage();
              if (!usage.hidden() && !name.equals("generate-completion")) {
                assertThat(command.getUsageMessage()).as(name).contains("Exit codes", "  64 ");
                assertThat(usage.description())
                    .allSatisfy(line -> assertThat(line.formatted()).isNotEmpty());
              }
            });
  }

  @Test
  void listsExitCodesAndCompletesInShell() {
    assertThat(execute("run", "--help")).isZero();
    assertThat(out.toString()).contains("Exit codes:").contains("--resume on another machine");
    assertThat(execute("generate-completion")).isZero();
    assertThat(out.toString()).contains("complete -F _complete_leash-bench");
  }
}
