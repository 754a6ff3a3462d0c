package org.leash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.leash.UnavailableException;
import org.leash.binding.LeashLibrary;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.operation.Entropy;
import org.leash.operation.Operation;
import org.leash.operation.TokenStatistics;

/** Available variants, and reasons for unavailable ones. */
final class CatalogueTest {
  /** The library in five lines, as in the documentation. */
  @Test
  void runsBestKernel() {
    try (Device device = Device.cpu()) {
      Matrix logits = device.matrix(2, 4, DType.BF16);
      IntColumn targets = device.ints(2);
      FloatColumn logprob = device.floats(2);
      Catalogue.of(device)
          .best(Operation.TOKEN_STATISTICS)
          .run(TokenStatistics.of(logits).targets(targets).logprob(logprob));
      assertThat(logprob.get(1)).isCloseTo((float) -Math.log(4), within(1e-6f));
    }
  }

  /** The same with Java arrays. */
  @Test
  void runsBestKernelOnArrays() {
    try (Device device = Device.cpu()) {
      float[] logits = new float[8];
      int[] targets = {1, 3};
      float[] logprob = new float[2];
      TokenStatistics call =
          TokenStatistics.of(Matrix.wrap(logits, 2, 4))
              .targets(IntColumn.wrap(targets))
              .logprob(FloatColumn.wrap(logprob));
      Kernel<TokenStatistics> kernel = Catalogue.of(device).best(call);
      kernel.run(call);
      assertThat(logprob[1]).isCloseTo((float) -Math.log(4), within(1e-6f));
      assertThat(kernel.variant().name()).startsWith("java-");
    }
  }

  @Test
  void bestForArgumentsDependsOnTheirMemory() {
    try (Device device = Device.cpu(1)) {
      Catalogue catalogue = Catalogue.of(device);
      Entropy call = Entropy.of(device.matrix(1, 4, DType.F32)).entropy(device.floats(1));
      assertThat(catalogue.best(call).variant())
          .isEqualTo(catalogue.best(Operation.ENTROPY).variant());
      Variant forArrays = catalogue.best(call.entropy(FloatColumn.wrap(new float[1]))).variant();
      assertThat(forArrays.takesArrays()).isTrue();
      assertThat(catalogue.variants())
          .filteredOn(variant -> variant.operation() == Operation.ENTROPY)
          .filteredOn(variant -> variant.available() && variant.takesArrays())
          .allMatch(variant -> variant.preference() <= forArrays.preference());
      assertThatThrownBy(() -> catalogue.best(call.entropy(null)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("entropy is null");
    }
  }

  @Test
  void variantsStateReadsAndWrites() {
    try (Device device = Device.cpu(1)) {
      for (Variant variant : Catalogue.of(device).variants()) {
        if (variant.name().equals("native")) {
          continue;
        }
        boolean writes = variant.operation().writesMatrix();
        int sums =
            variant.operation() == Operation.LOGITS_GRADIENT
                ? 0
                : variant.name().equals("java-scalar") ? 2 : 1;
        assertThat(variant.writes()).as(variant.toString()).isEqualTo(writes ? 1 : 0);
        assertThat(variant.reads()).as(variant.toString()).isEqualTo(sums + (writes ? 1 : 0));
      }
    }
  }

  @Test
  void everyProviderComputesEveryOperation() {
    try (Device device = Device.cpu(1)) {
      Catalogue catalogue = Catalogue.of(device);
      for (Operation<?> operation : Operation.all()) {
        List<String> names =
            catalogue.variants().stream()
                .filter(variant -> variant.operation() == operation)
                .map(Variant::name)
                .toList();
        assertThat(names).doesNotHaveDuplicates().contains("java-scalar", "java-vector");
        if (LeashLibrary.isLoaded()) {
          assertThat(names).contains("native-portable", "native-avx2", "native-avx512");
        } else {
          assertThat(names).contains("native");
        }
      }
    }
  }

  @Test
  void bestIsAvailableVariantOfHighestPreference() {
    try (Device device = Device.cpu(1)) {
      Catalogue catalogue = Catalogue.of(device);
      for (Operation<?> operation : Operation.all()) {
        Variant best = catalogue.best(operation).variant();
        assertThat(best.available()).isTrue();
        assertThat(best.operation()).isSameAs(operation);
        assertThat(catalogue.variants())
            .filteredOn(variant -> variant.operation() == operation && variant.available())
            .allMatch(variant -> variant.preference() <= best.preference());
        assertThat(catalogue.kernel(operation, best.name()).variant()).isEqualTo(best);
      }
    }
  }

  @Test
  void unavailableVariantsStateReason() {
    try (Device device = Device.cpu(1)) {
      Catalogue catalogue = Catalogue.of(device);
      for (Variant variant : catalogue.variants()) {
        if (!variant.available()) {
          assertThatThrownBy(() -> catalogue.kernel(variant.operation(), variant.name()))
              .isInstanceOf(UnavailableException.class)
              .hasMessageContaining(variant.name())
              .hasMessageContaining(variant.reason());
          assertThat(catalogue.describe()).contains("no: " + variant.reason());
        }
      }
    }
  }

  @Test
  void rejectsUnknownNames() {
    try (Device device = Device.cpu(1)) {
      Catalogue catalogue = Catalogue.of(device);
      assertThatThrownBy(() -> catalogue.kernel(Operation.ENTROPY, "native-unknown"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("entropy has no variant \"native-unknown\"; it has ")
          .hasMessageContaining("java-scalar");
      assertThatThrownBy(() -> catalogue.best((Operation<Entropy>) null))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> catalogue.best((Entropy) null))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("arguments is null");
    }
    assertThatThrownBy(() -> Catalogue.of(null)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rejectsKernelOfClosedDevice() {
    Kernel<Entropy> kernel;
    try (Device device = Device.cpu(1)) {
      kernel = Catalogue.of(device).best(Operation.ENTROPY);
    }
    try (Device other = Device.cpu(1)) {
      Entropy arguments = Entropy.of(other.matrix(1, 4, DType.F32)).entropy(other.floats(1));
      assertThatThrownBy(() -> kernel.run(arguments))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is closed; open another");
    }
  }

  @Test
  void acceptsMemoryOfAnotherCpuDevice() {
    assumeTrue(LeashLibrary.isLoaded(), LeashLibrary::unavailable);
    try (Device device = Device.cpu(1);
        Device other = Device.cpu(1)) {
      FloatColumn entropy = other.floats(1);
      Catalogue.of(device)
          .best(Operation.ENTROPY)
          .run(Entropy.of(other.matrix(1, 4, DType.F32)).entropy(entropy));
      assertThat(entropy.get(0)).isCloseTo((float) Math.log(4), within(1e-6f));
    }
  }
}
