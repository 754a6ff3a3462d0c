package org.leash.benchmarks.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.leash.benchmarks.csv.Sensors;
import org.leash.binding.LeashLibrary;
import org.leash.device.Device;
import org.leash.device.DeviceProperties;
import org.leash.environment.Finding;
import org.leash.environment.Probe;

/** Inspects whether a machine is fit for measurements. Measures nothing itself. */
public final class Health {
  private static final double BUSY_LOAD = 0.5;
  private static final double STOLEN_PCT = 1;

  private final List<Finding> findings = new ArrayList<>();

  private Health() {}

  /** All symptoms. */
  public static List<Finding> findings() {
    Health health = new Health();
    health.java();
    health.library();
    health.governor();
    health.load();
    health.memory();
    health.gpus();
    return List.copyOf(health.findings);
  }

  private void java() {
    add(Finding.good("java", System.getProperty("java.vm.name") + " " + Runtime.version()));
    boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    add(
        vectors
            ? Finding.good("vector api", "java-vector variants run")
            : Finding.poor(
                "vector api",
                "no java-vector variants",
                "run java with --add-modules jdk.incubator.vector, as bin/leash-bench does"));
  }

  private void library() {
    if (!LeashLibrary.isLoaded()) {
      add(
          Finding.bad(
              "native library",
              LeashLibrary.unavailable(),
              "build it (make native), or set LEASH_LIBRARY to its path"));
      return;
    }
    try (Device cpu = Device.cpu()) {
      DeviceProperties found = cpu.properties();
      add(
          Finding.good(
              "native library",
              String.format(
                  Locale.ROOT,
                  "%s, %d threads, %s, SHA-256 %s",
                  found.name(),
                  found.threads(),
                  found.instructionSets().isEmpty() ? "portable" : found.instructionSets(),
                  LeashLibrary.sha256().map(hash -> hash.substring(0, 12)).orElse("unknown"))));
    }
  }

  private void governor() {
    Optional<String> governor = Probe.governor();
    if (governor.isEmpty()) {
      add(
          Finding.poor(
              "clock",
              "unknown governor: a virtual machine?",
              "rely on ratios within a run, not on times between runs"));
    } else if (governor.get().equals("performance")) {
      add(Finding.good("clock", "governor performance"));
    } else {
      add(
          Finding.poor(
              "clock",
              "governor " + governor.get() + ": the clock varies during measurements",
              "cpupower frequency-set -g performance"));
    }
  }

  private void load() {
    Probe.load()
        .map(
            load ->
                load < BUSY_LOAD
                    ? Finding.good(
                        "load", String.format(Locale.ROOT, "%.2f over the last minute", load))
                    : Finding.poor(
                        "load",
                        String.format(
                            Locale.ROOT,
                            "%.2f over the last minute, on %d processors",
                            load,
                            Runtime.getRuntime().availableProcessors()),
                        "stop other processes and wait a minute"))
        .ifPresent(this::add);
    Probe.stealPct()
        .map(
            stolen ->
                stolen < STOLEN_PCT
                    ? Finding.good(
                        "hypervisor", String.format(Locale.ROOT, "takes %.1f %%", stolen))
                    : Finding.poor(
                        "hypervisor",
                        String.format(
                            Locale.ROOT, "has given %.1f %% of the time to other machines", stolen),
                        "use a dedicated machine, or more forks"))
        .ifPresent(this::add);
  }

  private void memory() {
    Probe.hugePages()
        .map(
            mode ->
                mode.equals("never")
                    ? Finding.poor(
                        "huge pages",
                        "never: ceilings are lower than possible",
                        "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled")
                    : Finding.good("huge pages", mode))
        .ifPresent(this::add);
  }

  private void gpus() {
    List<Map<String, String>> gpus = Probe.gpus();
    if (gpus.isEmpty()) {
      add(Finding.good("gpu", "nvidia-smi lists none: the suite gpu cannot run"));
      return;
    }
    for (int i = 0; i < gpus.size(); i++) {
      gpu("gpu " + i, gpus.get(i));
    }
    List<String> processes = Probe.gpuProcesses();
    add(
        processes.isEmpty()
            ? Finding.good("gpu processes", "none")
            : Finding.poor(
                "gpu processes", String.join("; ", processes), "stop them, or use another GPU"));
  }

  private void gpu(String subject, Map<String, String> facts) {
    add(
        Finding.good(
            subject,
            "%s, driver %s, %s MHz of %s, %s °C"
                .formatted(
                    facts.getOrDefault("gpu.name", "?"),
                    facts.getOrDefault("driver.version", "?"),
                    facts.getOrDefault("now.gpu_sm_clock_mhz", "?"),
                    facts.getOrDefault("gpu.max_sm_clock_mhz", "?"),
                    facts.getOrDefault("now.gpu_temp_c", "?"))));
    long bits = bits(facts.getOrDefault("now.gpu_throttle_bits", "0"));
    if (Sensors.isThrottled(bits)) {
      add(
          Finding.poor(
              subject,
              String.format(Locale.ROOT, "its clock is throttled (reasons 0x%x)", bits),
              "let it cool, or lock sustainable clocks: nvidia-smi -lgc"));
    }
    if (facts.getOrDefault("gpu.persistence", "Enabled").equals("Disabled")) {
      add(Finding.poor(subject, "persistence mode is off", "nvidia-smi -pm 1"));
    }
    if (facts.getOrDefault("gpu.mig", "Disabled").equals("Enabled")) {
      add(
          Finding.poor(
              subject, "MIG is on: ceilings are those of a slice", "compare only with such runs"));
    }
  }

  private static long bits(String hexadecimal) {
    try {
      return Long.decode(hexadecimal);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private void add(Finding finding) {
    findings.add(finding);
  }
}
