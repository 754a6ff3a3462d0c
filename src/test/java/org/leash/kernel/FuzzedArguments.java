package org.leash.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.LongFunction;
import org.leash.device.Buffer;
import org.leash.device.ByteColumn;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.device.StatisticsColumn;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;
import org.leash.loss.Rollout;
import org.leash.loss.Surrogate;
import org.leash.operation.Arguments;
import org.leash.operation.Entropy;
import org.leash.operation.LogSoftmax;
import org.leash.operation.LogitsGradient;
import org.leash.operation.Operation;
import org.leash.operation.PolicyGradient;
import org.leash.operation.RowArguments;
import org.leash.operation.TokenStatistics;

/**
 * Mostly valid arguments with some faults: shapes of every size, and memory that is shared,
 * overlapping, misaligned, read-only, on the heap, freed, or another thread's.
 */
final class FuzzedArguments {
  private static final long[] ODD_SIZES = {
    -1, 0, 1, 3, 1 << 20, Integer.MAX_VALUE, 1L << 31, 1L << 40, 1L << 61, Long.MAX_VALUE
  };
  private static final float[] ODD_FLOATS = {
    0,
    -0.0f,
    -1,
    88,
    -104,
    1e30f,
    Float.MIN_VALUE,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY
  };

  private final Random random;
  private final Device device;
  private final MemorySegment pool;
  private final MemorySegment otherThreads;
  private final boolean hostile;
  private final long rows;
  private final long vocab;
  private final DType dtype;

  /**
   * @param pool memory to cut buffers from; alive
   * @param otherThreads memory that only another thread may touch
   */
  FuzzedArguments(Random random, Device device, MemorySegment pool, MemorySegment otherThreads) {
    this.random = random;
    this.device = device;
    this.pool = pool;
    this.otherThreads = otherThreads;
    this.hostile = random.nextInt(3) > 0;
    this.rows = random.nextInt(6);
    this.vocab = 1L + random.nextInt(40);
    this.dtype = one(DType.values());
  }

  Arguments of(Operation<?> operation) {
    return switch (operation.id()) {
      case "log_softmax" -> shared(LogSoftmax.of(matrix())).logprobs(output());
      case "entropy" -> shared(Entropy.of(matrix())).entropy(floats(rarely()));
      case "token_statistics" ->
          shared(TokenStatistics.of(matrix()))
              .targets(targets(rarely()))
              .logprob(floats(often()))
              .entropy(floats(often()))
              .lse(floats(often()))
              .statistics(statistics(often()))
              .collision(floats(often()));
      case "logits_gradient" ->
          shared(LogitsGradient.of(matrix()))
              .targets(targets(rarely()))
              .statistics(statistics(rarely()))
              .gradLogprob(floats(often()))
              .gradEntropy(floats(often()))
              .gradLse(floats(often()))
              .gradient(output());
      case "policy_gradient" ->
          shared(PolicyGradient.of(matrix()))
              .policy(rarely() ? null : policy())
              .targets(targets(rarely()))
              .advantage(floats(rarely()))
              .oldLogprob(floats(often()))
              .referenceLogprob(floats(rarely()))
              .rolloutLogprob(floats(often()))
              .weight(floats(often()))
              .loss(floats(often()))
              .logprob(floats(often()))
              .entropy(floats(often()))
              .ratio(floats(often()))
              .kl(floats(often()))
              .clipFlags(bytes(often()))
              .gradient(output());
      default -> throw new AssertionError("no fuzzed arguments of " + operation);
    };
  }

  private <S extends RowArguments<S>> S shared(S arguments) {
    return arguments
        .temperature(random.nextInt(4) == 0 && hostile ? oddFloat() : 0.1f + random.nextFloat())
        .temperatures(floats(often()))
        .mask(bytes(often()));
  }

  private <T> T one(T[] values) {
    return values[random.nextInt(values.length)];
  }

  private boolean rarely() {
    return hostile && random.nextInt(20) == 0;
  }

  private boolean often() {
    return random.nextBoolean();
  }

