package org.leash.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.record.RunWriter;
import org.leash.benchmarks.record.Seal;
import picocli.CommandLine;

final class ImportCommandTest {
  private static final String JMH =
      """
      [ {"jmhVersion": "1.37", "benchmark": "org.x.SoftmaxBenchmark.native", "mode": "avgt", "threads": 2,
         "params": {"vocab": "151936"},
         "primaryMetric": {"score": 2.0, "scoreUnit": "us/op", "rawData": [[1.0, 2.0, 3.0], [2.0, 2.5, 2.0]]}},
        {"benchmark": "org.x.SoftmaxBenchmark.rate", "mode": "thrpt",
         "primaryMetric": {"scoreUnit": "ops/ms", "rawData": [[4.0]]}},
        {"benchmark": "org.x.SoftmaxBenchmark.odd", "mode": "thrpt",
         "primaryMetric": {"scoreUnit": "counts", "rawData": [[4.0]]}} ]
      """;

  private static final String LIGER =
      """
      kernel_name,kernel_provider,kernel_operation_mode,metric_name,metric_unit,x_name,x_label,x_value,y_value_50,y_value_20,y_value_80,extra_benchmark_config_str,gpu_name,timestamp,liger_version
      cross_entropy,liger,full,speed,ms,V,vocab size,32768,1.5,1.4,1.6,"{""B"": 8, ""T"": 2048, ""dtype"": ""torch.bfloat16""}",H100,now,0.5
      cross_entropy,liger,full,memory,MB,V,vocab size,32768,1.5,1.4,1.6,"{""B"": 8, ""T"": 2048}",H100,now,0.5
      """;

  private static final String NVBENCH =
      """
      {"devices": [{"id": 0, "name": "H100"}], "benchmarks": [{"name": "reduce", "states": [
        {"device": 0, "is_skipped": false, "axis_values": [{"name": "Rows", "type": "int64", "value": "8192"}],
         "summaries": [{"tag": "nv/cold/time/gpu/mean", "data": [{"name": "value", "type": "float64", "value": "0.0005"}]},
                       {"tag": "nv/batch/time/gpu/mean", "data": [{"name": "value", "type": "float64", "value": "0.0004"}]}]},
        {"device": 0, "is_skipped": true, "skip_reason": "too small", "axis_values": [], "summaries": []}]}]}
      """;

  private static final String TORCH =
      """
      label,sub_label,description,env,num_threads,number_per_run,time_s
      log_softmax,256x32768,eager,,2,10,0.02
      log_softmax,256x32768,eager,,2,10,0.04
      """;

  @TempDir private Path parent;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Made once: making it takes longer than an import. */
  private final CommandLine leashBench =
      LeashBench.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

  private int runs;

