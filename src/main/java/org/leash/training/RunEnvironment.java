package org.leash.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.leash.binding.LeashLibrary;
import org.leash.device.Device;
import org.leash.device.DeviceProperties;
import org.leash.training.files.Fact;

/**
 * What a run is made with, for env.csv: software, machine, device. What is not known is left out.
 */
final class RunEnvironment {
  private static final long PATIENCE_SECONDS = 5;

  private RunEnvironment() {}

  /**
   * The facts, by the keys of the benchmarks.
   *
   * @param variant of the kernels
   */
  static List<Fact> of(Device device, String variant) {
    List<Fact> facts = new ArrayList<>();
    String version = Trainer.class.getPackage().getImplementationVersion();
    if (version != null) {
      facts.add(fact("leash.version", version));
    }
    commit().ifPresent(commit -> facts.add(fact("git.commit", commit)));
    LeashLibrary.sha256()
        .ifPresentOrElse(
            hash -> facts.add(fact("native.lib_sha256", hash)),
            () -> facts.add(fact("native.unavailable", LeashLibrary.unavailable())));
    facts.add(fact("jvm.vendor", System.getProperty("java.vm.vendor")));
    facts.add(fact("jvm.version", System.getProperty("java.vm.version")));
    facts.add(fact("os", System.getProperty("os.name") + " " + System.getProperty("os.version")));
    facts.add(fact("cpu.processors", Runtime.getRuntime().availableProcessors()));
    DeviceProperties properties = device.properties();
    facts.add(fact("device", device.toString()));
    facts.add(fact("device.name", properties.name()));
    facts.add(fact("device.instruction_sets", properties.instructionSets()));
    facts.add(fact("device.threads", properties.threads()));
    facts.add(new Fact("device.memory", Long.toString(properties.memoryBytes()), "bytes"));
    facts.add(fact("kernel/variant", variant));
    return facts;
  }

  private static Fact fact(String key, Object value) {
    return new Fact(key, value.toString(), "");
  }

  /** Of the repository that the process runs in. */
  private static Optional<String> commit() {
    try {
      Process git =
          new ProcessBuilder("git", "rev-parse", "HEAD")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!git.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        git.destroyForcibly();
        return Optional.empty();
      }
      String output =
          new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return git.exitValue() == 0 ? Optional.of(output) : Optional.empty();
    } catch (IOException e) {
      // Not every machine has git.
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
