package org.leash.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packed jar and the launcher, as a user starts them. */
final class BenchmarksJarIT {
  @TempDir private Path parent;

  private static String run(int exit, String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isEqualTo(exit);
    return output;
  }

  @Test
  void isOrdinaryJmhJar() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    assertThat(run(0, java, "-jar", "target/benchmarks.jar", "-l"))
        .contains("OperationBenchmark.launch")
        .contains("DispatchBenchmark.emptyThroughBinding");
  }

  @Test
  void launcherFindsJavaAndRunsSuite() throws Exception {
    Path folder = parent.resolve("run");

    String output =
        run(
            0,
            "bin/leash-bench",
            "run",
            "--suite=quick",
            "--forks=1",
            "--threads=1",
            "--filter=entropy f32 256x32768 .* / java-vector",
            "--out=" + folder);

    assertThat(output.lines().toList().getLast()).isEqualTo(folder.toString());
    assertThat(folder.resolve("results.csv")).isNotEmptyFile();
    assertThat(folder.resolve("DONE")).exists();
  }
}
