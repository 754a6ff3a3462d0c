package org.leash.environment;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.leash.binding.LeashLibrary;
import org.leash.binding.generated.Leash;
import org.leash.device.DeviceProperties;

/**
 * Collects the facts of a run in the order of the calls. Each method adds one group; unavailable
 * facts are omitted. Not thread-safe.
 */
public final class Facts {
  private final List<Fact> facts = new ArrayList<>();

  /** No facts. */
  public Facts() {}

  /** The facts so far. */
  public List<Fact> list() {
    return List.copyOf(facts);
  }

  /** Adds a fact without a unit. */
  public Facts put(String key, Object value) {
    return put(key, value, "");
  }

  /** Adds a fact. */
  public Facts put(String key, Object value, String unit) {
    facts.add(new Fact(key, value.toString(), unit));
    return this;
  }

  /** The commit of the repository around the working directory, and the native library. */
  public Facts source() {
    Probe.output("git", "rev-parse", "HEAD").ifPresent(commit -> put("git.commit", commit));
    Probe.output("git", "status", "--porcelain", "--untracked-files=no")
        .ifPresent(changes -> put("git.dirty", !changes.isEmpty()));
    Probe.output("git", "rev-parse", "--abbrev-ref", "HEAD")
        .ifPresent(name -> put("git.branch", name));
    LeashLibrary.sha256().ifPresent(hash -> put("native.lib_sha256", hash));
    return LeashLibrary.isLoaded()
        ? put("native.abi_version", Leash.leash_abi_version())
        : put("native.unavailable", LeashLibrary.unavailable());
  }

  /** Operating system, container, huge pages, processors and frequency governor. */
  public Facts operatingSystem() {
    put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    put("os.container", Probe.inContainer());
    Probe.hugePages().ifPresent(mode -> put("os.transparent_hugepages", mode));
    put("cpu.processors", Runtime.getRuntime().availableProcessors());
    Probe.governor().ifPresent(governor -> put("cpu.governor", governor));
    return this;
  }

  /** The properties of a CPU device. */
  public Facts cpu(DeviceProperties cpu) {
    put("cpu.name", cpu.name());
    put("cpu.instruction_sets", cpu.instructionSets());
    put("cpu.last_level_cache", cpu.lastLevelCacheBytes(), "bytes");
    return put("memory", cpu.memoryBytes(), "bytes");
  }

  /** The first GPU listed by nvidia-smi, and the number of GPUs; nothing if there are none. */
  public Facts gpus() {
    List<Map<String, String>> gpus = Probe.gpus();
    if (!gpus.isEmpty()) {
      put("gpu.count", gpus.size());
      gpus.getFirst().forEach(this::put);
      put("now.gpu_processes", Probe.gpuProcesses().size());
    }
    return this;
  }

  /** Vendor, version and arguments of the JVM. */
  public Facts java() {
    put("jvm.vendor", System.getProperty("java.vm.vendor"));
    put("jvm.version", System.getProperty("java.vm.version"));
    return put(
        "jvm.args", String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
  }
}
