package org.leash.environment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Properties of the machine, from the operating system and optional tools; empty if unavailable.
 */
public final class Probe {
  private static final int TIMEOUT_SECONDS = 20;

  /** Fields of nvidia-smi and the keys of env.csv. */
  private static final Map<String, String> GPU_FIELDS = gpuFields();

  private Probe() {}

  private static Map<String, String> gpuFields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("name", "gpu.name");
    fields.put("uuid", "gpu.uuid");
    fields.put("driver_version", "driver.version");
    fields.put("memory.total", "gpu.memory_mib");
    fields.put("ecc.mode.current", "gpu.ecc");
    fields.put("mig.mode.current", "gpu.mig");
    fields.put("persistence_mode", "gpu.persistence");
    fields.put("power.limit", "gpu.power_limit_w");
    fields.put("clocks.max.sm", "gpu.max_sm_clock_mhz");
    fields.put("clocks.max.mem", "gpu.max_mem_clock_mhz");
    fields.put("clocks_event_reasons.active", "now.gpu_throttle_bits");
    fields.put("clocks.sm", "now.gpu_sm_clock_mhz");
    fields.put("temperature.gpu", "now.gpu_temp_c");
    fields.put("utilization.gpu", "now.gpu_utilization_pct");
    return fields;
  }

  /** The CPU frequency governor; virtual machines usually have none. */
  public static Optional<String> governor() {
    return firstLine(Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
  }

  /** The mode of transparent huge pages: "always", "madvise" or "never". */
  public static Optional<String> hugePages() {
    return firstLine(Path.of("/sys/kernel/mm/transparent_hugepage/enabled"))
        .map(line -> line.replaceAll(".*\\[(\\w+)].*", "$1"));
  }

  /** The load average of the last minute. */
  public static Optional<Double> load() {
    return firstLine(Path.of("/proc/loadavg"))
        .map(line -> Double.parseDouble(line.split(" ", 2)[0]));
  }

  /** Percentage of CPU time since boot that the hypervisor gave to other machines. */
  public static Optional<Double> stealPct() {
    return firstLine(Path.of("/proc/stat"))
        .map(line -> line.trim().split("\\s+", -1))
        .filter(fields -> fields.length > 8)
        .map(
            fields -> {
              double total = 0;
              for (int i = 1; i <= 8; i++) {
                total += Double.parseDouble(fields[i]);
              }
              return 100 * Double.parseDouble(fields[8]) / total;
            });
  }

  /** Whether this process runs in a container. */
  public static boolean inContainer() {
    return Files.exists(Path.of("/.dockerenv"))
        || Files.exists(Path.of("/run/.containerenv"))
        || System.getenv("KUBERNETES_SERVICE_HOST") != null;
  }

  /** The GPUs in the order of nvidia-smi, as values by key of env.csv. */
  public static List<Map<String, String>> gpus() {
    List<Map<String, String>> gpus = new ArrayList<>();
    Optional<String> table =
        output(
            "nvidia-smi",
            "--query-gpu=" + String.join(",", GPU_FIELDS.keySet()),
            "--format=csv,noheader,nounits");
    for (String line : table.map(String::lines).orElse(Stream.of()).toList()) {
      String[] values = line.split(", ", -1);
      if (values.length == GPU_FIELDS.size()) {
        Map<String, String> facts = new LinkedHashMap<>();
        int next = 0;
        for (String name : GPU_FIELDS.values()) {
          String value = values[next++].strip();
          if (!value.isEmpty() && !value.equals("[N/A]") && !value.contains("Not Supported")) {
            facts.put(name, value);
          }
        }
        gpus.add(facts);
      }
    }
    return gpus;
  }

  /** Compute processes on GPUs in the form of nvidia-smi: pid, memory, name. */
  public static List<String> gpuProcesses() {
    return output(
            "nvidia-smi",
            "--query-compute-apps=pid,used_memory,process_name",
            "--format=csv,noheader")
        .map(text -> text.lines().toList())
        .orElse(List.of());
  }

  /** The first line of a file. */
  public static Optional<String> firstLine(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * The standard output of a command, stripped; empty if it does not exist, fails, or takes more
   * than 20 seconds.
   */
  public static Optional<String> output(String... command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      process.getOutputStream().close();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
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
