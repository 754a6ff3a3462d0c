package org.leash.training.policy;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.leash.device.Device;
import org.leash.device.Event;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Kernel;
import org.leash.loss.LogRatio;
import org.leash.loss.advantage.Sequences;
import org.leash.loss.objective.Objective;
import org.leash.loss.objective.TokenColumns;
import org.leash.loss.objective.TokenGradients;
import org.leash.operation.Arguments;
import org.leash.operation.LogitsGradient;
import org.leash.operation.Operation;
import org.leash.operation.PolicyGradient;
import org.leash.operation.TokenStatistics;
import org.leash.training.Contexts;
import org.leash.training.Phase;
import org.leash.training.StepClock;

/**
 * The part of training that runs on a device: rows of logits in, log-probabilities or the gradient
 * of the loss out. Batches may have any size. Not thread-safe.
 */
public final class PolicyKernels implements AutoCloseable {
  private final Device device;
  private final Kernel<TokenStatistics> statisticsKernel;
  private final Kernel<LogitsGradient> backwardKernel;
  private final Kernel<PolicyGradient> gradientKernel;
  private final DeviceRows memory;
  private final StepClock clock;
  private final Event begin;
  private final Event end;
  private final Map<Operation<?>, Double> nanos = new LinkedHashMap<>();

