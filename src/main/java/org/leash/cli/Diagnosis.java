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
import org.leash.kernel.jcuda.JCudaProvider;
import org.leash.kernel.panama.Choice;

/** Checks everything that the kernels use, from the JVM down to the GPUs. */
final class Diagnosis {
  private static final int JAVA = 25;
  private static final int MOST_GPUS = 64;
  private static final String JCUDA = "jcuda";
  private static final String UNKNOWN_REMEDY = "check with nvidia-smi whether a GPU works";
  private static final String AUTO = "native-auto";
  private static final Path DRIVER = Path.of("/proc/driver/nvidia/version");

  /** The effect of a finding on the device that must work. */
  enum Verdict {
    GOOD("ok"),
    /** Something optional is slow or absent. */
    LESS("less"),
    /** The device cannot be used. */
    FATAL("MISSING");

    private final String label;

    Verdict(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /**
   * One fact.
   *
   * @param remedy "" if nothing is wrong
   */
  record Finding(Verdict verdict, String subject, String detail, String remedy) {
    /**
     * A finding from a message of the library.
     *
     * @param reason the fault and, after the last semicolon, the remedy
     */
    static Finding of(Verdict verdict, String subject, String reason) {
      int end = reason.lastIndexOf("; ");
      return end < 0
          ? new Finding(verdict, subject, reason, UNKNOWN_REMEDY)
          : new Finding(verdict, subject, reason.substring(0, end), reason.substring(end + 2));
    }

    boolean isFatal() {
      return verdict == Verdict.FATAL;
    }
  }

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
      good("java", version);
    } else {
      fatal("java", version, "set JAVA_HOME to JDK " + JAVA + " or later");
    }
  }

  private void vectors() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
      good("vector api", "the java-vector variants run");
    } else {
      less(
          "vector api",
          "jdk.incubator.vector is not loaded: no java-vector variants",
          "run java with --add-modules jdk.incubator.vector");
    }
  }

  private void library() {
    if (LeashLibrary.isLoaded()) {
      good("native library", "loaded");
    } else {
      findings.add(Finding.of(Verdict.FATAL, "native library", LeashLibrary.unavailable()));
    }
  }

  private void processor() {
    try (Device cpu = DeviceId.CPU.open()) {
      DeviceProperties found = cpu.properties();
      String detail =
          "%s, %d threads, %s"
              .formatted(
                  found.name(),
                  found.threads(),
                  found.instructionSets().isEmpty()
                      ? "no vector instructions for native kernels"
                      : found.instructionSets());
      if (!found.nativeLibrary() || found.instructionSets().contains("avx2")) {
        good("processor", detail);
      } else {
        less(
            "processor",
            detail,
            "use a processor with AVX2 and FMA, which is several times faster");
      }
    }
  }

  private void driver() {
    Optional<String> version = driverVersion();
    if (version.isPresent()) {
      good("nvidia driver", version.get());
    } else {
      findings.add(
          new Finding(
              missingGpu(),
              "nvidia driver",
              "none: " + DRIVER + " does not exist",
              "install NVIDIA's driver, or run a container with --gpus all"));
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
        good(
            id.toString(),
            String.format(
                Locale.ROOT,
                "%s, %.1f GB, %s",
                found.name(),
                found.memoryBytes() / 1e9,
                found.instructionSets()));
      } catch (UnavailableException e) {
        if (ordinal == 0 || id.equals(wanted)) {
          findings.add(Finding.of(missingGpu(), id.toString(), e.getMessage()));
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
        "%d of %d choices of variants for GPUs are measured".formatted(measured, table.size());
    if (measured < table.size()) {
      less(AUTO, detail, "compare the variants with leash-bench run --suite gpu");
    } else if (!table.isEmpty()) {
      good(AUTO, detail);
    }
  }

  /** The other way to the GPU. */
  private void jcuda() {
    String reason = new JCudaProvider().unavailable();
    if (reason.isEmpty()) {
      good(JCUDA, "available");
    } else {
      findings.add(Finding.of(Verdict.LESS, JCUDA, reason));
    }
  }

  private void good(String subject, String detail) {
    findings.add(new Finding(Verdict.GOOD, subject, detail, ""));
  }

  private void less(String subject, String detail, String remedy) {
    findings.add(new Finding(Verdict.LESS, subject, detail, remedy));
  }

  private void fatal(String subject, String detail, String remedy) {
    findings.add(new Finding(Verdict.FATAL, subject, detail, remedy));
  }

  /** Fatal only if a GPU must work. */
  private Verdict missingGpu() {
    return wanted.kind() == DeviceKind.CUDA ? Verdict.FATAL : Verdict.LESS;
  }
}
