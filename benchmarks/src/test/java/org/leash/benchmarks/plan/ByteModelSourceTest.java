package org.leash.benchmarks.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.leash.binding.LeashLibrary;
import org.leash.device.DType;
import org.leash.device.DeviceKind;
import org.leash.kernel.Variant;
import org.leash.kernel.panama.NativeProvider;

/** That the model says of every variant what the head of its file says. */
final class ByteModelSourceTest {
  private static final Path KERNELS = Path.of("../native/cuda/variants");
  private static final Pattern TRAFFIC = Pattern.compile("(\\d)R \\+ 1W(?:, (\\d)R without)?");

  @ParameterizedTest
  @EnumSource
  void agreesWithKernelHeads(ByteModel model) throws IOException {
    Matcher traffic = TRAFFIC.matcher(head(model.variant()));
    assertThat(traffic.find()).as("traffic of " + model.variant()).isTrue();
    assertThat(model.reads(Contract.POLICY_GRADIENT)).hasToString(traffic.group(1));
    assertThat(model.writes(Contract.POLICY_GRADIENT)).isOne();
    if (traffic.group(2) != null) {
      assertThat(model.reads(Contract.TOKEN_STATISTICS)).hasToString(traffic.group(2));
    }
  }

  @ParameterizedTest
  @EnumSource
  void knowsEveryVariant(Contract task) {
    assumeTrue(LeashLibrary.isLoaded(), "no native library");
    KernelCase taken =
        new KernelCase(task, DType.F32, 8, 1000, LogitDistribution.PEAKED, KernelCase.ON_GPU);
    assertThat(ByteModel.of(taken))
        .extracting(model -> "native-" + model.variant())
        .containsExactlyInAnyOrderElementsOf(
            new NativeProvider()
                .variants().stream()
                    .filter(variant -> variant.device() == DeviceKind.CUDA)
                    .filter(variant -> variant.operation() == task.operation())
                    .map(Variant::name)
                    .filter(name -> !name.equals("native-auto"))
                    .toList());
  }

  /** The first paragraph of a variant's file, joined. */
  private static String head(String variant) throws IOException {
    return Files.readString(KERNELS.resolve(variant + ".cuh")).replace("\n// ", " ");
  }
}
