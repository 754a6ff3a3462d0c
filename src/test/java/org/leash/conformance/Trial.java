package org.leash.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import org.leash.TargetOutOfRangeException;
import org.leash.conformance.Subjects.Subject;
import org.leash.device.ByteColumn;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.device.StatisticsColumn;
import org.leash.operation.Arguments;
import org.leash.operation.Entropy;
import org.leash.operation.LogSoftmax;
import org.leash.operation.LogitsGradient;
import org.leash.operation.Operation;
import org.leash.operation.PolicyGradient;
import org.leash.operation.TokenStatistics;

/**
 * One problem in the memory of one device, run by one variant. The memory before, between and after
 * the rows of matrices is poisoned; every run must leave the poison intact.
 */
final class Trial implements AutoCloseable {
  /** Elements before and after a matrix; odd, so that rows are aligned only to their elements. */
  private static final int GUARD = 67;

  private static final byte POISON = (byte) 0xff;

  /** Host memory for copies of device memory. */
  private static final Device HOST = Device.cpu(1);

  private final Subject subject;
  private final Problem problem;
  private final Spec spec;
  private final Device device;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final Deque<Poisoned> matrices = new ArrayDeque<>();

  /** Written once, then copied. */
  private Poisoned logits;

  private final IntColumn targets;
  private final FloatColumn temperatures;
  private final ByteColumn mask;

  Trial(Subject subject, Problem problem) {
    this.subject = subject;
    this.problem = problem;
    this.spec = problem.spec;
    this.device = subject.device();
    targets = own(device.ints(spec.rows()));
    targets.copyFrom(problem.targets);
    temperatures = problem.hasRowTemperatures() ? floats(problem.temperatures) : null;
    mask = spec.masked() ? own(device.bytes(spec.rows())) : null;
    if (mask != null) {
      mask.copyFrom(problem.mask);
    }
  }

  /** Per-row results of token_statistics; collision is null where it was not asked for. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared as a whole.
  record Tokens(
      float[] logprob, float[] entropy, float[] lse, float[] statistics, float[] collision) {}

  /** Results of policy_gradient. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared as a whole.
  record Policy(
      float[] loss,
      float[] logprob,
      float[] entropy,
      float[] ratio,
      float[] kl,
      byte[] flags,
      float[] gradient) {}

  float[] logSoftmax(boolean inPlace) {
    Matrix logits = logits();
    Matrix out = inPlace ? logits : matrix();
    LogSoftmax arguments = LogSoftmax.of(logits).logprobs(out);
    arguments.temperature(problem.callTemperature()).temperatures(temperatures).mask(mask);
    run(Operation.LOG_SOFTMAX, arguments, false);
    return out.toArray();
  }

  float[] entropy() {
    FloatColumn out = floats();
    Entropy arguments = Entropy.of(logits()).entropy(out);
    arguments.temperature(problem.callTemperature()).temperatures(temperatures).mask(mask);
    run(Operation.ENTROPY, arguments, false);
    return out.toArray();
  }

  Tokens tokenStatistics(boolean takesCollision) {
    FloatColumn logprob = floats();
    FloatColumn entropy = floats();
    FloatColumn lse = floats();
    StatisticsColumn statistics = own(device.statistics(spec.rows()));
    FloatColumn collision = takesCollision ? floats() : null;
    TokenStatistics arguments =
        TokenStatistics.of(logits())
            .targets(targets)
            .logprob(logprob)
            .entropy(entropy)
            .lse(lse)
            .statistics(statistics)
            .collision(collision);
    arguments.temperature(problem.callTemperature()).temperatures(temperatures).mask(mask);
    run(Operation.TOKEN_STATISTICS, arguments, true);
    return new Tokens(
        logprob.toArray(),
        entropy.toArray(),
        lse.toArray(),
        statistics.toArray(),
        takesCollision ? collision.toArray() : null);
  }

  float[] logitsGradient(boolean inPlace) {
    Matrix logits = logits();
    Matrix out = inPlace ? logits : matrix();
    StatisticsColumn statistics = own(device.statistics(spec.rows()));
    statistics.copyFrom(problem.statistics);
    LogitsGradient arguments =
        LogitsGradient.of(logits)
            .targets(targets)
            .statistics(statistics)
            .gradLogprob(floats(problem.gradLogprob))
            .gradEntropy(floats(problem.gradEntropy))
            .gradLse(floats(problem.gradLse))
            .gradient(out);
    arguments.temperature(problem.callTemperature()).temperatures(temperatures).mask(mask);
    run(Operation.LOGITS_GRADIENT, arguments, true);
    return out.toArray();
  }

  Policy policyGradient(boolean inPlace) {
    Matrix logits = logits();
    Matrix out = inPlace ? logits : matrix();
    FloatColumn loss = floats();
    FloatColumn logprob = floats();
    FloatColumn entropy = floats();
    FloatColumn ratio = floats();
    FloatColumn kl = floats();
    ByteColumn flags = own(device.bytes(spec.rows()));
    Policies policy = problem.policy;
    PolicyGradient arguments =
        PolicyGradient.of(logits)
            .policy(policy.loss())
            .targets(targets)
            .advantage(floats(problem.advantage))
            .oldLogprob(policy.hasOld() ? floats(problem.oldLogprob) : null)
            .referenceLogprob(floats(problem.referenceLogprob))
            .rolloutLogprob(policy.hasRollout() ? floats(problem.rolloutLogprob) : null)
            .weight(policy.hasWeight() ? floats(problem.weight) : null)
            .loss(loss)
            .logprob(logprob)
            .entropy(entropy)
            .ratio(ratio)
            .kl(kl)
            .clipFlags(flags)
            .gradient(out);
    arguments.temperature(problem.callTemperature()).temperatures(temperatures).mask(mask);
    run(Operation.POLICY_GRADIENT, arguments, true);
    return new Policy(
        loss.toArray(),
        logprob.toArray(),
        entropy.toArray(),
        ratio.toArray(),
        kl.toArray(),
        flags.toArray(),
        out.toArray());
  }

  private <A extends Arguments> void run(Operation<A> operation, A arguments, boolean hasTargets) {
    Throwable thrown =
        catchThrowable(
            () -> {
              subject.kernel(operation).run(arguments);
              device.synchronize();
            });
    int stray = hasTargets ? problem.firstStrayRow() : -1;
    if (stray < 0) {
      assertThat(thrown).as("%s by %s", operation, subject).isNull();
    } else {
      assertThat(thrown)
          .as("%s by %s", operation, subject)
          .isInstanceOf(TargetOutOfRangeException.class)
          .hasMessageStartingWith(
              String.format(
                  Locale.ROOT,
                  "target[%d] = %d is outside [0, %d); its row is NaN",
                  stray,
                  problem.targets[stray],
                  spec.vocab()))
          .hasMessageEndingWith(
              String.format(Locale.ROOT, "such a target: %d)", problem.strayRows()));
    }
    for (Poisoned matrix : matrices) {
      matrix.check();
    }
  }

  private Matrix logits() {
    Poisoned poisoned = new Poisoned(device);
    matrices.add(poisoned);
    if (logits == null) {
      logits = new Poisoned(HOST);
      float[] row = new float[spec.vocab()];
      for (int r = 0; r < spec.rows(); r++) {
        System.arraycopy(problem.logits, r * spec.vocab(), row, 0, row.length);
        logits.matrix.fillRow(r, row);
      }
    }
    device.copy(logits.all, poisoned.all);
    return poisoned.matrix;
  }

  private Matrix matrix() {
    Poisoned poisoned = new Poisoned(device);
    matrices.add(poisoned);
    return poisoned.matrix;
  }

  /** A matrix in the middle of poisoned memory. */
  private final class Poisoned {
    final Matrix all;
    final Matrix onHost;
    final Matrix matrix;

