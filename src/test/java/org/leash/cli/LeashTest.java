package org.leash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class LeashTest {
  private record Run(int code, String out, String err) {}

  @TempDir Path folder;

  @Test
  void reportsPassAtK() throws IOException {
    Path file = samples();
    Run run =
        run("passk", file.toString(), "--where", "model=base", "--k", "1,2", "--format", "csv");
    assertThat(run.err).isEmpty();
    assertThat(run.code).isZero();
    String[] lines = run.out.split("\n");
    assertThat(lines[0]).isEqualTo("k,problems,pass,pass_low,pass_high");
    assertThat(lines[1]).startsWith("1,2,0.25,");
    assertThat(lines[2]).startsWith("2,2,0.5,");
    assertThat(lines).hasSize(3);
  }

  @Test
  void reportsMajorityAndAnswerEntropyWithAnswers() throws IOException {
    Run run =
        run(
            "passk",
            samples().toString(),
            "--where",
            "model=base",
            "--answer",
            "answer",
            "--format",
            "json");
    assertThat(run.code).isZero();
    assertThat(run.out).contains("\"maj\" : ").contains("\"answer_entropy_nats\" : ");
  }

  @Test
  void findsMetricsByNamesOfOtherLibraries() {
    Run text = run("metrics", "actor/ppo_kl");
    assertThat(text.code).isZero();
    assertThat(text.out).contains("\npolicy/kl_old", "actor/ppo_kl  nats");
    Run json = run("metrics", "frac_reward_zero_std", "--format", "json");
    assertThat(json.out).contains("\"name\" : \"reward/frac_zero_std\"", "\"verl\" : null");
    Run csv = run("metrics", "--format", "csv");
    assertThat(csv.out).startsWith("name,trl,verl,unit,formula");
    Run none = run("metrics", "nonsense");
    assertThat(none.code).isEqualTo(LeashCommand.USAGE);
    assertThat(none.err).contains("no metric mentions \"nonsense\"");
  }

  @Test
  void reportsTheSupport() throws IOException {
    String file = samples().toString();
    Run run =
        run(
            "support",
            "--base",
            file,
            "--base-where",
            "model=base",
            "--tuned",
            file,
            "--tuned-where",
            "model=tuned");
    assertThat(run.err).isEmpty();
    assertThat(run.code).isZero();
    assertThat(run.out).contains("srr").contains("epsilon");
    // At the whole budget one problem is in the support of both models, the other in that of
    // neither.
    assertThat(run.out.lines().filter(line -> line.strip().startsWith("2 ")).findFirst())
        .hasValueSatisfying(
            line -> assertThat(line).containsPattern("1\\.0000 +0\\.0000 +0\\.0000 +1\\.0000"));
    assertThat(run.out).contains("catches up at k = 2.0.");
  }

  @Test
  void returnsDocumentedExitCodes() throws IOException {
    String file = samples().toString();
    assertThat(run("passk").code).isEqualTo(LeashCommand.USAGE);
    assertThat(run("passk", file, "--nonsense").code).isEqualTo(LeashCommand.USAGE);
    Run budget = run("passk", file, "--where", "model=base", "--k", "3");
    assertThat(budget.code).isEqualTo(LeashCommand.USAGE);
    assertThat(budget.err).contains("--k 3 is outside [1, 2]");
    Run none = run("passk", file, "--where", "model=absent");
    assertThat(none.code).isEqualTo(LeashCommand.USAGE);
    assertThat(none.err).contains("has no samples where {model=absent}");
    Run missing = run("passk", folder.resolve("none.jsonl").toString());
    assertThat(missing.code).isEqualTo(LeashCommand.IO);
    assertThat(missing.err).contains("cannot read file ", "none.jsonl");
    Path bad = Files.writeString(folder.resolve("bad.jsonl"), "nonsense\n");
    Run data = run("passk", bad.toString());
    assertThat(data.code).isEqualTo(LeashCommand.BAD_DATA);
    assertThat(data.err).contains("bad.jsonl, line 1: ").doesNotContain("Exception");
    assertThat(run("--help").out).contains("65").contains("support");
    assertThat(run("--version").out).startsWith("leash ");
  }

  @Test
  void skipsBadRecords() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("some.jsonl"), "nonsense\n{\"problem\": \"a\", \"correct\": true}\n");
    Run run = run("passk", file.toString(), "--on-error", "skip");
    assertThat(run.code).isZero();
    assertThat(run.err).contains("line 1: ").contains("skipped 1 records, used 1");
  }

  @Test
  void reportsProblemsOfOneModelOnly() throws IOException {
    Path base =
        Files.writeString(
            folder.resolve("base.jsonl"),
            """
            {"problem": "a", "correct": true}
            {"problem": "b", "correct": false}
            {"problem": "c", "correct": false}
            """);
    Path tuned =
        Files.writeString(
            folder.resolve("tuned.jsonl"), "{\"problem\": \"a\", \"correct\": true}\n");
    Run refused = run("support", "--base", base.toString(), "--tuned", tuned.toString());
    assertThat(refused.code).isEqualTo(LeashCommand.BAD_DATA);
    assertThat(refused.err)
        .contains("base.jsonl, line 2: problem b has no samples of the tuned model")
        .contains("one of 2 such problems");
    Run skipped =
        run(
            "support",
            "--base",
            base.toString(),
            "--tuned",
            tuned.toString(),
            "--on-error",
            "skip");
    assertThat(skipped.code).isZero();
    assertThat(skipped.err).contains("line 3: problem c").contains("skipped 2 problems, used 1");
  }

  @Test
  void reportsWhatIsNoPathOnOneLine() {
    for (String[] arguments :
        new String[][] {{"passk", "a\0b"}, {"train", "--out", "a\0b"}, {"report", "a\0b"}}) {
      Run run = run(arguments);
      assertThat(run.code).isEqualTo(LeashCommand.USAGE);
      assertThat(run.err)
          .isEqualToIgnoringNewLines("leash: the path \"a?b\" has a NUL character; remove it");
    }
  }

  private Path samples() throws IOException {
    return Files.writeString(
        folder.resolve("samples.jsonl"),
        """
        {"problem": "a", "model": "base", "correct": true, "answer": "1"}
        {"problem": "a", "model": "base", "correct": false, "answer": "2"}
        {"problem": "b", "model": "base", "correct": false, "answer": "2"}
        {"problem": "b", "model": "base", "correct": false, "answer": "3"}
        {"problem": "a", "model": "tuned", "correct": true, "answer": "1"}
        {"problem": "a", "model": "tuned", "correct": true, "answer": "1"}
        {"problem": "b", "model": "tuned", "correct": false, "answer": "2"}
        {"problem": "b", "model": "tuned", "correct": false, "answer": "2"}
        """);
  }

  private static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = LeashCommand.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    int code = command.execute(arguments);
    return new Run(code, out.toString(), err.toString());
  }
}
