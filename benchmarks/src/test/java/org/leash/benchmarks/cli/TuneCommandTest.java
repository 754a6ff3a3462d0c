package org.leash.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.UnavailableException;
import org.leash.binding.LeashLibrary;
import org.leash.device.Device;

/** What {@code leash-bench tune} does without a GPU; {@link GpuSuiteTest} measures. */
final class TuneCommandTest {
  @TempDir private Path parent;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void requireLibrary() {
    assumeTrue(LeashLibrary.isLoaded(), "variants come from the native library");
  }

  @Test
  void estimatesWithoutGpu() {
    assertThat(run("--dry-run")).isZero();
    assertThat(out.toString())
        .contains("policy_gradient bf16 8192x262144 peaked_h0.4, gpu")
        .containsPattern("48 cases in each of 5 processes, 6 rounds; 432 contenders in all; about");
  }

  @Test
  void saysThatThereIsNoGpu() {
    assumeTrue(isWithoutGpu(), "a GPU would be tuned");
    assertThat(run()).isEqualTo(69);
    assertThat(err.toString()).startsWith("leash-bench: CUDA").hasLineCount(1);
    assertThat(parent.resolve("run")).doesNotExist();
  }

  @Test
  void rejectsInvalidOptions() {
    assertThat(run("--device", "cuda:1")).isEqualTo(64);
    assertThat(run("--device", "tpu")).isEqualTo(64);
    assertThat(run("--minutes", "0")).isEqualTo(64);
    assertThat(run("--forks", "-1")).isEqualTo(64);
    assertThat(run("--rounds", "0")).isEqualTo(64);
    assertThat(run("--filter", "native-split")).isEqualTo(64);
    assertThat(err.toString())
        .contains(
            "--device is cuda:1; must be cuda:0, which CUDA_VISIBLE_DEVICES can make any GPU",
            "\"tpu\" is not a device",
            "--minutes is 0",
            "--forks is -1",
            "--rounds is 0",
            "--filter 'native-split' selects [native-split] without native-auto");
  }

  private static boolean isWithoutGpu() {
    try {
      Device.cuda(0).close();
      return false;
    } catch (UnavailableException e) {
      return true;
    }
  }

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "tune";
    all[1] = "--out=" + parent.resolve("run");
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return LeashBench.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(all);
  }
}
