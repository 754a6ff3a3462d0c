package org.leash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.leash.TargetOutOfRangeException;
import org.leash.binding.LeashLibrary;
import org.leash.device.Buffer;
import org.leash.device.ByteColumn;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.DeviceKind;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.loss.PolicyLoss;
import org.leash.operation.Arguments;
import org.leash.operation.Entropy;
import org.leash.operation.LogSoftmax;
import org.leash.operation.LogitsGradient;
import org.leash.operation.Operation;
import org.leash.operation.PolicyGradient;
import org.leash.operation.TokenStatistics;

/** Every variant rejects invalid arguments with an exception that names the fault. */
final class BadInputTest {
  private static final int ROWS = 3;
  private static final int VOCAB = 8;

  private Device device;

  @BeforeEach
  void open() {
    device = Device.cpu(1);
  }

  @AfterEach
  void close() {
    device.close();
  }

  private TokenStatistics statistics() {
    return Calls.tokenStatistics(device, ROWS, VOCAB, DType.F32);
  }

  private PolicyGradient policy() {
    return Calls.policyGradient(device, ROWS, VOCAB, DType.F32);
  }

  private AbstractThrowableAssert<?, ?> assertRefused(String variant, Arguments arguments) {
    return assertThatThrownBy(() -> Calls.run(device, variant, arguments))
        .isInstanceOf(IllegalArgumentException.class)
        .isNotInstanceOf(TargetOutOfRangeException.class);
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void acceptsValidArguments(String variant) {
    for (DType dtype : DType.values()) {
      for (Arguments arguments : Calls.all(device, ROWS, VOCAB, dtype)) {
        Calls.run(device, variant, arguments);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void rejectsMissingArguments(String variant) {
    assertThatThrownBy(() -> Entropy.of(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("logits is null");
    assertThatThrownBy(() -> Catalogue.of(device).kernel(Operation.ENTROPY, variant).run(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("arguments is null; build it with Entropy.of(logits)");
    assertRefused(variant, Entropy.of(device.matrix(1, 2, DType.F32)))
        .hasMessage("entropy is null; entropy needs it here: set entropy(...)");
    assertRefused(variant, TokenStatistics.of(device.matrix(1, 2, DType.F32)))
        .hasMessage(
            "logprob, entropy, lse, statistics and collision are all null; set at least one of"
                + " them");
    assertRefused(variant, statistics().targets(null))
        .hasMessage("targets is null; token_statistics needs it here: set targets(...)");
    Calls.run(device, variant, statistics().targets(null).logprob(null));
    LogitsGradient gradient = Calls.logitsGradient(device, ROWS, VOCAB, DType.F32);
    assertRefused(variant, gradient.statistics(null)).hasMessageStartingWith("statistics is null");
    assertRefused(variant, Calls.logitsGradient(device, ROWS, VOCAB, DType.F32).targets(null))
        .hasMessageStartingWith("targets is null");
    assertRefused(variant, policy().policy(null)).hasMessageStartingWith("policy is null");
    assertRefused(variant, policy().targets(null)).hasMessageStartingWith("targets is null");
    assertRefused(variant, policy().advantage(null)).hasMessageStartingWith("advantage is null");
    assertRefused(variant, policy().referenceLogprob(null))
        .hasMessageStartingWith("referenceLogprob is null");
    Calls.run(
        device, variant, policy().policy(PolicyLoss.ppoClip(0.2, 0.2)).referenceLogprob(null));
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void rejectsMatrixOperationWithoutOutput(String variant) {
    Matrix logits = device.matrix(ROWS, VOCAB, DType.F32);
    logits.fillRow(0, new float[] {0, 1, 2, 3, 4, 5, 6, 7});
    float[] before = logits.toArray();
    assertRefused(variant, LogSoftmax.of(logits))
        .hasMessage("logprobs is null; set logprobs(matrix), or inPlace() to overwrite the logits");
    LogitsGradient gradient =
        Calls.logitsGradient(device, ROWS, VOCAB, DType.F32).logits(logits).gradient(null);
    assertRefused(variant, gradient)
        .hasMessage("gradient is null; set gradient(matrix), or inPlace() to overwrite the logits");
    Calls.run(device, variant, policy().logits(logits).gradient(null));
    assertThat(logits.toArray()).containsExactly(before);

    Calls.run(device, variant, LogSoftmax.of(logits).inPlace());
    assertThat(logits.toArray()).isNotEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void inPlaceFollowsReplacedLogits(String variant) {
    Matrix first = device.matrix(1, VOCAB, DType.F32);
    Matrix second = device.matrix(1, VOCAB, DType.F32);
    LogSoftmax arguments = LogSoftmax.of(first).inPlace().logits(second);
    Calls.run(device, variant, arguments);
    assertThat(first.get(0, 0)).isZero();
    assertThat(second.get(0, 0)).isNegative();
    assertThat(arguments.logprobs()).isSameAs(second);
    assertThat(arguments.logprobs(first).logprobs()).isSameAs(first);
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void rejectsColumnsOfOtherLengths(String variant) {
    FloatColumn floats = device.floats(ROWS + 1);
    assertRefused(variant, statistics().logprob(floats))
        .hasMessage("logprob has 4 rows; the logits have 3");
    assertRefused(variant, statistics().temperatures(floats))
        .hasMessage("temperatures has 4 rows; the logits have 3");
    assertRefused(variant, statistics().mask(device.bytes(ROWS - 1)))
        .hasMessage("mask has 2 rows; the logits have 3");
    assertRefused(variant, statistics().targets(device.ints(0)))
        .hasMessage("targets has 0 rows; the logits have 3");
    assertRefused(variant, policy().rolloutLogprob(floats))
        .hasMessage("rolloutLogprob has 4 rows; the logits have 3");
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void rejectsOutputMatricesOfOtherShapes(String variant) {
    LogSoftmax arguments = Calls.logSoftmax(device, ROWS, VOCAB, DType.F32);
    assertRefused(variant, arguments.logprobs(device.matrix(ROWS - 1, VOCAB, DType.F32)))
        .hasMessage("logprobs has 2 rows; the logits have 3");
    assertRefused(variant, arguments.logprobs(device.matrix(ROWS, VOCAB + 1, DType.F32)))
        .hasMessage(
            "logprobs is a matrix [3 x 9, stride 9] F32; it needs the shape and type of the logits,"
                + " a matrix [3 x 8, stride 8] F32");
    assertRefused(variant, arguments.logprobs(device.matrix(ROWS, VOCAB, DType.BF16)))
        .hasMessageContaining("BF16; it needs the shape and type of the logits");
    Calls.run(
        device, variant, arguments.logprobs(device.matrix(ROWS, VOCAB, VOCAB + 3, DType.F32)));
  }

  @ParameterizedTest
  @ValueSource(floats = {0, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void rejectsTemperaturesOutOfRange(float temperature) {
    Calls.names()
        .forEach(
            variant -> {
              assertRefused(variant, statistics().temperature(temperature))
                  .hasMessage(
                      "temperature is %s; must be finite and greater than 0"
                          .formatted(temperature));
            });
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void rejectsOverlappingOutputs(String variant) {
    FloatColumn shared = device.floats(ROWS);
    assertRefused(variant, statistics().logprob(shared).entropy(shared))
        .hasMessage(
            "entropy (float column [3]) overlaps logprob (float column [3]);"
                + " use separate memory for every output");
    assertRefused(variant, statistics().temperatures(shared).lse(shared))
        .hasMessageStartingWith("lse (float column [3]) overlaps temperatures");
    Matrix logits = device.matrix(ROWS, VOCAB, DType.F32);
    FloatColumn inside = FloatColumn.wrap(logits.memory().asSlice(12), ROWS);
    assertRefused(variant, Entropy.of(logits).entropy(inside))
        .hasMessageStartingWith("entropy (float column [3]) overlaps logits");
    assertRefused(variant, LogSoftmax.of(logits).inPlace().temperatures(inside))
        .hasMessageStartingWith("temperatures (float column [3]) overlaps logits");
    Calls.run(
        device, variant, Entropy.of(logits).temperatures(inside).entropy(device.floats(ROWS)));
    PolicyGradient gradient = policy();
    assertRefused(
            variant,
            gradient.loss(FloatColumn.wrap(gradient.gradient().memory().asSlice(32), ROWS)))
        .hasMessageStartingWith("gradient (matrix [3 x 8, stride 8] F32) overlaps loss");
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void rejectsOverlappingMatrices(String variant) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(1024, 64);
      Matrix logits = wrap(memory, 0, 16);
      assertRefused(variant, LogSoftmax.of(logits).logprobs(wrap(memory, 4, 16)))
          .hasMessageStartingWith("logprobs (matrix [3 x 8, stride 16] F32) overlaps logits");
      assertRefused(variant, LogSoftmax.of(logits).logprobs(wrap(memory, 0, 17)))
          .hasMessageStartingWith("logprobs (matrix [3 x 8, stride 17] F32) overlaps logits");
      assertRefused(variant, LogSoftmax.of(logits).logprobs(wrap(memory, 28, 16)))
          .hasMessageStartingWith("logprobs");

      // The same memory as another object, and the padding, are both valid.
      Calls.run(device, variant, LogSoftmax.of(logits).logprobs(wrap(memory, 0, 16)));
      Calls.run(device, variant, LogSoftmax.of(logits).logprobs(wrap(memory, 32, 16)));
      Calls.run(device, variant, LogSoftmax.of(wrap(memory, 32, 16)).logprobs(logits));
    }
  }

  private static Matrix wrap(MemorySegment memory, long byteOffset, long rowStride) {
    return Matrix.wrap(memory.asSlice(byteOffset), ROWS, VOCAB, rowStride, DType.F32);
  }

  @ParameterizedTest
  @ValueSource(strings = {"java-scalar", "java-vector"})
  void rejectsOverlappingArrays(String variant) {
    float[] array = new float[40];
    MemorySegment memory = MemorySegment.ofArray(array);
    Matrix logits = Matrix.wrap(array, ROWS, VOCAB);
    assertRefused(variant, LogSoftmax.of(logits).logprobs(wrap(memory, 4, VOCAB)))
        .hasMessageStartingWith("logprobs");
    assertRefused(variant, Entropy.of(logits).entropy(FloatColumn.wrap(memory.asSlice(92), ROWS)))
        .hasMessageStartingWith("entropy");
    Calls.run(
        device, variant, Entropy.of(logits).entropy(FloatColumn.wrap(memory.asSlice(96), ROWS)));
    Calls.run(device, variant, LogSoftmax.of(logits).logprobs(Matrix.wrap(array, ROWS, VOCAB)));
    assertThat(array[0]).isNegative();
  }

  @Test
  void rejectsArraysForNativeVariants() {
    assumeTrue(LeashLibrary.isLoaded(), LeashLibrary::unavailable);
    String variant = "native-portable";
    assertRefused(variant, Entropy.of(Matrix.wrap(new float[8], 1, 8)).entropy(device.floats(1)))
        .hasMessage(
            "logits (matrix [1 x 8, stride 8] F32) is a Java array, which entropy by %s cannot use; copy it"
                    .formatted(variant)
                + " into memory of a Device, or use the variant found by"
                + " Catalogue.best(arguments)");
    assertRefused(
            variant,
            statistics().targets(IntColumn.wrap(MemorySegment.ofArray(new int[ROWS]), ROWS)))
        .hasMessageStartingWith("targets (int column [3]) is a Java array");
    assertRefused(
            variant,
            policy().clipFlags(ByteColumn.wrap(MemorySegment.ofArray(new byte[ROWS]), ROWS)))
        .hasMessageStartingWith("clipFlags (byte column [3]) is a Java array");
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void rejectsReadOnlyOutputs(String variant) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(1024, 64).asReadOnly();
      Matrix matrix = wrap(memory, 0, VOCAB);
      FloatColumn column = FloatColumn.wrap(memory.asSlice(512), ROWS);
      assertRefused(variant, LogSoftmax.of(matrix).inPlace())
          .hasMessageStartingWith("logprobs (matrix [3 x 8, stride 8] F32) is read-only memory");
      assertRefused(variant, Entropy.of(matrix).entropy(column))
          .hasMessageStartingWith("entropy (float column [3]) is read-only memory");
      Calls.run(device, variant, Entropy.of(matrix).entropy(device.floats(ROWS)));
    }
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void rejectsClosedMemory(String variant) {
    TokenStatistics arguments = statistics();
    for (Buffer buffer : new Buffer[] {arguments.lse(), arguments.targets(), arguments.logits()}) {
      buffer.close();
      assertThatThrownBy(() -> Calls.run(device, variant, arguments))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(buffer + ") is closed; keep it, its device and its arena open");
    }
    TokenStatistics foreign;
    try (Device other = Device.cpu(1)) {
      foreign = statistics().logprob(other.floats(ROWS));
      Calls.run(device, variant, foreign);
    }
    assertThatThrownBy(() -> Calls.run(device, variant, foreign))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("logprob (float column [3]) is closed");
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void rejectsMemoryOfAnotherThread(String variant) throws InterruptedException {
    try (Arena arena = Arena.ofConfined()) {
      FloatColumn confined = FloatColumn.wrap(arena.allocate(64, 64), ROWS);
      TokenStatistics arguments = statistics().entropy(confined);
      Calls.run(device, variant, arguments);
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread other =
          new Thread(
              () -> {
                try {
                  Calls.run(device, variant, arguments);
                } catch (RuntimeException e) {
                  thrown.set(e);
                }
              });
      other.start();
      other.join();
      assertThat(thrown.get())
          .isInstanceOf(WrongThreadException.class)
          .hasMessage(
              "entropy (float column [3]) belongs to another thread; use memory of a Device or of"
                  + " a shared arena");
    }
  }

  @ParameterizedTest
  @MethodSource("org.leash.kernel.Calls#names")
  void reportsTargetsOutOfRange(String variant) {
    for (int target : new int[] {-1, VOCAB, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      for (DType dtype : DType.values()) {
        TokenStatistics arguments = Calls.tokenStatistics(device, ROWS, VOCAB, dtype);
        arguments.targets().copyFrom(new int[] {0, target, 7});
        assertThatThrownBy(() -> Calls.run(device, variant, arguments))
            .isInstanceOf(TargetOutOfRangeException.class)
            .hasMessage(
                String.format(
                    Locale.ROOT,
                    "target[1] = %d is outside [0, 8); its row is NaN (rows with such a target: 1)",
                    target));
        assertThat(arguments.logprob().get(1)).isNaN();
        assertThat(arguments.logprob().get(0)).isLessThan(-2);
        assertThat(arguments.logprob().get(2)).isLessThan(-2);
      }
    }
    PolicyGradient several = policy();
    several.targets().copyFrom(new int[] {-5, 1, 9});
    assertThatThrownBy(() -> Calls.run(device, variant, several))
        .isInstanceOf(TargetOutOfRangeException.class)
        .hasMessage(
            "target[0] = -5 is outside [0, 8); its row is NaN (rows with such a target: 2)");
    ByteColumn mask = device.bytes(ROWS);
    mask.set(1, (byte) 1);
    Calls.run(device, variant, several.mask(mask));
    assertThat(several.loss().get(0)).isZero();
  }

  @Test
  void enforcesLimitsOfVariant() {
    Variant narrow =
        new Variant(
            Operation.ENTROPY,
            "narrow",
            DeviceKind.CPU,
            Set.of(DType.F32),
            VOCAB,
            true,
            1,
            0,
            0,
            "a test's",
            "");
    Kernel<Entropy> kernel =
        new ValidatedKernel<>(device, narrow) {
          @Override
          protected void compute(Entropy arguments) {}
        };
    kernel.run(Calls.entropy(device, ROWS, VOCAB, DType.F32));
    assertThatThrownBy(() -> kernel.run(Calls.entropy(device, ROWS, VOCAB + 1, DType.F32)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("vocab is 9; narrow takes at most 8");
    assertThatThrownBy(() -> kernel.run(Calls.entropy(device, ROWS, VOCAB, DType.F16)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("logits are F16; narrow takes [F32]");
  }
}
