package org.leash.operation;

import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.device.StatisticsColumn;

/**
 * The backward pass of {@link TokenStatistics}: computes the gradient of a scalar loss with respect
 * to the logits x from its gradients with respect to each row's log-probability, entropy and
 * log-sum-exp. With temperature T, target y, z = x / T, {@code p = softmax(z)}, m = max z and mean
 * = Σ p (z − m):
 *
 * <pre>
 *   dx_j = (1/T) [ gradLogprob (δ_jy − p_j) + p_j ( gradEntropy (mean − (z_j − m)) + gradLse ) ]
 * </pre>
 *
 * <p>so that Σ_j dx_j = gradLse / T. Omitted gradients are 0. Minimum traffic: one read of the
 * logits, one write of the gradient.
 */
public final class LogitsGradient extends MatrixArguments<LogitsGradient> {
  private IntColumn targets;
  private StatisticsColumn statistics;
  private FloatColumn gradLogprob;
  private FloatColumn gradEntropy;
  private FloatColumn gradLse;

  LogitsGradient() {}

  private LogitsGradient(Matrix logits) {
    super(logits);
  }

  /**
   * Arguments with only the logits set.
   *
   * @throws IllegalArgumentException logits is null
   */
  public static LogitsGradient of(Matrix logits) {
    return new LogitsGradient(logits);
  }

  /** The sampled tokens, or null. */
  public IntColumn targets() {
    return targets;
  }

  /** Sets the sampled tokens, each in [0, vocab); required with {@link #gradLogprob()}. */
  public LogitsGradient targets(IntColumn targets) {
    this.targets = targets;
    return this;
  }

  /** Statistics of the forward pass; required. */
  public StatisticsColumn statistics() {
    return statistics;
  }

  /**
   * Sets the statistics computed by {@link TokenStatistics} from the same logits and temperature.
   */
  public LogitsGradient statistics(StatisticsColumn statistics) {
    this.statistics = statistics;
    return this;
  }

  /** Gradient with respect to the log-probabilities, or null. */
  public FloatColumn gradLogprob() {
    return gradLogprob;
  }

  /** Sets the gradient with respect to the log-probabilities. Null: 0. */
  public LogitsGradient gradLogprob(FloatColumn gradLogprob) {
    this.gradLogprob = gradLogprob;
    return this;
  }

  /** Gradient with respect to the entropies, or null. */
  public FloatColumn gradEntropy() {
    return gradEntropy;
  }

  /** Sets the gradient with respect to the entropies. Null: 0. */
  public LogitsGradient gradEntropy(FloatColumn gradEntropy) {
    this.gradEntropy = gradEntropy;
    return this;
  }

  /** Gradient with respect to the log-sum-exp, or null. */
  public FloatColumn gradLse() {
    return gradLse;
  }

  /** Sets the gradient with respect to the log-sum-exp. Null: 0. */
  public LogitsGradient gradLse(FloatColumn gradLse) {
    this.gradLse = gradLse;
    return this;
  }

  /** The matrix of gradients, an output; required unless {@linkplain #inPlace() in place}. */
  public Matrix gradient() {
    return output();
  }

  /** Sets the matrix of gradients, of the shape and type of the logits. */
  public LogitsGradient gradient(Matrix gradient) {
    return output(gradient);
  }

  @Override
  LogitsGradient self() {
    return this;
  }

  @Override
  void assign(LogitsGradient other) {
    super.assign(other);
    targets = other.targets;
    statistics = other.statistics;
    gradLogprob = other.gradLogprob;
    gradEntropy = other.gradEntropy;
    gradLse = other.gradLse;
  }

  @Override
  public void accept(Visitor visitor) {
    visitor.input("targets", targets, gradLogprob != null);
    visitor.input("statistics", statistics, true);
    visitor.input("gradLogprob", gradLogprob, false);
    visitor.input("gradEntropy", gradEntropy, false);
    visitor.input("gradLse", gradLse, false);
    visitor.outputMatrix("gradient", gradient(), true);
  }
}
