package org.leash.operation;

import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.device.StatisticsColumn;

/**
 * For each row, the log-probability of the sampled token, the entropy in nats, the log-sum-exp of
 * {@code logits / temperature}, the statistics for the backward pass, {@link LogitsGradient}, and
 * the collision probability Σ p².
 *
 * <p>Outputs may be omitted, but not all of them. Minimum traffic: one read of the logits.
 */
public final class TokenStatistics extends RowArguments<TokenStatistics> {
  private IntColumn targets;
  private FloatColumn logprob;
  private FloatColumn entropy;
  private FloatColumn lse;
  private StatisticsColumn statistics;
  private FloatColumn collision;

  TokenStatistics() {}

  private TokenStatistics(Matrix logits) {
    super(logits);
  }

  /**
   * Arguments with only the logits set.
   *
   * @throws IllegalArgumentException logits is null
   */
  public static TokenStatistics of(Matrix logits) {
    return new TokenStatistics(logits);
  }

  /** The sampled tokens, or null. */
  public IntColumn targets() {
    return targets;
  }

  /** Sets the sampled tokens, each in [0, vocab); required with {@link #logprob()}. */
  public TokenStatistics targets(IntColumn targets) {
    this.targets = targets;
    return this;
  }

  /** The column of log-probabilities of the targets, or null. */
  public FloatColumn logprob() {
    return logprob;
  }

  /** Sets the column of log-probabilities of the targets. Null: not computed. */
  public TokenStatistics logprob(FloatColumn logprob) {
    this.logprob = logprob;
    return this;
  }

  /** The column of entropies in nats, or null. */
  public FloatColumn entropy() {
    return entropy;
  }

  /** Sets the column of entropies. Null: not computed. */
  public TokenStatistics entropy(FloatColumn entropy) {
    this.entropy = entropy;
    return this;
  }

  /** The column of log-sum-exps of logits / temperature, or null. */
  public FloatColumn lse() {
    return lse;
  }

  /** Sets the column of log-sum-exps. Null: not computed. */
  public TokenStatistics lse(FloatColumn lse) {
    this.lse = lse;
    return this;
  }

  /** The column of statistics for the backward pass, or null. */
  public StatisticsColumn statistics() {
    return statistics;
  }

  /** Sets the column of statistics for the backward pass. Null: not computed. */
  public TokenStatistics statistics(StatisticsColumn statistics) {
    this.statistics = statistics;
    return this;
  }

  /** The column of collision probabilities, or null. */
  public FloatColumn collision() {
    return collision;
  }

  /**
   * Sets the column of collision probabilities, the probability that two samples are the same
   * token: Σ_j p_j², from 1 / vocab to 1. Null: not computed, which saves a little time.
   */
  public TokenStatistics collision(FloatColumn collision) {
    this.collision = collision;
    return this;
  }

  @Override
  TokenStatistics self() {
    return this;
  }

  @Override
  void assign(TokenStatistics other) {
    super.assign(other);
    targets = other.targets;
    logprob = other.logprob;
    entropy = other.entropy;
    lse = other.lse;
    statistics = other.statistics;
    collision = other.collision;
  }

  @Override
  public void accept(Visitor visitor) {
    if (logprob == null
        && entropy == null
        && lse == null
        && statistics == null
        && collision == null) {
      throw new IllegalArgumentException(
          "logprob, entropy, lse, statistics and collision are all null; set at least one of them");
    }
    visitor.input("targets", targets, logprob != null);
    visitor.output("logprob", logprob, false);
    visitor.output("entropy", entropy, false);
    visitor.output("lse", lse, false);
    visitor.output("statistics", statistics, false);
    visitor.output("collision", collision, false);
  }
}
