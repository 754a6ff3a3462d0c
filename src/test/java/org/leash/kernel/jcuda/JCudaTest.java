package org.leash.kernel.jcuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.leash.UnavailableException;
import org.leash.binding.LeashLibrary;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.DeviceKind;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Kernel;
import org.leash.kernel.Variant;
import org.leash.kernel.panama.NativeProvider;
import org.leash.kernel.panama.Planner;
import org.leash.loss.PolicyLoss;
import org.leash.operation.Operation;
import org.leash.operation.PolicyGradient;

/**
 * JCuda kernels up to the calls of the driver: availability, launches, and allocation. The device
 * is emulated or real.
 */
final class JCudaTest {
  /** For the compiler, which has to share the machine. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final int SHARED =
      CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
  private static final int CLUSTER = CUfunction_attribute.CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH;
  private static final int LARGE_CLUSTER =
      CUfunction_attribute.CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED;

  private Device device;

  @BeforeEach
  void openDevice() {
    try {
      device = Device.cuda(0);
    } catch (UnavailableException e) {
      assumeTrue(false, e.getMessage());
    }
  }

  @Test
  void ranksOneVariantBelowEachNativeVariant() {
    List<Variant> variants = Catalogue.of(device).variants();
    assertThat(names(variants, "jcuda-")).isEqualTo(names(variants, "native-")).isNotEmpty();
    for (Operation<?> operation : Operation.all()) {
      assertThat(Catalogue.of(device).best(operation).variant().name()).startsWith("native-");
    }
  }

  private static Set<String> names(List<Variant> variants, String prefix) {
    return variants.stream()
        .filter(variant -> variant.name().startsWith(prefix))
        .map(variant -> variant.operation() + " " + variant.name().substring(prefix.length()))
        .collect(Collectors.toSet());
  }

  @Test
  void statesOneReasonWithoutNativesOrDriver() {
    assumeTrue(!JCuda.unavailable().isEmpty(), "JCuda works here");
    assertThat(JCuda.unavailable())
        .startsWith("JCuda cannot be loaded (UnsatisfiedLinkError: ")
        .endsWith("on a machine with NVIDIA's driver")
        .doesNotContain("\n");
    assertThat(Catalogue.of(device).variants())
        .filteredOn(variant -> variant.name().startsWith("jcuda-"))
        .allMatch(variant -> variant.reason().equals(JCuda.unavailable()));
    assertThatThrownBy(() -> Catalogue.of(device).kernel(Operation.ENTROPY, "jcuda-naive"))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining(JCuda.unavailable());
  }

  /** Records its calls. */
  private static final class Notes implements Driver {
    final List<String> loaded = new ArrayList<>();
    private final Map<String, Loaded> byName = new HashMap<>();
    final List<String> kernels = new ArrayList<>();
    final List<Long> firstWords = new ArrayList<>();
    final List<Integer> clusters = new ArrayList<>();
    final Map<Integer, Integer> attributes = new HashMap<>();
    int refused;

    @Override
    public Loaded load(String kernel) {
      loaded.add(kernel);
      return byName.computeIfAbsent(kernel, name -> new Loaded(new CUfunction()));
    }

    @Override
    public void set(CUfunction function, int attribute, int value) {
      if (attribute == refused) {
        throw new IllegalStateException("refused");
      }
      attributes.put(attribute, value);
    }

    @Override
    public void launch(CUfunction function, Planner<?> planner, int launch, Pointer parameters) {
      assertThat(loaded).contains(planner.kernel(launch));
      assertThat(parameters).isNotNull();
      kernels.add(planner.kernel(launch));
      clusters.add(planner.cluster(launch));
      firstWords.add(planner.parameter(launch).order(ByteOrder.nativeOrder()).getLong(0));
      assertThat(planner.parameterBytes(launch))
          .isBetween(64, planner.parameter(launch).capacity());
      assertThat(planner.blocks(launch)).isPositive();
      assertThat(planner.blocks(launch) % planner.cluster(launch)).isZero();
      assertThat(planner.threads(launch)).isIn(128, 256);
      assertThat(planner.sharedBytes(launch)).isBetween(0, 232448);
      assertThat(attributes.getOrDefault(SHARED, 0))
          .isGreaterThanOrEqualTo(planner.sharedBytes(launch));
      assertThat(attributes.getOrDefault(CLUSTER, 1)).isEqualTo(planner.cluster(launch));
      assertThat(attributes.getOrDefault(LARGE_CLUSTER, 0))
          .isEqualTo(planner.cluster(launch) > 8 ? 1 : 0);
      assertThat(JCudaCalls.fileOf(planner.kernel(launch))).isEqualTo("policy_gradient");
    }
  }

  /** Does nothing, as fast as possible. */
  private static final class Nothing implements Driver {
    int launches;

    @Override
    public Loaded load(String kernel) {
      return new Loaded(new CUfunction());
    }

    @Override
    public void set(CUfunction function, int attribute, int value) {}

    @Override
    public void launch(CUfunction function, Planner<?> planner, int launch, Pointer parameters) {
      launches += planner.blocks(launch) + planner.threads(launch) + planner.sharedBytes(launch);
    }
  }

