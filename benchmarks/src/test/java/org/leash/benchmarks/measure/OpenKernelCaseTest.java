package org.leash.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.plan.Contract;
import org.leash.benchmarks.plan.Effort;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.LogitDistribution;
import org.leash.benchmarks.plan.ProcessSetting;
import org.leash.benchmarks.plan.Start;
import org.leash.benchmarks.plan.Suite;
import org.leash.device.DType;
import org.leash.device.Device;

/** The library's variants through all steps of a case, on little data. */
final class OpenKernelCaseTest {
  private static final Effort EFFORT = new Effort(1, 2, 1, 1);

  @ParameterizedTest
  @EnumSource
  void timesEveryAvailableVariant(Contract contract) {
    KernelCase kernelCase =
        new KernelCase(contract, DType.F32, 33, 50257, LogitDistribution.PEAKED, 2);
    List<String> skipped = new ArrayList<>();
    List<Row> rows = new ArrayList<>();
    try (Device home = Device.cpu();
        Inputs inputs = Inputs.of(home, kernelCase);
        OpenKernelCase openCase =
            new OpenKernelCase(
                Suite.QUICK,
                ProcessSetting.PLAIN,
                kernelCase,
                Device.cpu(2),
                inputs,
                variant -> true,
                (variant, reason) -> skipped.add(variant + ": " + reason))) {
      Rounds.play(openCase, EFFORT, Start.first(1, 1), rows::add);
      assertThat(openCase.contenders())
          .extracting(each -> each.identity().variant())
          .contains("java-scalar");
      assertThat(openCase.contenders().size() + skipped.size()).isGreaterThanOrEqualTo(5);
    }
    List<Row> checks = rows.stream().filter(row -> row.table() == RunTable.CHECKS).toList();
    assertThat(checks).isNotEmpty();
    assertThat(checks)
        .filteredOn(row -> !row.get("status").equals("OK"))
        .as("checks that failed")
        .isEmpty();
    assertThat(skipped).allMatch(each -> each.length() > "native-avx512: ".length());
  }
}