  private long perturbed(long size) {
    return rarely() ? ODD_SIZES[random.nextInt(ODD_SIZES.length)] : size;
  }

  private float oddFloat() {
    return ODD_FLOATS[random.nextInt(ODD_FLOATS.length)];
  }

  private PolicyLoss policy() {
    Kl kl = one(Kl.values());
    double loose = random.nextBoolean() ? Double.POSITIVE_INFINITY : 1.0 + random.nextDouble();
    return new PolicyLoss(
        one(Surrogate.values()),
        kl,
        one(Rollout.values()),
        random.nextDouble(),
        rarely() ? 1e300 : loose,
        loose,
        0.1 + random.nextDouble(),
        0.1 + random.nextDouble(),
        rarely() ? 1e-300 : 0.0,
        rarely() ? 1e-300 : loose,
        random.nextDouble(),
        rarely() ? -1e300 : random.nextDouble(),
        loose);
  }

  /** The logits in place, another matrix, or none. */
  private Matrix output() {
    return often() ? null : matrix();
  }

  private Matrix matrix() {
    long stride = often() ? vocab : vocab + random.nextInt(20);
    Matrix matrix =
        random.nextInt(3) == 0
            ? device.matrix(rows, vocab, stride, dtype)
            : Matrix.wrap(
                memory(),
                perturbed(rows),
                perturbed(vocab),
                perturbed(stride),
                rarely() ? DType.F32 : dtype);
    return sometimesClosed(matrix);
  }

  private FloatColumn floats(boolean absent) {
    return column(absent, device::floats, FloatColumn::wrap);
  }

  private ByteColumn bytes(boolean absent) {
    return column(absent, device::bytes, ByteColumn::wrap);
  }

  private StatisticsColumn statistics(boolean absent) {
    return column(absent, device::statistics, StatisticsColumn::wrap);
  }

  private IntColumn targets(boolean absent) {
    return column(absent, device::ints, IntColumn::wrap);
  }

  private <C extends Buffer> C column(
      boolean absent, LongFunction<C> owned, BiFunction<MemorySegment, Long, C> wrap) {
    if (absent) {
      return null;
    }
    return sometimesClosed(
        hostile && random.nextInt(6) == 0
            ? wrap.apply(memory(), perturbed(rows))
            : owned.apply(rows));
  }

  private <B extends Buffer> B sometimesClosed(B buffer) {
    if (hostile && random.nextInt(60) == 0) {
      buffer.close();
    } else {
      scramble(buffer.memory());
    }
    return buffer;
  }

  /** Random bytes as logits, targets and temperatures, some of them plausible. */
  private void scramble(MemorySegment memory) {
    if (memory.isReadOnly()
        || !memory.scope().isAlive()
        || !memory.isAccessibleBy(Thread.currentThread())) {
      return;
    }
    boolean plausible = often();
    for (long i = 0; i < memory.byteSize(); i++) {
      byte value =
          plausible
              ? (byte) (i % 4 == 0 ? random.nextInt((int) vocab) : 0)
              : (byte) random.nextInt();
      memory.set(ValueLayout.JAVA_BYTE, i, value);
    }
  }

  private MemorySegment memory() {
    if (!hostile) {
      return device.bytes(pool.byteSize()).memory();
    }
    return switch (random.nextInt(20)) {
      case 0 -> null;
      case 1 -> MemorySegment.NULL;
      case 2 -> otherThreads;
      case 3 -> freed();
      case 4 -> pool.asReadOnly();
      case 5 -> pool.asSlice(random.nextInt(64));
      case 6 -> MemorySegment.ofArray(new float[1 + random.nextInt(2000)]);
      case 7 -> MemorySegment.ofArray(new byte[4000]);
      case 8 -> pool.asSlice(0, random.nextInt((int) pool.byteSize()));
      default -> pool.asSlice(4L * random.nextInt((int) pool.byteSize() / 4));
    };
  }

  private static MemorySegment freed() {
    try (Arena arena = Arena.ofConfined()) {
      return arena.allocate(1 << 13, 64);
    }
  }
}
