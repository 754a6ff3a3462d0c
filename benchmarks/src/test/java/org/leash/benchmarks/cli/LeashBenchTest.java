package org.leash.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        .contains("entries in each of 3 processes");
    assertThat(folder).doesNotExist();
  }

  @Test
  void saysWhatIsWrongWithAnOption() {
    assertThat(execute("run", "--suite", "quick", "--out", "x", "--threads", "0"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("--threads is 0");

    assertThat(execute("run", "--suite", "slow", "--out", "x")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("slow").containsIgnoringCase("quick");
  }

  @Test
  void anEarlierRunIsAnErrorInOneLine() throws Exception {
    Files.writeString(parent.resolve("samples.csv"), "schema\n");

    assertThat(execute("run", "--suite", "quick", "--out", parent.toString()))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).startsWith("leash-bench: ").contains("--out").hasLineCount(1);
  }
}
