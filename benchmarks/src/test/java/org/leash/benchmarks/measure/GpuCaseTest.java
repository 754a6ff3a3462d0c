package org.leash.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Workload;
import org.leash.benchmarks.plan.CaseKey;
import org.leash.benchmarks.plan.Contract;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.LogitDistribution;
import org.leash.benchmarks.plan.ProcessSetting;
import org.leash.benchmarks.plan.Suite;
import org.leash.binding.LeashLibrary;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.DeviceId;
import org.leash.device.DeviceKind;

/**
 * The gpu suite's cases on a CPU device and, in a run with the system property {@code
 * leash.test.device}, on an emulated GPU.
 */
final class GpuCaseTest {
  private static final DeviceId ID = DeviceId.parse(System.getProperty("leash.test.device", "cpu"));
  private static final int VOCAB = 517;

  /** Matrices of few rows take thousands of copies, and a kernel each, to fill a CPU's caches. */
  private static final int MANY_ROWS = 256;

  private Device home;
  private Device device;

  @BeforeEach
  void open() {
    assumeTrue(LeashLibrary.isLoaded(), "no native library");
    home = Device.cpu(2);
    device = ID.open();
  }

  @AfterEach
  void close() {
    if (home != null) {
      device.close();
      home.close();
    }
  }

  private static KernelCase kernelCase(Contract contract, DType dtype, int rows) {
    return new KernelCase(
        contract, dtype, rows, VOCAB, LogitDistribution.PEAKED, KernelCase.ON_GPU);
  }

  private OpenKernelCase open(KernelCase kernelCase, Inputs inputs, List<String> skipped) {
    return new OpenKernelCase(
        Suite.GPU,
        ProcessSetting.PLAIN,
        kernelCase,
        device,
        inputs,
        name -> !name.equals("native-portable"),
        (name, reason) -> skipped.add(name + ": " + reason));
  }

  @ParameterizedTest
  @EnumSource
  void everyVariantFulfilsContract(Contract contract) {
    // Rows that repeat the drawn ones, and fewer than them.
    int rows = contract == Contract.POLICY_GRADIENT ? MANY_ROWS : 8;
    KernelCase kernelCase =
        kernelCase(contract, contract == Contract.ENTROPY ? DType.F16 : DType.F32, rows);
    List<String> skipped = new ArrayList<>();
    try (Inputs inputs = Inputs.of(home, kernelCase.drawn());
        OpenKernelCase openCase = open(kernelCase, inputs, skipped)) {
      Set<String> names =
          openCase.contenders().stream()
              .map(each -> each.identity().variant())
              .collect(Collectors.toSet());
      assertThat(names)
          .contains(ID.kind() == DeviceKind.CPU ? "native-avx2" : "native-naive")
          .doesNotContain("native-portable");
      for (Contender contender : openCase.contenders()) {
        contender.poison();
        double nanos = contender.time(2 <= contender.launchesPerBlock() ? 2 : 1);
        assertThat(nanos).isPositive();
        assertThat(contender.check())
            .as(contender.identity().toString())
            .isNotEmpty()
            .allMatch(Check::passed);
        contender.restore();
        // Once more on restored logits.
        contender.poison();
        contender.launch();
        assertThat(contender.check()).allMatch(Check::passed);
        contender.restore();
      }
    }
  }

  @Test
  void failsChecksWithoutLaunch() {
    KernelCase kernelCase = kernelCase(Contract.POLICY_GRADIENT, DType.BF16, MANY_ROWS);
    try (Inputs inputs = Inputs.of(home, kernelCase.drawn());
        OpenKernelCase openCase = open(kernelCase, inputs, new ArrayList<>())) {
      Contender contender = openCase.contenders().getFirst();
      contender.poison();
      assertThat(contender.check()).noneMatch(Check::passed);
    }
  }

  @Test
  void keysNameGpu() {
    KernelCase kernelCase = kernelCase(Contract.POLICY_GRADIENT, DType.BF16, MANY_ROWS);
    try (Inputs inputs = Inputs.of(home, kernelCase.drawn());
        OpenKernelCase openCase = open(kernelCase, inputs, new ArrayList<>())) {
      var key = openCase.key(openCase.contenders().getFirst().identity());
      assertThat(key.get("timing")).isEqualTo("event");
      assertThat(key.get("device")).isEqualTo("cuda:0");
      assertThat(key.get("inplace")).isEqualTo("true");
      assertThat(key.get("params")).isEqualTo("streams=1");
      assertThat(key.caseGroup()).isEqualTo(CaseKey.forPeers(Suite.GPU, kernelCase).caseGroup());
    }
  }

  @Test
  void rejectsRowsThatAreNotMultipleOfDrawnRows() {
    KernelCase kernelCase = kernelCase(Contract.ENTROPY, DType.F32, 200);
    try (Inputs inputs = Inputs.of(home, kernelCase.drawn())) {
      assertThatThrownBy(() -> Workload.of(device, kernelCase, inputs, Workload.COLD, true))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("200 rows");
    }
  }

  @Test
  void measuresCeilingsOfGpu() {
    assumeTrue(ID.kind() == DeviceKind.CUDA, "needs a GPU");
    List<Row> rows = new ArrayList<>();
    Ceilings.ofGpu(device, "streams=1", 1, rows::add, 1 << 17);
    assertThat(rows)
        .allMatch(row -> row.table() == RunTable.CEILINGS)
        .allMatch(row -> row.get("params").equals("streams=1"))
        .allMatch(row -> row.number("rate") > 0)
        .extracting((Row row) -> row.get("kind"))
        .containsExactly("read", "copy", "update", "event_floor");
  }
}
