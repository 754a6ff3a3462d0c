package org.leash.benchmarks.selftest;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.record.Derivation;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.record.RunWriter;

/**
 * A simulated run: contenders with true times, and {@link Noise}. Rounds are interleaved and in
 * random order as in a real run.
 */
public final class SyntheticRun {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final int ROWS = 256;

  /** One contender of one case. */
  private record Contender(Key key, double nanos, ResultStatus status) {}

  private final String runId;
  private final Noise noise;
  private final RandomGenerator random;
  private final int forks;
  private final int rounds;
  private long sequence;
  private double readGbps = 100;
  private final List<List<Contender>> cases = new ArrayList<>();
  private final Map<String, String> facts = new LinkedHashMap<>();

  public SyntheticRun(String runId, Noise noise, long seed, int forks, int rounds) {
    this.runId = runId;
    this.noise = noise;
    this.random = new SplittableRandom(seed);
    this.forks = forks;
    this.rounds = rounds;
    fact("run.suite", "selftest");
    fact("cpu.name", "Imaginary 1");
    fact("os", "Linux 1.0");
    fact("git.commit", "0".repeat(40));
  }

  /** Sets a fact of the environment. */
  public SyntheticRun fact(String key, String value) {
    facts.put(key, value);
    return this;
  }

  /** Sets the read ceiling, in GB/s. */
  public SyntheticRun readCeiling(double gbps) {
    readGbps = gbps;
    return this;
  }

  /** Begins another case, to which the contenders that follow belong. */
  public SyntheticRun newCase() {
    cases.add(new ArrayList<>());
    return this;
  }

  /** Adds a contender. */
  public SyntheticRun with(String operation, String variant, double nanos) {
    return add(operation, variant, "candidate", nanos, ResultStatus.OK);
  }

  /** Adds the A/A twin of a contender. */
  public SyntheticRun withTwin(String operation, String variant, double nanos) {
    return add(operation, variant, "null", nanos, ResultStatus.OK);
  }

  /** Adds the baseline of the operation. */
  public SyntheticRun withBaseline(String operation, String variant, double nanos) {
    return add(operation, variant, "baseline", nanos, ResultStatus.OK);
  }

  /** Adds a contender whose check fails. */
  public SyntheticRun withIncorrect(String operation, String variant, double nanos) {
    return add(operation, variant, "candidate", nanos, ResultStatus.INCORRECT_NUMERICAL);
  }

  private SyntheticRun add(
      String operation, String variant, String role, double nanos, ResultStatus status) {
    List<String> work =
        List.of("f32", "f32", "f32", Integer.toString(ROWS * cases.size()), "32768");
    List<String> timing =
        List.of("false", "threads=1", "none", "1", "cold_rotate", "wall_sync", "cpu");
    Key key =
        new Key(
            Stream.of(List.of("quick", operation, variant, "none", role, operation), work, timing)
                .flatMap(List::stream)
                .toList());
    cases.getLast().add(new Contender(key, nanos, status));
    return this;
  }

  /** Draws the samples; returns all rows in the order of a real run. */
  public List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    facts.forEach(
        (key, value) -> rows.add(Row.of(RunTable.ENV).set("key", key).set("value", value)));
    rows.add(
        Row.of(RunTable.CEILINGS)
            .set("fork", 1)
            .set("params", "threads=1")
            .set("kind", "read")
            .set("threads", 1)
            .set("rate", readGbps)
            .set("unit", "GB/s"));
    for (List<Contender> members : cases) {
      members.forEach(contender -> rows.add(check(contender)));
      for (int fork = 1; fork <= forks; fork++) {
        play(members, fork, rows);
      }
    }
    rows.forEach(row -> row.set("run_id", runId));
    return rows;
  }

  /** The run in memory. */
  public RecordedRun record() {
    return RecordedRun.of(rows());
  }

  /** The run as a folder with all its files. */
  public Path write(Path folder) {
    List<Row> rows = rows();
    Predicate<Row> isFact = row -> row.table() == RunTable.ENV;
    try (RunWriter run = RunWriter.create(folder, runId, rows.stream().filter(isFact).toList())) {
      rows.stream().filter(isFact.negate()).forEach(run::append);
      run.replace(RunTable.RESULTS, Derivation.of(RecordedRun.read(folder), ""));
      run.done();
    }
    return folder;
  }

  private void play(List<Contender> members, int fork, List<Row> rows) {
    double shared = noise.drawShared(random);
    Map<Contender, Double> own = new LinkedHashMap<>();
    members.forEach(contender -> own.put(contender, noise.drawOwn(random)));
    List<Contender> order = new ArrayList<>(members);
    int places = forks * rounds * members.size();
    for (int round = 1; round <= rounds; round++) {
      Collections.shuffle(order, random);
      for (int slot = 1; slot <= order.size(); slot++) {
        Contender contender = order.get(slot - 1);
        int place = ((fork - 1) * rounds + round - 1) * members.size() + slot;
        double strays =
            shared + own.get(contender) + noise.drift() * place / places + noise.drawBlock(random);
        rows.add(
            Row.of(RunTable.SAMPLES)
                .set(contender.key())
                .set("seq", ++sequence)
                .set("ts_utc", START.plusMillis(sequence).toString())
                .set("process", fork)
                .set("fork", fork)
                .set("round", round)
                .set("slot", slot)
                .set("launches", 1)
                .set("time_ns", contender.nanos() * Math.exp(strays)));
      }
    }
  }

  private static Row check(Contender contender) {
    boolean right = contender.status() == ResultStatus.OK;
    double error = right ? 1e-7 : 1;
    return Row.of(RunTable.CHECKS)
        .set(contender.key())
        .set("fork", 1)
        .set("phase", "before")
        .set("output", "entropy")
        .set("max_abs_err", error)
        .set("max_rel_err", error)
        .set("tol", 1e-5)
        .set("reference", "none")
        .set("status", contender.status())
        .set("reason", right ? "" : "entropy: off by 1");
  }
}
