package org.leash.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.plan.Contract;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.LogitDistribution;
import org.leash.benchmarks.record.RunWriter;
import org.leash.device.DType;
import org.leash.kernel.panama.Choice;
import org.leash.kernel.panama.ChoiceFile;
import org.leash.operation.Operation;

/**
 * {@code leash-bench run --suite gpu} and the commands that read its files, with real processes on
 * an emulated GPU: in a run of its own, which sets {@code leash.test.device} and {@code
 * leash.library}. The times are meaningless; everything else is as on a GPU.
 */
final class GpuSuiteTest {
  private static final int FORKS = 2;
  private static final int ROUNDS = 2;
  private static final List<Contract> CONTRACTS =
      List.of(Contract.TOKEN_STATISTICS, Contract.POLICY_GRADIENT);
  private static final String CASES = "^(token_statistics|policy_gradient) bf16 1x32000 ";

  @TempDir private Path parent;

  private final StringWriter out = new StringWriter();

  @Test
  void runsDerivesComparesAndReports() throws Exception {
    assumeTrue(System.getProperty("leash.test.device", "").startsWith("cuda"), "for a GPU");
    Path folder = parent.resolve("run");

    run(folder);

    List<Row> samples = RunWriter.read(folder, RunTable.SAMPLES);
    for (Contract contract : CONTRACTS) {
      KernelCase kernelCase =
          new KernelCase(
              contract, DType.BF16, 1, 32000, LogitDistribution.PEAKED, KernelCase.ON_GPU);
      List<String> variants = new ArrayList<>(List.of("native-auto"));
      kernelCase.cudaVariants().forEach(variant -> variants.add(variant.name()));
      assertThat(samples)
          .filteredOn(
              row ->
                  row.get("op").equals(contract.operationId())
                      && row.get("role").equals("candidate"))
          .allMatch(row -> row.get("timing").equals("event") && row.number("time_ns") > 0)
          .hasSize(FORKS * ROUNDS * variants.size())
          .extracting(row -> row.get("variant"))
          .containsOnly(variants.toArray(String[]::new));
      assertThat(samples)
          .filteredOn(
              row -> row.get("op").equals(contract.operationId()) && row.get("role").equals("null"))
          .as("the twin of auto")
          .hasSize(FORKS * ROUNDS);
    }
    assertThat(RunWriter.read(folder, RunTable.CHECKS))
        .isNotEmpty()
        .allMatch(row -> row.get("status").equals("OK"))
        .extracting(row -> row.get("phase"))
        .contains("before", "after");
    assertThat(RunWriter.read(folder, RunTable.CEILINGS))
        .extracting(row -> row.get("fork") + row.get("kind"))
        .containsExactly(
            "1read",
            "1copy",
            "1update",
            "1event_floor",
            "2read",
            "2copy",
            "2update",
            "2event_floor");
    assertThat(RunWriter.read(folder, RunTable.RESULTS))
        .allMatch(row -> row.get("status").equals("OK"))
        .anyMatch(row -> !row.get("pct_ceiling").isEmpty());
    assertThat(RunWriter.read(folder, RunTable.EVENTS))
        .noneMatch(row -> row.get("kind").startsWith("lost"));

    assertThat(leashBench("derive", folder)).contains("rows, as they were");
    assertThat(leashBench("compare", folder, "--base", "native-naive", "--width=200"))
        .contains("device cuda:0", "native-naive (base)", "native-split", "A/A floor");
    Path page = parent.resolve("report.html");
    leashBench("report", folder, "--out", page);
    assertThat(Files.readString(page))
        .contains("every timed result is right", "native-resident", "<svg");
  }

  /**
   * A variant is tuned for whose time on the emulator is a small share of the compiled-in one's.
   */
  @Test
  void tunesTableThatLibraryFollows() throws Exception {
    assumeTrue(System.getProperty("leash.test.device", "").startsWith("cuda"), "for a GPU");
    Path folder = parent.resolve("run");

    String output =
        measure(
            "tune",
            "--minutes=5",
            "--forks=3",
            "--rounds=" + ROUNDS,
            "--filter=^token_statistics bf16 4x32000 .* / native-(auto|two_read|resident_c1)$",
            "--out=" + folder);

    Path file = folder.resolve("choices.csv");
    assertThat(output).endsWith(file + "\n").contains("is faster for ", " of 1 shapes");
    assertThat(RunWriter.read(folder, RunTable.SAMPLES))
        .extracting(row -> row.get("variant"))
        .contains("native-auto", "native-two_read", "native-resident_c1");
    assertThat(RunWriter.read(folder, RunTable.CHECKS))
        .allMatch(row -> row.get("status").equals("OK"));
    List<Choice> tuned = ChoiceFile.read(file);
    assertThat(tuned).extracting(Choice::isMeasured).containsExactly(true, true);
    Choice entry = tuned.getFirst();
    assertThat(entry.evidence())
        .matches(
            "emulated GPU.* (of the time of|no other is shown to be faster).* 4x32000 bf16, 3"
                + " forks.*");
    assertThat(entry.label().equals("native-resident_c16"))
        .isEqualTo(entry.evidence().contains("no other"));
    Choice.use(tuned);
    try {
      assertThat(Choice.of(Operation.TOKEN_STATISTICS, DType.F16, 8, 64000, 90, 232448, 16))
          .contains(entry);
      assertThat(Choice.of(Operation.TOKEN_STATISTICS, DType.BF16, 9, 32000, 90, 232448, 16))
          .get()
          .matches(choice -> !choice.isMeasured());
    } finally {
      Choice.use(List.of());
    }
  }

  private void run(Path folder) throws IOException, InterruptedException {
    measure(
        "run",
        "--suite=gpu",
        "--forks=" + FORKS,
        "--rounds=" + ROUNDS,
        "--filter=" + CASES,
        "--out=" + folder);
  }

  /** In a process of its own: processes of the suite get the JVM's options from it. */
  private String measure(String... arguments) throws IOException, InterruptedException {
    Path output = parent.resolve("output.txt");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dleash.library=" + System.getProperty("leash.library"),
                "-Dleash.bench.cache=" + System.getProperty("leash.bench.cache"),
                "-cp",
                System.getProperty("java.class.path"),
                LeashBench.class.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int exit = process.waitFor();
    assertThat(exit).as(Files.readString(output)).isZero();
    return Files.readString(output);
  }

  private String leashBench(Object... arguments) {
    out.getBuffer().setLength(0);
    String[] words = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
    PrintWriter writer = new PrintWriter(out, true);
    int exit = LeashBench.commandLine().setOut(writer).setErr(writer).execute(words);
    assertThat(exit).as(out.toString()).isZero();
    return out.toString();
  }
}
