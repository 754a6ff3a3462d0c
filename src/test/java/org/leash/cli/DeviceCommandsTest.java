package org.leash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.leash.UnavailableException;
import org.leash.device.Device;
import org.leash.device.DeviceId;
import org.leash.environment.Finding;
import org.leash.environment.Finding.Severity;
import org.leash.kernel.jcuda.JCudaProvider;
import org.leash.kernel.panama.Choice;

/** The commands about this machine; the conformance suite itself is run by other tests. */
final class DeviceCommandsTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void doctorFindsTheCpuReady() {
    assertThat(run("doctor")).isZero();
    assertThat(out.toString()).contains("native library", "processor").endsWith("cpu is ready\n");
  }

  @Test
  void doctorReportsMissingGpuParts() {
    assertThat(run("doctor", "--device", "cuda:63")).isEqualTo(1);
    assertThat(out.toString()).contains("MISSING").endsWith("cuda:63 cannot run native kernels\n");
  }

  /** Also in a container that hides the driver's files, and on the emulator, which has none. */
  @Test
  void doctorFindsAGpuReadyThatOpens() {
    try {
      Device.cuda(0).close();
    } catch (UnavailableException e) {
      assumeTrue(false, e.getMessage());
    }
    assertThat(run("doctor", "--device", "cuda:0")).isZero();
    assertThat(out.toString()).contains("ok       nvidia driver    ").endsWith("cuda:0 is ready\n");
  }

  @Test
  void onlyFaultsOfTheWantedDeviceAreFatal() {
    assertThat(Diagnosis.of(DeviceId.CPU)).noneMatch(Finding::isBad);
    assertThat(Diagnosis.of(DeviceId.parse("cuda:63")))
        .filteredOn(Finding::isBad)
        .extracting(Finding::subject)
        .contains("cuda:63");
  }

  @Test
  void everyFaultHasAReasonAndARemedy() {
    List<Finding> findings = Diagnosis.of(DeviceId.parse("cuda:63"));
    assertThat(findings)
        .filteredOn(finding -> finding.severity() != Severity.GOOD)
        .isNotEmpty()
        .allSatisfy(finding -> assertThat(finding.detail()).isNotBlank())
        .allSatisfy(finding -> assertThat(finding.remedy()).isNotBlank());
  }

  @Test
  void suggestsRebuildOnlyForALibraryWithoutCuda() {
    Finding gpu =
        Diagnosis.of(DeviceId.parse("cuda:63")).stream()
            .filter(finding -> finding.subject().equals("cuda:63"))
            .findFirst()
            .orElseThrow();
    assertThat(gpu.severity()).isEqualTo(Severity.BAD);
    assertThat(gpu.remedy().contains("nvcc"))
        .isEqualTo(gpu.detail().endsWith("this library was built without CUDA"));
    assertThat(gpu.detail())
        .containsAnyOf(
            "built without CUDA",
            "libcuda.so.1) was not found",
            "sees no GPU",
            "too old for this library",
            "fails with error",
            "CUDA device 63 does not exist");
  }

  @Test
  void reasonEndsWithItsRemedy() {
    assertThat(Finding.of(Severity.POOR, "cuda:0", "error 3 (a; b) in it; take another"))
        .isEqualTo(new Finding(Severity.POOR, "cuda:0", "error 3 (a; b) in it", "take another"));
    assertThat(Finding.of(Severity.POOR, "cuda:0", "error 3").remedy()).contains("nvidia-smi");
  }

  @Test
  void doctorReportsJCuda() {
    assertThat(run("doctor")).isZero();
    String reason = new JCudaProvider().unavailable();
    assertThat(out.toString())
        .contains(
            reason.isEmpty() ? "ok       jcuda " : "less     jcuda            JCuda cannot be",
            reason.substring(reason.lastIndexOf("; ") + 1).strip());
  }

  @Test
  void doctorReportsMeasuredShareOfTheChoiceTable() {
    assertThat(run("doctor")).isZero();
    long measured = Choice.table().stream().filter(Choice::isMeasured).count();
    assertThat(out.toString())
        .contains(
            String.format(
                Locale.ROOT, "native-auto      %d of %d choices", measured, Choice.table().size()));
  }

  @Test
  void shortMemoryIsNamed() {
    String ofDevice = "cannot allocate 8 bytes on CUDA device 0, which has 4 of 16 left";
    assertThat(LeashCommand.explanation(new OutOfMemoryError(ofDevice)))
        .startsWith(ofDevice)
        .doesNotContain("heap");
    assertThat(LeashCommand.explanation(new OutOfMemoryError("Java heap space")))
        .matches("a heap of \\d+ MB is too small: Java heap space; set, .* LEASH_JAVA_OPTS=-Xmx4g");
  }

  @Test
  void verifyRejectsAbsentDevice() {
    assertThat(run("verify", "--device", "cuda:63")).isEqualTo(69);
    assertThat(err.toString()).startsWith("leash: ").hasLineCount(1);
  }

  @Test
  void verifyRejectsInvalidDeviceName() {
    assertThat(run("verify", "--device", "tpu")).isEqualTo(64);
    assertThat(err.toString()).contains("\"tpu\" is not a device");
  }

  private int run(String... arguments) {
    return LeashCommand.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }
}