    Poisoned(Device device) {
      DType dtype = spec.dtype();
      long stride = (long) spec.vocab() + spec.padding();
      long elements = spec.rows() == 0 ? 0 : (spec.rows() - 1) * stride + spec.vocab();
      all = own(device.matrix(1, elements + 2 * GUARD, dtype));
      onHost = all.isOnHost() ? all : own(HOST.matrix(1, elements + 2 * GUARD, dtype));
      onHost.memory().fill(POISON);
      copy(onHost, all);
      matrix = all.slice(GUARD, spec.rows(), spec.vocab(), stride);
    }

    void check() {
      int bytes = spec.dtype().bytes();
      copy(all, onHost);
      long end = (long) GUARD * bytes;
      checkPoison(0, end);
      for (int r = 0; r < spec.rows(); r++) {
        end += (long) spec.vocab() * bytes;
        if (r + 1 < spec.rows()) {
          checkPoison(end, end + (long) spec.padding() * bytes);
          end += (long) spec.padding() * bytes;
        }
      }
      checkPoison(end, end + (long) GUARD * bytes);
    }

    private void copy(Matrix from, Matrix to) {
      if (from != to) {
        device.copy(from, to);
      }
    }

    private void checkPoison(long from, long to) {
      MemorySegment bytes = onHost.memory();
      // Every byte as the first, and the first as it was.
      boolean isWhole =
          from == to
              || (bytes.get(ValueLayout.JAVA_BYTE, from) == POISON
                  && MemorySegment.mismatch(bytes, from, to - 1, bytes, from + 1, to) < 0);
      for (long at = from; !isWhole && at < to; at++) {
        if (bytes.get(ValueLayout.JAVA_BYTE, at) != POISON) {
          throw new AssertionError(
              String.format(
                  Locale.ROOT, "%s wrote outside of its rows, byte %d of %s", subject, at, matrix));
        }
      }
    }
  }

  private FloatColumn floats() {
    return own(device.floats(spec.rows()));
  }

  private FloatColumn floats(float[] values) {
    FloatColumn column = floats();
    column.copyFrom(values);
    return column;
  }

  private <B extends AutoCloseable> B own(B buffer) {
    owned.push(buffer);
    return buffer;
  }

  @Override
  public void close() {
    for (AutoCloseable buffer : owned) {
      try {
        buffer.close();
      } catch (Exception e) {
        throw new IllegalStateException("closing a buffer failed", e);
      }
    }
  }
}
