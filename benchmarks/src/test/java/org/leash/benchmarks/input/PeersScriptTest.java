package org.leash.benchmarks.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.plan.CaseKey;
import org.leash.benchmarks.plan.Contract;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.LogitDistribution;
import org.leash.benchmarks.plan.Suite;
import org.leash.benchmarks.record.Derivation;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.record.Series;
import org.leash.binding.LeashLibrary;
import org.leash.device.DType;

/**
 * The script for GPU machines on what Java exports, with our kernels on the CPU in place of the
 * peers: reading inputs, launching through the C ABI, checking, rounds, and the files of the run.
 */
final class PeersScriptTest {
  private static final Path SCRIPT = Path.of("peers/gpu/peers.py");

  @TempDir Path folder;
  private Path inputs;

  @BeforeAll
  static void needsPython() throws IOException, InterruptedException {
    assumeTrue(LeashLibrary.isLoaded(), "no native library");
    try {
      Process python = new ProcessBuilder("python3", "--version").start();
      assumeTrue(python.waitFor() == 0, "no python3");
    } catch (IOException e) {
      assumeTrue(false, "no python3");
    }
  }

  /** More rows than are drawn, fewer, and every type. */
  @BeforeEach
  void export() {
    inputs = folder.resolve("inputs");
    List<KernelCase> cases =
        List.of(
            described(Contract.TOKEN_STATISTICS, DType.F32, 300),
            described(Contract.POLICY_GRADIENT, DType.F32, 300),
            described(Contract.POLICY_GRADIENT, DType.BF16, 5),
            described(Contract.LOG_SOFTMAX, DType.F16, 129),
            described(Contract.ENTROPY, DType.BF16, 1));
    List<String> files = new ArrayList<>();
    CaseExport.write(
        inputs,
        cases,
        cases.stream().map(each -> CaseKey.forPeers(Suite.QUICK, each)).toList(),
        files::add);
    assertThat(files).hasSize(3);
  }

  private static KernelCase described(Contract task, DType dtype, int rows) {
    return new KernelCase(task, dtype, rows, 1003, LogitDistribution.PEAKED, 1);
  }

  @Test
  void measuresExportedCases() throws IOException, InterruptedException {
    Path out = folder.resolve("run");
    assertThat(run(out, "--forks", "2", "--rounds", "2")).isZero();
    RecordedRun run = RecordedRun.read(out);
    assertThat(run.complete()).isTrue();
    assertThat(run.remarks()).isEmpty();
    assertThat(run.cases()).hasSize(5);
    assertThat(run.series())
        .allSatisfy(series -> assertThat(series.status()).isEqualTo(ResultStatus.OK))
        .allSatisfy(series -> assertThat(series.nanos()).hasSize(2))
        .extracting(series -> series.key().get("variant"))
        .contains("native-portable");
    assertThat(Derivation.of(run, "")).extracting(row -> row.get("status")).containsOnly("OK");
  }

  /** The script's keys are those of Java, so that runs can be joined. */
  @Test
  void writesSameKeysAsJava() throws IOException, InterruptedException {
    Path out = folder.resolve("run");
    assertThat(run(out, "--forks", "1", "--rounds", "1", "--filter", "^entropy")).isZero();
    Series series = RecordedRun.read(out).series().getFirst();
    assertThat(series.key().caseGroup())
        .isEqualTo(
            CaseKey.forPeers(Suite.QUICK, described(Contract.ENTROPY, DType.BF16, 1)).caseGroup());
  }