  private record Rig(Matrix logits, PolicyGradient arguments) {
    static Rig of(Device device, int rows, int vocab, DType dtype) {
      Matrix logits = device.matrix(rows, vocab, dtype);
      IntColumn targets = device.ints(rows);
      FloatColumn advantage = device.floats(rows);
      return new Rig(
          logits,
          PolicyGradient.of(logits)
              .policy(PolicyLoss.ppoClip(0.2, 0.2))
              .targets(targets)
              .advantage(advantage)
              .inPlace());
    }
  }

  private Kernel<PolicyGradient> kernel(String name, Driver driver) {
    Variant variant =
        new NativeProvider()
            .variants().stream()
                .filter(each -> each.device() == DeviceKind.CUDA)
                .filter(each -> each.operation() == Operation.POLICY_GRADIENT)
                .filter(each -> each.name().equals("native-" + name))
                .findFirst()
                .orElseThrow();
    Planner<PolicyGradient> planner = new Planner<>(device, Operation.POLICY_GRADIENT, variant);
    return new JCudaKernel<>(device, variant, planner, new Launcher(driver));
  }

  @ParameterizedTest
  @EnumSource
  void launchesSameKernelsAsNativeLibrary(DType dtype) {
    String type = "_" + dtype.name().toLowerCase(java.util.Locale.ROOT);
    Rig rig = Rig.of(device, 3, 1000, dtype);
    for (String name : List.of("naive", "two_read", "warp", "resident", "auto")) {
      Notes notes = new Notes();
      kernel(name, notes).run(rig.arguments());
      assertThat(notes.kernels)
          .containsExactly("leash_policy_gradient_" + (name.equals("auto") ? "warp" : name) + type);
      assertThat(notes.firstWords).containsExactly(rig.logits().location().address());
    }
    Notes notes = new Notes();
    kernel("split", notes).run(rig.arguments());
    assertThat(notes.kernels)
        .containsExactly(
            "leash_policy_gradient_split_sums" + type,
            "leash_policy_gradient_split_finish" + type,
            "leash_policy_gradient_split_output" + type);
    device.close();
  }

  @Test
  void launchesLongRowsInClusters() {
    Notes notes = new Notes();
    Kernel<PolicyGradient> kernel = kernel("resident", notes);
    kernel.run(Rig.of(device, 1, 151936, DType.BF16).arguments());
    kernel.run(Rig.of(device, 1, 151936, DType.F32).arguments());
    kernel.run(Rig.of(device, 1, 262144, DType.F32).arguments());
    kernel.run(Rig.of(device, 1, 151936, DType.F32).arguments());
    assertThat(notes.clusters).containsExactly(4, 8, 16, 8);
    assertThat(notes.loaded).as("once each").hasSize(2);
    device.close();
  }

  @Test
  void launchersShareKernelsAndTheirAttributes() {
    Notes notes = new Notes();
    Kernel<PolicyGradient> first = kernel("resident", notes);
    Kernel<PolicyGradient> second = kernel("resident", notes);
    first.run(Rig.of(device, 1, 151936, DType.BF16).arguments());
    second.run(Rig.of(device, 1, 1000, DType.BF16).arguments());
    first.run(Rig.of(device, 1, 151936, DType.BF16).arguments());
    assertThat(notes.clusters).containsExactly(4, 1, 4);
    device.close();
  }

  @Test
  void setsAllAttributesAgainAfterOneFailed() {
    Notes notes = new Notes();
    Kernel<PolicyGradient> kernel = kernel("resident", notes);
    PolicyGradient one = Rig.of(device, 1, 1000, DType.BF16).arguments();
    PolicyGradient four = Rig.of(device, 1, 151936, DType.BF16).arguments();
    kernel.run(one);
    notes.refused = CUfunction_attribute.CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_HEIGHT;
    assertThatThrownBy(() -> kernel.run(four)).isInstanceOf(IllegalStateException.class);
    notes.refused = 0;
    kernel.run(one);
    assertThat(notes.clusters).containsExactly(1, 1);
    device.close();
  }

  @Test
  void findsEveryKernelInFatBinary() {
    assumeTrue(
        LeashLibrary.class.getResource("linux-x86_64/policy_gradient.fatbin") != null,
        "the library was built without nvcc");
    for (String file :
        List.of("log_softmax", "token_statistics", "logits_gradient", "policy_gradient")) {
      assertThat(LeashLibrary.resource(file + ".fatbin")).hasSizeGreaterThan(10_000);
    }
    assertThatThrownBy(() -> LeashLibrary.resource("nothing.fatbin"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("built with nvcc");
    assertThatThrownBy(() -> JCudaCalls.fileOf("leash_other_naive_f32"))
        .isInstanceOf(IllegalStateException.class);
  }

  /** Checks, plan, attributes and parameters: everything except the call of JCuda. */
  @Test
  void allocatesNothingPerCall() {
    Nothing driver = new Nothing();
    Kernel<PolicyGradient> kernel = kernel("split", driver);
    PolicyGradient arguments = Rig.of(device, 1, 16, DType.F32).arguments();
    int calls = 10_000;
    long allocated = Long.MAX_VALUE;
    // Interpreted code boxes; the guarantee holds once the code is compiled.
    long start = System.nanoTime();
    while (allocated >= calls / 1000 && System.nanoTime() - start < PATIENCE_NANOS) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < calls; i++) {
        kernel.run(arguments);
      }
      allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    }
    assertThat(allocated / (double) calls).as("bytes per call").isLessThan(1e-3);
    assertThat(driver.launches).isPositive();
    device.close();
  }
}
