package org.leash.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.benchmarks.selftest.Noise;
import org.leash.benchmarks.selftest.SyntheticRun;

/** compare, gate and selftest, with real files, through the command. */
final class ComparisonCommandsTest {
  private static final String HOSTILE = "<img src=x onerror=alert(1)>,\"|";

  @TempDir private Path parent;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private String base;
  private String candidate;

  private int execute(String... arguments) {
    return LeashBench.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private String write(String id, double factor, String machine) {
    return new SyntheticRun(id, Noise.DESIGN, id.hashCode(), 5, 8)
        .fact("cpu.name", machine)
        .newCase()
        .with("entropy", "fast", 1e6 * factor)
        .withTwin("entropy", "fast", 1e6 * factor)
        .with("entropy", HOSTILE, 2e6)
        .newCase()
        .with("entropy", "fast", 1e6 * factor)
        .withIncorrect("entropy", HOSTILE, 2e6)
        .write(parent.resolve(id))
        .toString();
  }

  @BeforeEach
  void writeRuns() {
    base = write("base", 1, "Imaginary 1");
    candidate = write("candidate", 1.1, "Imaginary 1");
  }

  /**
   * All exit codes of the gate, its false alarms and its power; what it prints is worth reading.
   */
  @Test
  void selftestPasses() {
    int exit = execute("selftest");

    System.out.println(out);
    assertThat(exit).as(out.toString()).isZero();
    assertThat(out.toString())
        .contains("exit  1  a slowdown of 5 %")
        .contains("exit 74")
        .contains("% found inside a run");
  }

  @Test
  void comparesTwoRuns() {
    assertThat(execute("compare", base, candidate)).isZero();

    assertThat(out.toString())
        .contains("base  base (0000000) on Imaginary 1")
        .contains("env   identical")
        .contains("A/A floor")
        .containsPattern("256×32768 +fast .* [+](9|10|11)(\\.\\d)? % ▼")
        .contains("✗ INCORRECT_NUMERICAL: entropy: off by 1")
        .contains("n/a (3 of 4)")
        .contains("2 SLOWER")
        .contains("<img src=x onerror=alert(1)>,\"|")
        .doesNotContain("\u001b");
  }

  @Test
  void comparesInsideRunWithinWidth() {
    assertThat(execute("compare", base, "--base=fast", "--width=200")).isZero();
    String wide = out.toString();
    out.getBuffer().setLength(0);
    assertThat(execute("compare", base, "--base=fast", "--width=60")).isZero();

    assertThat(wide).contains("fast (base)").containsPattern("[+]99 % ▼|2\\.0\\d*× ▼");
    assertThat(out.toString()).contains("fast (base)").contains("2.0");
  }

  @Test
  void writesCsvJsonAndMarkdown() {
    assertThat(execute("compare", base, candidate, "--format=csv")).isZero();
    assertThat(out.toString().lines().findFirst().orElseThrow())
        .contains("ratio_ci_lo,ratio_ci_hi,p,p_holm,forks,paired,verdict");
    assertThat(out.toString()).contains("\"<img src=x onerror=alert(1)>,\"\"|");

    out.getBuffer().setLength(0);
    assertThat(execute("compare", base, candidate, "--format=json")).isZero();
    assertThat(out.toString())
        .contains("\"verdict\" : \"INCORRECT\"")
        .contains("\"aa_floor_pct\"")
        .doesNotContain("NaN");

    out.getBuffer().setLength(0);
    assertThat(execute("compare", base, candidate, "--format=markdown")).isZero();
    assertThat(out.toString())
        .contains("| case | variant |")
        .contains("\\<img src=x onerror=alert(1)\\>,\"\\|")
        .doesNotContainPattern("(?<!\\\\)<img");
  }

  /** Our files have none, but others' may. */
  @Test
  void lineEndInNameBecomesSpace() throws IOException {
    for (String table : List.of("samples.csv", "checks.csv")) {
      Path file = Path.of(base, table);
      Files.writeString(file, Files.readString(file).replace("<img src", "<img\nsrc"));
    }

    assertThat(execute("derive", base)).isZero();
    assertThat(execute("compare", base, candidate)).as(err.toString()).isZero();
    assertThat(execute("compare", base, "--base=fast")).as(err.toString()).isZero();
    assertThat(execute("report", base, "--out", parent.resolve("r.html").toString())).isZero();

    assertThat(out.toString()).contains("2 SLOWER", HOSTILE).doesNotContain("MISSING", "<img\n");
  }

  @Test
  void rejectsOtherMachine() {
    String other = write("other", 1, "Imaginary 2");

    assertThat(execute("compare", base, other)).isEqualTo(ExitCodes.OTHER_ENVIRONMENT);
    assertThat(err.toString()).contains("cpu.name").contains("--cross-env").hasLineCount(1);
    assertThat(execute("compare", base, other, "--cross-env")).isZero();
  }

  @Test
  void gateNamesFindingsAndCommands() {
    Path report = parent.resolve("gate.txt");

    int exit = execute("gate", "--base", base, "--cand", candidate, "--out", report.toString());

    assertThat(exit).isEqualTo(ExitCodes.INCORRECT);
    assertThat(report)
        .content()
        .contains("INCORRECT")
        .contains("REGRESSION   entropy fast")
        .contains("leash-bench run --suite quick --filter")
        .contains("exit 2");
    assertThat(parent).isDirectoryNotContaining("glob:**.new");
  }

  /** A wrong result is reported even where no time is a multiple of the anchor's. */
  @Test
  void gateFindsWrongResultWithAnchor() {
    assertThat(execute("gate", "--base", base, "--cand", candidate, "--anchor", HOSTILE))
        .isEqualTo(ExitCodes.INCORRECT);
    assertThat(execute("gate", "--base", base, "--cand", candidate, "--anchor", "unheard"))
        .isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void helpListsExitCodes() {
    assertThat(execute("gate", "--help")).isZero();
    assertThat(out.toString()).contains("Exit codes").contains("74").contains("regression");
  }

  @Test
  void namesBaseAndCandidate() {
    assertThat(execute("compare", base)).isZero();
    assertThat(out.toString()).contains("fast (base)");
    assertThat(execute("compare", base, candidate, "--base=fast")).isEqualTo(ExitCodes.USAGE);
    assertThat(execute("compare", base, "--axis=impl")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("inside of one run").contains("--axis impl needs");
  }

  /** Every variant once, however narrow the terminal. */
  @Test
  void splitsTablesToFitWidth() {
    SyntheticRun many = new SyntheticRun("many", Noise.DESIGN, 3, 5, 8).newCase();
    for (int i = 0; i < 6; i++) {
      many.with("entropy", "variant" + i, 1e6 + 1e5 * i);
    }
    String folder = many.write(parent.resolve("many")).toString();

    assertThat(execute("compare", folder, "--width=90")).isZero();

    assertThat(out.toString()).containsSubsequence("variant1", "variant2", "variant5");
    assertThat(out.toString()).containsOnlyOnce("variant5");
    assertThat(out.toString().lines().filter(line -> line.contains("variant0 (base)")))
        .hasSizeGreaterThan(1)
        .allMatch(line -> line.length() <= 90);
  }

  @Test
  void operationWithoutBaseUsesItsBaseline() {
    String folder =
        new SyntheticRun("mixed", Noise.DESIGN, 3, 5, 8)
            .newCase()
            .with("entropy", "fast", 1e6)
            .with("entropy", "slow", 2e6)
            .newCase()
            .withBaseline("gradient", "c", 2e6)
            .with("gradient", "panama", 6e6)
            .write(parent.resolve("mixed"))
            .toString();

    assertThat(execute("compare", folder)).isZero();

    assertThat(out.toString())
        .containsSubsequence("gradient", "c (base)", "panama")
        .containsPattern("512×32768 .*(2\\.9|3\\.0)\\d*× ▼")
        .containsSubsequence("verdicts: 2 SLOWER")
        .contains("fast (base)");
  }

  @Test
  void singleVariantHasTimesWithoutVerdict() throws IOException {
    assertThat(execute("compare", base, "--where=variant=fast")).isZero();

    assertThat(execute("compare", base, "--where=variant=fast", "--format=markdown")).isZero();
    for (String report : List.of("alone.html", "alone.md")) {
      String file = parent.resolve(report).toString();
      assertThat(execute("report", base, "--where=variant=fast", "--out", file)).isZero();
      out.append(Files.readString(Path.of(file)));
    }

    assertThat(out.toString().split("verdicts: none, the base is alone", -1)).hasSize(5);
    assertThat(out.toString()).contains("fast (base)").doesNotContain("MISSING", "Failures");
  }
}