  private int run(String format, String content, String... options) throws IOException {
    Path file = Files.writeString(parent.resolve("file"), content);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "import", "--from", format, file.toString(), "--out", folder(++runs).toString()));
    arguments.addAll(List.of(options));
    return leashBench.execute(arguments.toArray(String[]::new));
  }

  private Path folder(int number) {
    return parent.resolve("run" + number);
  }

  private List<Row> results() {
    return RunWriter.read(folder(runs), RunTable.RESULTS);
  }

  private void assertTime(Row row, double nanos, Map<String, String> columns) {
    assertThat(row.number("center")).isEqualTo(nanos, within(1e-6 * nanos));
    assertThat(row.get("flags")).contains("not_checked");
    assertThat(row.get("tol")).isEmpty();
    columns.forEach((column, value) -> assertThat(row.get(column)).as(column).isEqualTo(value));
  }

  @Test
  void jmhIterationsAreRounds() throws IOException {
    assertThat(run("jmh-json", JMH, "--contract", "logprob")).as(err.toString()).isZero();

    assertTime(
        results().getFirst(),
        2000,
        Map.of(
            "op",
            "SoftmaxBenchmark",
            "variant",
            "native",
            "impl",
            "jmh",
            "contract",
            "logprob",
            "params",
            "threads=2;vocab=151936",
            "n_forks",
            "2",
            "metric",
            "wall_sync_time"));
    assertTime(results().get(1), 250_000, Map.of("variant", "rate"));
    assertThat(RunWriter.read(folder(1), RunTable.EVENTS))
        .extracting(row -> row.get("subject"))
        .containsExactly("org.x.SoftmaxBenchmark.odd");
    assertThat(Seal.isOn(folder(1))).isTrue();
  }

  @Test
  void ligerModeIsContract() throws IOException {
    assertThat(run("liger-csv", LIGER)).as(err.toString()).isZero();

    assertTime(
        results().getFirst(),
        1.5e6,
        Map.of(
            "op",
            "cross_entropy",
            "impl",
            "liger",
            "contract",
            "full",
            "rows",
            "16384",
            "cols",
            "32768",
            "dtype_in",
            "bf16",
            "metric",
            "device_time"));
  }

  @Test
  void importsColdAndBatchTimesOfNvbench() throws IOException {
    assertThat(run("nvbench-json", NVBENCH, "--impl", "cub")).as(err.toString()).isZero();

    assertTime(
        results().getFirst(),
        5e5,
        Map.of("cache", "cold_flush", "impl", "cub", "rows", "8192", "contract", "unstated"));
    assertTime(results().get(1), 4e5, Map.of("cache", "warm", "timing", "event_batch"));
    assertThat(RunWriter.read(folder(1), RunTable.EVENTS)).hasSize(1);
  }

  @Test
  void dividesTorchTimesByRuns() throws IOException {
    assertThat(run("torch-csv", TORCH)).as(err.toString()).isZero();

    assertTime(
        results().getFirst(),
        3e6,
        Map.of("variant", "eager", "params", "256x32768;threads=2", "n_samples", "2"));

    assertThat(leashBench.execute("compare", folder(runs).toString())).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("log_softmax · unstated · 256x32768 t=2 · wall_sync")
        .contains("eager (base)")
        .contains("3.0 ms");
  }

  @Test
  void missingNamesAreUnnamed() throws IOException {
    assertThat(run("torch-csv", TORCH.replace("eager", ""))).as(err.toString()).isZero();

    assertThat(results().getFirst().get("variant")).isEqualTo("unnamed");
  }

  @Test
  void namesFaultOfFile() throws IOException {
    assertThat(run("jmh-json", "[{\"benchmark\": \"a\"}]")).isEqualTo(ExitCodes.DATA);
    assertThat(err.toString()).contains("[0]: has no 'primaryMetric'").hasLineCount(1);
    assertThat(run("jmh-json", "[{,")).isEqualTo(ExitCodes.DATA);
    assertThat(err.toString()).contains("file:1: not JSON");
    assertThat(run("liger-csv", TORCH)).isEqualTo(ExitCodes.DATA);
    assertThat(err.toString()).contains("file:1: kernel_name: the header lacks this column");
    assertThat(run("torch-csv", TORCH.replace("0.02", "NaN"))).isEqualTo(ExitCodes.DATA);
    assertThat(err.toString()).contains("file:2: time_s: is not a number between 1e-100 and 1e100");
    assertThat(run("csv", TORCH)).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("'csv' is not one of [jmh-json");
  }

  /** {@code -Dfuzz.imports=25000} breaks each of the four formats more often. */
  @Test
  void brokenFilesCauseNoStackTrace() throws IOException {
    Map<Integer, Integer> exits = new TreeMap<>();
    Random random = new Random(3);
    // In an order of its own, so that every run draws the same.
    Map<String, String> seeds =
        new TreeMap<>(
            Map.of(
                "jmh-json", JMH, "liger-csv", LIGER, "nvbench-json", NVBENCH, "torch-csv", TORCH));
    for (int i = 0; i < Integer.getInteger("fuzz.imports", 400); i++) {
      for (Map.Entry<String, String> seed : seeds.entrySet()) {
        StringBuilder text = new StringBuilder(seed.getValue());
        for (int wounds = 1 + random.nextInt(3); wounds > 0 && !text.isEmpty(); wounds--) {
          int at = random.nextInt(text.length());
          switch (random.nextInt(3)) {
            case 0 -> text.deleteCharAt(at);
            case 1 -> text.setLength(Math.max(1, at));
            default -> text.setCharAt(at, "\"{}[],:-e0\n".charAt(random.nextInt(11)));
          }
        }
        int exit = run(seed.getKey(), text.toString());
        String said = err.toString();
        assertThat(exit)
            .as("%s: %s: %s", seed.getKey(), text, said)
            .isIn(ExitCodes.OK, ExitCodes.DATA);
        if (exit == ExitCodes.DATA) {
          assertThat(said.strip())
              .as("%s: %s", seed.getKey(), text)
              .matches("leash-bench: .*/file(:[1-9]\\d*: [^\n" + "]{5,300}|: has no valid times)");
        }
        exits.merge(exit, 1, Integer::sum);
        forget();
      }
    }
    assertThat(exits).containsOnlyKeys(ExitCodes.OK, ExitCodes.DATA);
    System.out.printf("imports by exit code: %s%n", exits);
  }

  /** What many runs would pile up. */
  private void forget() throws IOException {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    if (Files.exists(folder(runs))) {
      try (Stream<Path> files = Files.list(folder(runs))) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder(runs));
    }
  }
}
