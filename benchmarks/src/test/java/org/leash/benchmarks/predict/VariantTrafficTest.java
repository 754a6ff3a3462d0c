package org.leash.benchmarks.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.leash.benchmarks.plan.Contract;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.LogitDistribution;
import org.leash.binding.LeashLibrary;
import org.leash.device.DType;
import org.leash.kernel.Variant;

/** The library's reads and writes are those in the heads of the variants' files. */
final class VariantTrafficTest {
  private static final Path KERNELS = Path.of("../native/cuda/variants");
  private static final Pattern TRAFFIC = Pattern.compile("(\\d)R \\+ 1W(?:, (\\d)R without)?");

  @BeforeEach
  void needLibrary() {
    assumeTrue(LeashLibrary.isLoaded(), LeashLibrary::unavailable);
  }

  private static KernelCase kernelCase(Contract contract, int vocab) {
    return new KernelCase(
        contract, DType.F32, 8, vocab, LogitDistribution.PEAKED, KernelCase.ON_GPU);
  }

  private static Variant model(Contract contract, String variant) {
    return kernelCase(contract, 1000).cudaVariants().stream()
        .filter(each -> each.name().equals("native-" + variant))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"naive", "two_read", "warp", "split", "resident"})
  void agreesWithTheHeadOfTheKernel(String variant) throws IOException {
    String head = Files.readString(KERNELS.resolve(variant + ".cuh")).replace("\n// ", " ");
    Matcher traffic = TRAFFIC.matcher(head);
    assertThat(traffic.find()).as("traffic of " + variant).isTrue();
    assertThat(model(Contract.POLICY_GRADIENT, variant).reads()).hasToString(traffic.group(1));
    assertThat(model(Contract.POLICY_GRADIENT, variant).writes()).isOne();
    if (traffic.group(2) != null) {
      assertThat(model(Contract.TOKEN_STATISTICS, variant).reads()).hasToString(traffic.group(2));
      assertThat(model(Contract.TOKEN_STATISTICS, variant).writes()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void listsTheVariantsThatTakeTheCase(Contract contract) {
    boolean resident = contract != Contract.LOGITS_GRADIENT;
    assertThat(kernelCase(contract, 2049).cudaVariants())
        .extracting(Variant::name)
        .contains("native-naive", "native-two_read", "native-split")
        .doesNotContain("native-warp", "native-auto")
        .satisfies(names -> assertThat(names.contains("native-resident")).isEqualTo(resident));
    assertThat(kernelCase(contract, 2048).cudaVariants())
        .extracting(Variant::name)
        .contains("native-warp");
  }
}
