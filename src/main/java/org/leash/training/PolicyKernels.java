package org.leash.training;

import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.leash.device.Buffer;
import org.leash.device.ByteColumn;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.DeviceKind;
import org.leash.device.Event;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.device.StatisticsColumn;
import org.leash.kernel.Arguments;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Kernel;
import org.leash.kernel.LogitsGradient;
import org.leash.kernel.Operation;
import org.leash.kernel.PolicyGradient;
import org.leash.kernel.TokenStatistics;
import org.leash.loss.Objective;
import org.leash.loss.TokenColumns;
import org.leash.loss.TokenGradients;

/**
 * The part of training that runs on a device: rows of logits in, log-probabilities or the gradient
 * of the loss out. Rows go through memory of a fixed size, in pieces, so that a batch of any size
 * fits; unused rows of a piece are masked. Not thread-safe.
 */
public final class PolicyKernels implements AutoCloseable {
  private static final long MOST_BYTES = 256L << 20;

  private final Device device;
  private final Kernel<TokenStatistics> statisticsKernel;
  private final Kernel<LogitsGradient> backwardKernel;
  private final Kernel<PolicyGradient> gradientKernel;
  private final int capacity;
  private final Matrix logits;
  private final float[] staged;
  private final MemorySegment host;
  private final IntColumn targets;
  private final ByteColumn mask;
  private final ByteColumn flags;
  private final FloatColumn advantage;
  private final FloatColumn old;
  private final FloatColumn reference;
  private final FloatColumn rollout;
  private final FloatColumn weight;
  private final FloatColumn loss;
  private final FloatColumn logprob;
  private final FloatColumn entropy;
  private final FloatColumn ratio;
  private final FloatColumn kl;
  private final FloatColumn gradLogprob;
  private final FloatColumn gradEntropy;
  private final StatisticsColumn statistics;
  private final Event begin;
  private final Event end;
  private final Map<Operation<?>, Double> nanos = new LinkedHashMap<>();

  /**
   * Takes memory of a device, to be freed by {@link #close()}.
   *
   * @param variant the kernels' variant, or null for the best of each
   * @param vocab of the policy
   * @param rows tokens of a batch; pieces have at most as many, and at most 256 MiB of logits
   * @throws IllegalArgumentException there is no such variant; the message names those there are
   * @throws org.leash.UnavailableException it does not run here; the message says why
   */
  public PolicyKernels(Device device, String variant, int vocab, int rows) {
    Catalogue catalogue = Catalogue.of(device);
    this.device = device;
    this.statisticsKernel = kernel(catalogue, Operation.TOKEN_STATISTICS, variant);
    this.backwardKernel = kernel(catalogue, Operation.LOGITS_GRADIENT, variant);
    this.gradientKernel = kernel(catalogue, Operation.POLICY_GRADIENT, variant);
    this.capacity = Math.clamp(MOST_BYTES / (4L * vocab), 1, Math.max(rows, 1));
    this.logits = device.matrix(capacity, vocab, DType.F32);
    boolean direct = device.properties().kind() == DeviceKind.CPU;
    this.staged = direct ? null : new float[Math.multiplyExact(capacity, vocab)];
    this.host = direct ? logits.memory() : MemorySegment.ofArray(staged);
    this.targets = device.ints(capacity);
    this.mask = device.bytes(capacity);
    this.flags = device.bytes(capacity);
    this.advantage = device.floats(capacity);
    this.old = device.floats(capacity);
    this.reference = device.floats(capacity);
    this.rollout = device.floats(capacity);
    this.weight = device.floats(capacity);
    this.loss = device.floats(capacity);
    this.logprob = device.floats(capacity);
    this.entropy = device.floats(capacity);
    this.ratio = device.floats(capacity);
    this.kl = device.floats(capacity);
    this.gradLogprob = device.floats(capacity);
    this.gradEntropy = device.floats(capacity);
    this.statistics = device.statistics(capacity);
    this.begin = device.event();
    this.end = device.event();
    resetTimes();
  }

  private static <A extends Arguments> Kernel<A> kernel(
      Catalogue catalogue, Operation<A> operation, String variant) {
    return variant == null ? catalogue.best(operation) : catalogue.kernel(operation, variant);
  }

  /** The variant that computes updates. */
  public String variant() {
    return gradientKernel.variant().name();
  }

  /** Forgets {@link #nanos()}. */
  void resetTimes() {
    nanos.put(Operation.TOKEN_STATISTICS, 0.0);
    nanos.put(Operation.LOGITS_GRADIENT, 0.0);
    nanos.put(Operation.POLICY_GRADIENT, 0.0);
  }