  @Test
  void detectsWrongReference() throws IOException, InterruptedException {
    Path file;
    try (Stream<Path> files = Files.list(inputs)) {
      file =
          files
              .filter(each -> each.getFileName().toString().startsWith("f32"))
              .findFirst()
              .orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(file);
    // The last number of the file belongs to the reference's gradient.
    bytes[bytes.length - 1] ^= (byte) 0x7f;
    Files.write(file, bytes, StandardOpenOption.TRUNCATE_EXISTING);
    Path out = folder.resolve("run");
    assertThat(run(out, "--forks", "1", "--rounds", "1", "--filter", " f32 ")).isEqualTo(1);
    List<Row> results = Derivation.of(RecordedRun.read(out), "");
    assertThat(results)
        .filteredOn(row -> row.get("op").equals("policy_gradient"))
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row.get("status")).isEqualTo("INCORRECT_NUMERICAL"))
        .allSatisfy(row -> assertThat(row.get("center")).isEmpty());
    assertThat(results)
        .filteredOn(row -> row.get("op").equals("token_statistics"))
        .extracting(row -> row.get("status"))
        .containsOnly("OK");
  }

  @Test
  void rejectsFolderWithRun() throws IOException, InterruptedException {
    Path out = Files.createDirectories(folder.resolve("run"));
    Files.writeString(out.resolve("samples.csv"), "schema\n");
    assertThat(run(out)).isEqualTo(64);
    assertThat(out.resolve("samples.csv")).hasContent("schema");
  }

  /** A run whose second fork was cut off, in the middle of a line. */
  @Test
  void resumesAfterTheLastCompleteFork() throws IOException, InterruptedException {
    Path out = folder.resolve("run");
    String[] options = {"--forks", "2", "--rounds", "2", "--filter", "^(entropy|token)"};
    assertThat(run(out, options)).isZero();
    Path forks = out.resolve("forks");
    List<String> samples = Files.readAllLines(out.resolve("samples.csv"));
    String first = Files.readAllLines(forks).getFirst();
    Files.writeString(forks, first + "\n");
    Files.delete(out.resolve("DONE"));
    Files.writeString(out.resolve("samples.csv"), "cut o", StandardOpenOption.APPEND);
    List<String> again = new ArrayList<>(List.of(options));
    assertThat(run(out, again.toArray(String[]::new))).isEqualTo(64);
    again.add("--resume");
    assertThat(run(out, again.toArray(String[]::new))).isZero();
    List<String> resumed = Files.readAllLines(out.resolve("samples.csv"));
    assertThat(resumed).hasSameSizeAs(samples);
    int kept = (samples.size() - 1) / 2 + 1;
    assertThat(resumed.subList(0, kept)).isEqualTo(samples.subList(0, kept));
    assertThat(resumed.subList(kept, resumed.size()))
        .doesNotContainAnyElementsOf(samples.subList(kept, samples.size()));
    RecordedRun run = RecordedRun.read(out);
    assertThat(run.complete()).isTrue();
    assertThat(run.series()).allSatisfy(series -> assertThat(series.nanos()).hasSize(2));
    assertThat(run(out, again.toArray(String[]::new))).isEqualTo(64);
  }

  /** Killed within its first fork, or as soon as its files had headers. */
  @Test
  void startsAgainWhereNoForkIsComplete() throws IOException, InterruptedException {
    Path out = Files.createDirectories(folder.resolve("run"));
    Files.writeString(out.resolve("samples.csv"), "a row\n");
    Files.writeString(out.resolve("env.csv"), "schema,run_id\n");
    assertThat(run(out, "--resume", "--forks", "1", "--rounds", "1", "--filter", "^entropy"))
        .isZero();
    assertThat(RecordedRun.read(out).complete()).isTrue();
    assertThat(out.resolve("samples.csv.interrupted")).hasContent("a row");
  }

  /** A table that is shorter than its complete forks were must not be extended. */
  @Test
  void doesNotResumeTruncatedRun() throws IOException, InterruptedException {
    Path out = folder.resolve("run");
    String[] options = {"--forks", "1", "--rounds", "1", "--filter", "^entropy", "--resume"};
    assertThat(run(out, options)).isZero();
    Files.delete(out.resolve("DONE"));
    Path samples = out.resolve("samples.csv");
    Files.writeString(samples, Files.readAllLines(samples).getFirst() + "\n");
    assertThat(run(out, options)).isEqualTo(64);
    assertThat(samples).content().hasLineCount(1);
  }

  private int run(Path out, String... more) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "python3",
                SCRIPT.toString(),
                "--cpu",
                "--inputs",
                inputs.toString(),
                "--out",
                out.toString()));
    command.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    System.out.print(code == 0 ? "" : text);
    return code;
  }
}
