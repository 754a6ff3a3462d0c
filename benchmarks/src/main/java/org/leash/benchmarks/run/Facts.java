package org.leash.benchmarks.run;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Table;
import org.leash.benchmarks.stats.Estimate;
import org.leash.binding.LeashLibrary;
import org.leash.binding.generated.Leash;
import org.leash.device.Device;
import org.leash.device.DeviceProperties;

/**
 * The facts of a run for env.csv: machine, system, Java, library, source. What cannot be found out
 * is left out.
 */
public final class Facts {
  private final List<Row> rows = new ArrayList<>();

  private Facts() {}

  /** Rows of env.csv from before a run. */
  public static List<Row> begin(Plan plan, List<String> arguments) {
    Facts facts = new Facts();
    facts.put("run.start", Instant.now().toString());
    facts.put("run.argv", String.join(" ", arguments));
    facts.put("run.suite", plan.suite().toString());
    facts.put("run.forks", plan.effort().forks());
    facts.put("run.rounds", plan.effort().rounds());
    facts.put("run.warmup", plan.effort().warmupMillis(), "ms");
    facts.put("run.ci_level", Double.toString(Estimate.LEVEL));
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

  private void source() {
    output("git", "rev-parse", "HEAD").ifPresent(commit -> put("git.commit", commit));
    output("git", "status", "--porcelain", "--untracked-files=no")
        .ifPresent(changes -> put("git.dirty", Boolean.toString(!changes.isEmpty())));
    output("git", "rev-parse", "--abbrev-ref", "HEAD").ifPresent(name -> put("git.branch", name));
  }

  private void machine() {
    put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    put("cpu.processors", Runtime.getRuntime().availableProcessors());
    first(Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"))
        .ifPresent(governor -> put("cpu.governor", governor));
    first(Path.of("/sys/kernel/mm/transparent_hugepage/enabled"))
        .ifPresent(mode -> put("os.transparent_hugepages", mode));
    try (Device device = Device.cpu()) {
      DeviceProperties cpu = device.properties();
      put("cpu.name", cpu.name());
      put("cpu.instruction_sets", cpu.instructionSets());
      put("cpu.last_level_cache", cpu.lastLevelCacheBytes(), "bytes");
      put("memory", cpu.memoryBytes(), "bytes");
      put("native.library", Boolean.toString(cpu.nativeLibrary()));
    }
    if (LeashLibrary.isLoaded()) {
      put("native.abi_version", Leash.leash_abi_version());
    } else {
      put("native.unavailable", LeashLibrary.unavailable());
    }
  }

  private void java() {
    put("jvm.vendor", System.getProperty("java.vm.vendor"));
    put("jvm.version", System.getProperty("java.vm.version"));
    put("jvm.args", String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
  }

  private void load(String key) {
    first(Path.of("/proc/loadavg")).ifPresent(line -> put(key, line.split(" ", 2)[0]));
  }

  private void put(String key, long value) {
    put(key, value, "");
  }

  private void put(String key, long value, String unit) {
    rows.add(row(key).set("value", value).set("unit", unit));
  }

  private void put(String key, String value) {
    rows.add(row(key).set("value", value));
  }

  private static Row row(String key) {
    return Row.of(Table.ENV).set("key", key);
  }

  private static Optional<String> first(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> output(String... command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String text =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0 ? Optional.of(text) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