  /** What the device has spent on each operation, in nanoseconds. */
  Map<Operation<?>, Double> nanos() {
    return Collections.unmodifiableMap(nanos);
  }

  /** Runs a kernel and waits for it. */
  private <A extends Arguments> void run(Operation<A> operation, Kernel<A> kernel, A arguments) {
    begin.record();
    kernel.run(arguments);
    end.record();
    device.synchronize();
    nanos.merge(operation, end.nanosSince(begin), Double::sum);
  }

  /**
   * Log-probabilities of the targets under a policy, at a temperature.
   *
   * @param entropies takes the entropy of each row, or null
   */
  public double[] logprobs(
      Policy policy, Contexts contexts, int[] tokens, double temperature, double[] entropies) {
    double[] logprobs = new double[contexts.rows()];
    TokenStatistics arguments = statistics(temperature);
    for (int from = 0; from < logprobs.length; from += capacity) {
      int to = Math.min(from + capacity, logprobs.length);
      load(policy, contexts, tokens, from, to, null);
      run(Operation.TOKEN_STATISTICS, statisticsKernel, arguments);
      spread(logprob, logprobs, from, to);
      if (entropies != null) {
        spread(entropy, entropies, from, to);
      }
    }
    return logprobs;
  }

  private TokenStatistics statistics(double temperature) {
    return TokenStatistics.of(logits)
        .temperature((float) temperature)
        .targets(targets)
        .mask(mask)
        .logprob(logprob)
        .entropy(entropy)
        .statistics(statistics);
  }

  /**
   * The loss of a batch and its gradient: in one pass over the logits where the objective allows
   * it, else by statistics, the objective's own arithmetic, and the gradient of the statistics.
   *
   * @param rows which rows take part, or null for all
   * @param seed of what the objective draws at random
   * @param gradientOfWeights what the gradient is added to
   * @param figures what each row is added to
   * @param clock told of the phases
   * @return the sum of the rows' losses
   */
  double update(
      Policy policy,
      TokenBatch batch,
      Objective objective,
      boolean[] rows,
      double temperature,
      long seed,
      double[] gradientOfWeights,
      UpdateFigures figures,
      StepClock clock) {
    TokenColumns columns = batch.columns(objective, rows);
    return objective.isFused()
        ? fused(
            policy, batch, objective, columns, rows, temperature, gradientOfWeights, figures, clock)
        : inParts(
            policy,
            batch,
            objective,
            columns,
            rows,
            temperature,
            seed,
            gradientOfWeights,
            figures,
            clock);
  }

  private double fused(
      Policy policy,
      TokenBatch batch,
      Objective objective,
      TokenColumns columns,
      boolean[] rows,
      double temperature,
      double[] gradientOfWeights,
      UpdateFigures figures,
      StepClock clock) {
    TokenColumns prepared = objective.prepare(columns);
    PolicyGradient arguments =
        PolicyGradient.of(logits)
            .inPlace()
            .temperature((float) temperature)
            .policy(objective.policy())
            .targets(targets)
            .mask(mask)
            .advantage(advantage)
            .oldLogprob(old)
            .referenceLogprob(prepared.referenceLogprob() == null ? null : reference)
            .rolloutLogprob(prepared.rolloutLogprob() == null ? null : rollout)
            .weight(weight)
            .loss(loss)
            .entropy(entropy)
            .ratio(ratio)
            .kl(kl)
            .clipFlags(flags);
    double sum = 0;
    for (int from = 0; from < batch.rows(); from += capacity) {
      int to = Math.min(from + capacity, batch.rows());
      clock.enter(Phase.LOGITS);
      load(policy, batch.contexts, batch.targets, from, to, rows);
      collect(prepared.advantage(), advantage, from, to);
      collect(prepared.oldLogprob(), old, from, to);
      collect(prepared.weight(), weight, from, to);
      collect(prepared.referenceLogprob(), reference, from, to);
      collect(prepared.rolloutLogprob(), rollout, from, to);
      clock.enter(Phase.KERNEL);
      run(Operation.POLICY_GRADIENT, gradientKernel, arguments);
      backward(policy, batch, from, to, gradientOfWeights, clock);
      sum += add(figures, rows, from, to);
    }
    clock.enter(Phase.REWARD);
    return sum;
  }