  /**
   * Allocates memory on a device, freed by {@link #close()}.
   *
   * @param variant of the kernels, or null for the best of each
   * @param vocab of the policy
   * @param rows tokens of the usual batch, whose logits are held at once up to 256 MiB
   * @param clock that updates divide their time on
   * @throws IllegalArgumentException there is no such variant; the message lists all
   * @throws org.leash.UnavailableException it does not run here; the message says why
   */
  public PolicyKernels(Device device, String variant, int vocab, int rows, StepClock clock) {
    Catalogue catalogue = Catalogue.of(device);
    this.device = device;
    this.clock = clock;
    this.statisticsKernel = kernel(catalogue, Operation.TOKEN_STATISTICS, variant);
    this.backwardKernel = kernel(catalogue, Operation.LOGITS_GRADIENT, variant);
    this.gradientKernel = kernel(catalogue, Operation.POLICY_GRADIENT, variant);
    this.memory = new DeviceRows(device, vocab, rows);
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

  /** Resets {@link #nanos()}. */
  public void resetTimes() {
    nanos.put(Operation.TOKEN_STATISTICS, 0.0);
    nanos.put(Operation.LOGITS_GRADIENT, 0.0);
    nanos.put(Operation.POLICY_GRADIENT, 0.0);
  }

  /** Device time of each operation since the last reset, in nanoseconds. */
  public Map<Operation<?>, Double> nanos() {
    return Collections.unmodifiableMap(nanos);
  }

  /** Runs a kernel to its end. */
  private <A extends Arguments> void run(Operation<A> operation, Kernel<A> kernel, A arguments) {
    begin.record();
    kernel.run(arguments);
    end.record();
    device.synchronize();
    nanos.merge(operation, end.nanosSince(begin), Double::sum);
  }

  /**
   * Log-probabilities of the targets under a policy.
   *
   * @param targets one for each context
   * @param entropies receives the entropy of each row in nats, unless null
   * @param collisions receives the collision probability of each row, unless null
   */
  public double[] logprobs(
      Policy policy,
      Contexts contexts,
      int[] targets,
      double temperature,
      double[] entropies,
      double[] collisions) {
    double[] logprobs = new double[contexts.rows()];
    TokenStatistics arguments =
        statistics(temperature).collision(collisions == null ? null : memory.collision);
    for (int from = 0; from < logprobs.length; from += memory.capacity) {
      int to = Math.min(from + memory.capacity, logprobs.length);
      memory.load(policy, contexts, targets, from, to, null);
      run(Operation.TOKEN_STATISTICS, statisticsKernel, arguments);
      DeviceRows.store(memory.logprob, logprobs, from, to);
      if (entropies != null) {
        DeviceRows.store(memory.entropy, entropies, from, to);
      }
      if (collisions != null) {
        DeviceRows.store(memory.collision, collisions, from, to);
      }
    }
    return logprobs;
  }

  private TokenStatistics statistics(double temperature) {
    return TokenStatistics.of(memory.logits)
        .temperature((float) temperature)
        .targets(memory.targets)
        .mask(memory.mask)
        .logprob(memory.logprob)
        .entropy(memory.entropy)
        .statistics(memory.statistics);
  }

  /**
   * Evaluates the loss of a batch and adds its gradient to that of the weights: in one pass over
   * the logits if the objective allows it, else by token statistics, the objective's own
   * arithmetic, and the gradient of the statistics.
   *
   * @param targets one for each context
   * @param columns one row for each context, without logprob and entropy; tokens that its sequences
   *     do not keep take no part
   * @param seed of the objective's random choices
   * @param gradient of the weights
   */
  public TokenOutcomes update(
      Policy policy,
      Contexts contexts,
      int[] targets,
      TokenColumns columns,
      Objective objective,
      double temperature,
      long seed,
      double[] gradient) {
    Batch batch = new Batch(policy, contexts, targets, kept(columns.sequences()), gradient);
    return objective.isFused()
        ? fused(batch, objective, objective.prepare(columns), temperature)
        : inParts(batch, objective, columns, temperature, seed);
  }

  /** The rows of an update. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Batch(
      Policy policy, Contexts contexts, int[] targets, boolean[] kept, double[] gradient) {}

  private static boolean[] kept(Sequences sequences) {
    boolean[] kept = new boolean[sequences.tokens()];
    for (int token = 0; token < kept.length; token++) {
      kept[token] = sequences.isKept(token);
    }
    return kept;
  }

  private TokenOutcomes fused(
      Batch batch, Objective objective, TokenColumns columns, double temperature) {
    PolicyGradient arguments =
        PolicyGradient.of(memory.logits)
            .inPlace()
            .temperature((float) temperature)
            .policy(objective.policy())
            .targets(memory.targets)
            .mask(memory.mask)
            .advantage(memory.advantage)
            .oldLogprob(columns.oldLogprob() == null ? null : memory.old)
            .referenceLogprob(columns.referenceLogprob() == null ? null : memory.reference)
            .rolloutLogprob(columns.rolloutLogprob() == null ? null : memory.rollout)
            .weight(memory.weight)
            .loss(memory.loss)
            .entropy(memory.entropy)
            .ratio(memory.ratio)
            .kl(memory.kl)
            .clipFlags(memory.flags);
    int rows = batch.kept.length;
    TokenOutcomes outcomes =
        new TokenOutcomes(
            new double[rows], new double[rows], new double[rows], new double[rows], new int[rows]);
    for (int from = 0; from < rows; from += memory.capacity) {
      int to = Math.min(from + memory.capacity, rows);
      load(batch, from, to);
      memory.load(columns.advantage(), memory.advantage, from, to);
      memory.load(columns.oldLogprob(), memory.old, from, to);
      memory.load(columns.weight(), memory.weight, from, to);
      memory.load(columns.referenceLogprob(), memory.reference, from, to);
      memory.load(columns.rolloutLogprob(), memory.rollout, from, to);
      clock.enter(Phase.KERNEL);
      run(Operation.POLICY_GRADIENT, gradientKernel, arguments);
      backward(batch, from, to);
      DeviceRows.store(memory.loss, outcomes.loss(), from, to);
      DeviceRows.store(memory.entropy, outcomes.entropy(), from, to);
      DeviceRows.store(memory.ratio, outcomes.ratio(), from, to);
      DeviceRows.store(memory.kl, outcomes.kl(), from, to);
      byte[] flags = memory.flags.toArray();
      for (int row = from; row < to; row++) {
        outcomes.clipFlags()[row] = flags[row - from];
      }
    }
    clock.enter(Phase.REWARD);
    return outcomes;
  }

  private TokenOutcomes inParts(
      Batch batch, Objective objective, TokenColumns columns, double temperature, long seed) {
    int rows = batch.kept.length;
    double[] entropies = new double[rows];
    clock.enter(Phase.LOGPROB);
    double[] logprobs =
        logprobs(batch.policy, batch.contexts, batch.targets, temperature, entropies, null);
    clock.enter(Phase.REWARD);
    TokenGradients gradients =
        objective.evaluate(columns.withStatistics(logprobs, entropies), seed);
    LogitsGradient arguments =
        LogitsGradient.of(memory.logits)
            .inPlace()
            .temperature((float) temperature)
            .targets(memory.targets)
            .mask(memory.mask)
            .statistics(memory.statistics)
            .gradLogprob(memory.gradLogprob)
            .gradEntropy(memory.gradEntropy);
    for (int from = 0; from < rows; from += memory.capacity) {
      int to = Math.min(from + memory.capacity, rows);
      load(batch, from, to);
      memory.load(gradients.gradLogprob(), memory.gradLogprob, from, to);
      memory.load(gradients.gradEntropy(), memory.gradEntropy, from, to);
      clock.enter(Phase.KERNEL);
      run(Operation.TOKEN_STATISTICS, statisticsKernel, statistics(temperature));
      run(Operation.LOGITS_GRADIENT, backwardKernel, arguments);
      backward(batch, from, to);
    }
    clock.enter(Phase.REWARD);
    double[] old = columns.oldLogprob() == null ? logprobs : columns.oldLogprob();
    double[] ratios = new double[rows];
    Arrays.setAll(ratios, t -> Math.exp(LogRatio.of(logprobs[t], old[t])));
    return new TokenOutcomes(
        gradients.loss(), entropies, ratios, gradients.kl(), gradients.clipFlags());
  }

  private void load(Batch batch, int from, int to) {
    clock.enter(Phase.LOGITS);
    memory.load(batch.policy, batch.contexts, batch.targets, from, to, batch.kept);
  }

  private void backward(Batch batch, int from, int to) {
    clock.enter(Phase.BACKWARD);
    batch.policy.backward(batch.contexts, from, to, memory.read(), batch.gradient);
  }

  @Override
  public void close() {
    begin.close();
    end.close();
    memory.close();
  }
}
