package org.leash.benchmarks.process;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.machine.Probe;
import org.leash.benchmarks.measure.PeerSource;
import org.leash.benchmarks.plan.Plan;
import org.leash.benchmarks.stats.Estimate;
import org.leash.binding.LeashLibrary;
import org.leash.device.Device;
import org.leash.device.DeviceProperties;
import org.leash.kernel.panama.DispatchTimer;

/**
 * The facts of a run for env.csv: plan, source, machine, system, Java, library. What cannot be
 * found out is left out. {@link org.leash.benchmarks.record.Environment.Scope} tells by the name of
 * a fact what it is good for.
 */
public final class Facts {
  private final List<Row> rows = new ArrayList<>();

  private Facts() {}

  /** Rows of env.csv from before a run. */
  public static List<Row> begin(Plan plan, List<String> arguments, String base) {
    Facts facts = new Facts();
    facts.put("run.start", Instant.now().toString());
    facts.put("run.argv", String.join(" ", arguments));
    facts.put("run.suite", plan.suite().toString());
    facts.put("run.forks", plan.effort().forks());
    facts.put("run.precision", plan.effort().precisionPct(), "percent");
    facts.put("run.ci_level", Double.toString(Estimate.LEVEL));
    facts.put("run.base", base);
    facts.plan(plan);
    facts.source();
    facts.machine();
    facts.java();
    for (PeerSource peer : ServiceLoader.load(PeerSource.class)) {
      facts.put("peer." + peer.id() + ".version", peer.version());
    }
    facts.load("load1.start");
    return facts.rows;
  }

  /** Rows of env.csv from after a run. */
  static List<Row> end() {
    Facts facts = new Facts();
    facts.put("run.end", Instant.now().toString());
    facts.load("load1.end");
    return facts.rows;
  }

  /** What a run cannot be continued without: that its samples are of the same kind. */
  private void plan(Plan plan) {
    put("plan.suite", plan.suite().toString());
    put(
        "plan.threads",
        plan.threads().stream().map(String::valueOf).collect(Collectors.joining(",")));
    put("plan.filter", plan.filter().pattern());
    put("plan.rounds", plan.effort().rounds());
    put("plan.warmup", plan.effort().warmupMillis(), "ms");
    put("plan.block", plan.effort().blockMillis(), "ms");
  }

  private void source() {
    Probe.output("git", "rev-parse", "HEAD").ifPresent(commit -> put("git.commit", commit));
    Probe.output("git", "status", "--porcelain", "--untracked-files=no")
        .ifPresent(changes -> put("git.dirty", Boolean.toString(!changes.isEmpty())));
    Probe.output("git", "rev-parse", "--abbrev-ref", "HEAD")
        .ifPresent(name -> put("git.branch", name));
    LeashLibrary.sha256().ifPresent(hash -> put("native.lib_sha256", hash));
    if (LeashLibrary.isLoaded()) {
      put("native.abi_version", DispatchTimer.emptyThroughBinding());
    } else {
      put("native.unavailable", LeashLibrary.unavailable());
    }
  }

  private void machine() {
    put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    put("os.container", Boolean.toString(Probe.inContainer()));
    put("cpu.processors", Runtime.getRuntime().availableProcessors());
    Probe.governor().ifPresent(governor -> put("cpu.governor", governor));
    Probe.hugePages().ifPresent(mode -> put("os.transparent_hugepages", mode));
    try (Device device = Device.cpu()) {
      DeviceProperties cpu = device.properties();
      put("cpu.name", cpu.name());
      put("cpu.instruction_sets", cpu.instructionSets());
      put("cpu.last_level_cache", cpu.lastLevelCacheBytes(), "bytes");
      put("memory", cpu.memoryBytes(), "bytes");
    }
    List<Map<String, String>> gpus = Probe.gpus();
    if (!gpus.isEmpty()) {
      put("gpu.count", gpus.size());
      gpus.getFirst().forEach(this::put);
      put("now.gpu_processes", Probe.gpuProcesses().size());
    }
  }

  private void java() {
    put("jvm.vendor", System.getProperty("java.vm.vendor"));
    put("jvm.version", System.getProperty("java.vm.version"));
    put("jvm.args", String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
  }

  private void load(String key) {
    Probe.load().ifPresent(load -> put(key, load, ""));
  }

  private void put(String key, long value) {
    put(key, value, "");
  }

  private void put(String key, long value, String unit) {
    rows.add(row(key).set("value", value).set("unit", unit));
  }

  private void put(String key, double value, String unit) {
    rows.add(row(key).set("value", value).set("unit", unit));
  }

  private void put(String key, String value) {
    rows.add(row(key).set("value", value));
  }

  private static Row row(String key) {
    return Row.of(RunTable.ENV).set("key", key);
  }
}