  private double inParts(
      Policy policy,
      TokenBatch batch,
      Objective objective,
      TokenColumns columns,
      boolean[] rows,
      double temperature,
      long seed,
      double[] gradientOfWeights,
      UpdateFigures figures,
      StepClock clock) {
    double[] entropies = new double[batch.rows()];
    clock.enter(Phase.LOGPROB);
    double[] logprobs = logprobs(policy, batch.contexts, batch.targets, temperature, entropies);
    clock.enter(Phase.REWARD);
    TokenGradients gradients =
        objective.evaluate(
            new TokenColumns(
                columns.sequences(),
                logprobs,
                entropies,
                columns.advantage(),
                columns.oldLogprob(),
                columns.referenceLogprob(),
                columns.rolloutLogprob(),
                columns.weight()),
            seed);
    LogitsGradient arguments =
        LogitsGradient.of(logits)
            .temperature((float) temperature)
            .targets(targets)
            .mask(mask)
            .statistics(statistics)
            .gradLogprob(gradLogprob)
            .gradEntropy(gradEntropy);
    double sum = 0;
    for (int from = 0; from < batch.rows(); from += capacity) {
      int to = Math.min(from + capacity, batch.rows());
      clock.enter(Phase.LOGITS);
      load(policy, batch.contexts, batch.targets, from, to, rows);
      collect(gradients.gradLogprob(), gradLogprob, from, to);
      collect(gradients.gradEntropy(), gradEntropy, from, to);
      clock.enter(Phase.KERNEL);
      run(Operation.TOKEN_STATISTICS, statisticsKernel, statistics(temperature));
      run(Operation.LOGITS_GRADIENT, backwardKernel, arguments);
      backward(policy, batch, from, to, gradientOfWeights, clock);
      for (int row = from; row < to; row++) {
        if (rows == null || rows[row]) {
          sum += gradients.loss()[row];
          figures.token(
              entropies[row],
              gradients.ratio()[row],
              gradients.kl()[row],
              gradients.clipFlags()[row]);
        }
      }
    }
    clock.enter(Phase.REWARD);
    return sum;
  }

  private void backward(
      Policy policy,
      TokenBatch batch,
      int from,
      int to,
      double[] gradientOfWeights,
      StepClock clock) {
    clock.enter(Phase.BACKWARD);
    if (staged != null) {
      System.arraycopy(logits.toFloats(), 0, staged, 0, staged.length);
    }
    policy.backward(batch.contexts, from, to, host, gradientOfWeights);
  }

  private double add(UpdateFigures figures, boolean[] rows, int from, int to) {
    float[] losses = loss.toArray();
    float[] entropies = entropy.toArray();
    float[] ratios = ratio.toArray();
    float[] kls = kl.toArray();
    byte[] clipped = flags.toArray();
    double sum = 0;
    for (int row = from; row < to; row++) {
      if (rows == null || rows[row]) {
        int i = row - from;
        sum += losses[i];
        figures.token(entropies[i], ratios[i], kls[i], clipped[i]);
      }
    }
    return sum;
  }

  private void load(
      Policy policy, Contexts contexts, int[] tokens, int from, int to, boolean[] rows) {
    policy.logits(contexts, from, to, host);
    if (staged != null) {
      logits.copyFrom(staged);
    }
    int[] wanted = new int[capacity];
    System.arraycopy(tokens, from, wanted, 0, to - from);
    targets.copyFrom(wanted);
    byte[] used = new byte[capacity];
    for (int row = from; row < to; row++) {
      used[row - from] = (byte) (rows == null || rows[row] ? 1 : 0);
    }
    mask.copyFrom(used);
  }

  /** Null leaves the column as it is. */
  private void collect(double[] values, FloatColumn column, int from, int to) {
    if (values == null) {
      return;
    }
    float[] piece = new float[capacity];
    for (int row = from; row < to; row++) {
      piece[row - from] = (float) values[row];
    }
    column.copyFrom(piece);
  }

  private static void spread(FloatColumn column, double[] values, int from, int to) {
    float[] piece = column.toArray();
    for (int row = from; row < to; row++) {
      values[row] = piece[row - from];
    }
  }

  @Override
  public void close() {
    begin.close();
    end.close();
    for (Buffer buffer :
        List.of(
            logits,
            targets,
            mask,
            flags,
            advantage,
            old,
            reference,
            rollout,
            weight,
            loss,
            logprob,
            entropy,
            ratio,
            kl,
            gradLogprob,
            gradEntropy,
            statistics)) {
      buffer.close();
    }
  }
}
