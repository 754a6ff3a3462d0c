package org.leash.benchmarks.machine;

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

/** Questions to the operating system and to tools that may be there. None has to have an answer. */
public final class Probe {
  private static final int PATIENCE_SECONDS = 20;

  /** Fields of nvidia-smi, and our names for them, which begin with {@code gpu.} or the like. */
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

  /** How the clock is governed; empty where the system does not say, as virtual machines do. */
  public static Optional<String> governor() {
    return first(Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
  }

  /** "always", "madvise" or "never". */
  public static Optional<String> hugePages() {
    return first(Path.of("/sys/kernel/mm/transparent_hugepage/enabled"))
        .map(line -> line.replaceAll(".*\\[(\\w+)].*", "$1"));
  }

  /** Processes that wanted to run over the last minute, on average. */
  public static Optional<Double> load() {
    return first(Path.of("/proc/loadavg")).map(line -> Double.parseDouble(line.split(" ", 2)[0]));
  }

  /** Share of time that the hypervisor gave to others since the machine was started, in percent. */
  public static Optional<Double> stealPct() {
    return first(Path.of("/proc/stat"))
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

  /** Whether the process runs in a container. */
  public static boolean inContainer() {
    return Files.exists(Path.of("/.dockerenv"))
        || Files.exists(Path.of("/run/.containerenv"))
        || System.getenv("KUBERNETES_SERVICE_HOST") != null;
  }

  /** Facts about each GPU that nvidia-smi knows, by name, in its order. */
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

  /** Processes that compute on a GPU, as nvidia-smi lists them: its id, memory and name. */
  public static List<String> gpuProcesses() {
    return output(
            "nvidia-smi",
            "--query-compute-apps=pid,used_memory,process_name",
            "--format=csv,noheader")
        .map(text -> text.lines().toList())
        .orElse(List.of());
  }

  /** The first line of a file. */
  static Optional<String> first(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** What a command prints; empty where there is no such command, or it fails. */
  public static Optional<String> output(String... command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      process.getOutputStream().close();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
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
