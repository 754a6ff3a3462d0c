package org.leash.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.leash.UnavailableException;
import org.leash.binding.LeashLibrary;
import org.leash.device.Device;
import org.leash.device.DeviceId;
import org.leash.device.DeviceKind;
import org.leash.device.DeviceProperties;
import org.leash.environment.Finding;
import org.leash.environment.Finding.Severity;
import org.leash.kernel.jcuda.JCudaProvider;
import org.leash.kernel.panama.Choice;

/** Checks everything that the kernels use, from the JVM down to the GPUs. */
final class Diagnosis {
  private static final int JAVA = 25;
  private static final int MOST_GPUS = 64;
  private static final String JCUDA = "jcuda";
  private static final String AUTO = "native-auto";
  private static final Path DRIVER = Path.of("/proc/driver/nvidia/version");

  private final DeviceId wanted;
  private final List<Finding> findings = new ArrayList<>();

  private Diagnosis(DeviceId wanted) {
    this.wanted = wanted;
  }

  /**
   * Makes all checks.
   *
   * @param wanted the device that must work; faults of other devices are not fatal
   */
  static List<Finding> of(DeviceId wanted) {
    Diagnosis diagnosis = new Diagnosis(wanted);
    diagnosis.java();
    diagnosis.vectors();
    diagnosis.library();
    diagnosis.processor();
    diagnosis.driver();
    diagnosis.gpus();
    diagnosis.choices();
    diagnosis.jcuda();
    return List.copyOf(diagnosis.findings);
  }

  private void java() {
    String version = System.getProperty("java.vm.name") + " " + Runtime.version();
    if (Runtime.version().feature() >= JAVA) {
      add(Finding.good("java", version));
    } else {
      add(Finding.bad("java", version, "set JAVA_HOME to JDK " + JAVA + " or later"));
    }
  }

  private void vectors() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
      add(Finding.good("vector api", "the java-vector variants run"));
    } else {
      add(
          Finding.poor(
              "vector api",
              "jdk.incubator.vector is not loaded: no java-vector variants",
              "run java with --add-modules jdk.incubator.vector"));
    }
  }

  private void library() {
    if (LeashLibrary.isLoaded()) {
      add(Finding.good("native library", "loaded"));
    } else {
      add(Finding.of(Severity.BAD, "native library", LeashLibrary.unavailable()));
    }
  }

  private void processor() {
    try (Device cpu = DeviceId.CPU.open()) {
      DeviceProperties found = cpu.properties();
      String detail =
          String.format(
              Locale.ROOT,
              "%s, %d threads, %s",
              found.name(),
              found.threads(),
              found.instructionSets().isEmpty()
                  ? "no vector instructions for native kernels"
                  : found.instructionSets());
      if (!found.nativeLibrary() || found.instructionSets().matches(".*(avx2|neon).*")) {
        add(Finding.good("processor", detail));
      } else {
        add(
            Finding.poor(
                "processor",
                detail,
                "use a processor with AVX2 and FMA, which is several times faster"));
      }
    }
  }

  private void driver() {
    Optional<String> version = driverVersion().or(Diagnosis::versionOfFirstGpu);
    if (version.isPresent()) {
      add(Finding.good("nvidia driver", version.get()));
    } else {
      add(
          new Finding(
              missingGpu(),
              "nvidia driver",
              "none: " + DRIVER + " does not exist",
              "install NVIDIA's driver, or run a container with --gpus all"));
    }
  }

  /** Containers may hide the driver's file although their GPUs work. */
  private static Optional<String> versionOfFirstGpu() {
    try (Device gpu = Device.cuda(0)) {
      int version = gpu.properties().driverVersion();
      return Optional.of(
          String.format(Locale.ROOT, "for CUDA %d.%d", version / 1000, version % 1000 / 10));
    } catch (UnavailableException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> driverVersion() {
    try {
      return Files.readAllLines(DRIVER).stream().findFirst().map(String::strip);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void gpus() {
    for (int ordinal = 0; ordinal < MOST_GPUS; ordinal++) {
      DeviceId id = new DeviceId(DeviceKind.CUDA, ordinal);
      try (Device gpu = id.open()) {
        DeviceProperties found = gpu.properties();
        add(
            Finding.good(
                id.toString(),
                String.format(
                    Locale.ROOT,
                    "%s, %.1f GB, %s",
                    found.name(),
                    found.memoryBytes() / 1e9,
                    found.instructionSets())));
      } catch (UnavailableException e) {
        if (ordinal == 0 || id.equals(wanted)) {
          add(Finding.of(missingGpu(), id.toString(), e.getMessage()));
        }
        if (wanted.kind() != DeviceKind.CUDA || ordinal >= wanted.ordinal()) {
          return;
        }
      }
    }
  }

  /** The evidence for the choice of variants on a GPU. */
  private void choices() {
    List<Choice> table = Choice.table();
    long measured = table.stream().filter(Choice::isMeasured).count();
    String detail =
        String.format(
            Locale.ROOT,
            "%d of %d choices of variants for GPUs are measured",
            measured,
            table.size());
    if (measured < table.size()) {
      add(Finding.poor(AUTO, detail, "measure them with leash-bench tune"));
    } else if (!table.isEmpty()) {
      add(Finding.good(AUTO, detail));
    }
  }

  /** The other way to the GPU. */
  private void jcuda() {
    String reason = new JCudaProvider().unavailable();
    if (reason.isEmpty()) {
      add(Finding.good(JCUDA, "available"));
    } else {
      add(Finding.of(Severity.POOR, JCUDA, reason));
    }
  }

  private void add(Finding finding) {
    findings.add(finding);
  }

  /** Fatal only if a GPU must work. */
  private Severity missingGpu() {
    return wanted.kind() == DeviceKind.CUDA ? Severity.BAD : Severity.POOR;
  }
}
