package org.leash.benchmarks.process;

import java.time.Instant;
import java.util.List;
import java.util.ServiceLoader;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.measure.PeerSource;
import org.leash.benchmarks.plan.Plan;
import org.leash.benchmarks.stats.Estimate;
import org.leash.device.Device;
import org.leash.environment.Facts;
import org.leash.environment.Probe;

/**
 * The facts of a run for env.csv: plan, source, machine, system, Java, library; facts that cannot
 * be determined are omitted. {@link org.leash.benchmarks.record.Environment.Scope} classifies them.
 */
public final class RunFacts {
  private RunFacts() {}

  /** Rows of env.csv before the first sample. */
  public static List<Row> begin(Plan plan, List<String> arguments, String base) {
    Facts facts =
        new Facts()
            .put("run.start", Instant.now())
            .put("run.argv", String.join(" ", arguments))
            .put("run.suite", plan.suite())
            .put("run.forks", plan.effort().forks())
            .put("run.precision", plan.effort().precisionPct(), "percent")
            .put("run.ci_level", Estimate.LEVEL)
            .put("run.base", base)
            // The plan: samples of another one do not belong in the run.
            .put("plan.suite", plan.suite())
            .put("plan.threads", ForkCommand.joined(plan.threads()))
            .put("plan.filter", plan.filter().pattern())
            .put("plan.rounds", plan.effort().rounds())
            .put("plan.warmup", plan.effort().warmupMillis(), "ms")
            .put("plan.block", plan.effort().blockMillis(), "ms")
            .source()
            .operatingSystem();
    try (Device device = Device.cpu()) {
      facts.cpu(device.properties());
    }
    facts.gpus().java();
    for (PeerSource peer : ServiceLoader.load(PeerSource.class)) {
      facts.put("peer." + peer.id() + ".version", peer.version());
    }
    Probe.load().ifPresent(load -> facts.put("load1.start", load));
    return rows(facts);
  }

  /** Rows of env.csv after the last sample. */
  static List<Row> end() {
    Facts facts = new Facts().put("run.end", Instant.now());
    Probe.load().ifPresent(load -> facts.put("load1.end", load));
    return rows(facts);
  }

  private static List<Row> rows(Facts facts) {
    return facts.list().stream()
        .map(
            fact ->
                Row.of(RunTable.ENV)
                    .set("key", fact.key())
                    .set("value", fact.value())
                    .set("unit", fact.unit()))
        .toList();
  }
}
