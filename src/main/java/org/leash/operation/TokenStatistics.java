package org.leash.operation;

import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.device.StatisticsColumn;

/**
 * What a policy says of the tokens that were sampled: for each row, the log-probability of its
 * target, the entropy in nats and the log-sum-exp of {@code logits / temperature}; and the
 * statistics that {@link LogitsGradient} starts from.
 *
 * <p>Any output but one may be left out. Least traffic: one read of the logits.
 */
public final class TokenStatistics extends RowArguments<TokenStatistics> {
  private IntColumn targets;
  private FloatColumn logprob;
  private FloatColumn entropy;
  private FloatColumn lse;
  private StatisticsColumn statistics;

  private TokenStatistics(Matrix logits) {
    super(logits);
  }

  /**
   * Arguments with these logits and nothing else.
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

  /** Log-probabilities of the targets, or null. */
  public FloatColumn logprob() {
    return logprob;
  }

  /** Sets where the log-probabilities of the targets go. Null: nowhere. */
  public TokenStatistics logprob(FloatColumn logprob) {
    this.logprob = logprob;
    return this;
  }

  /** Entropies in nats, or null. */
  public FloatColumn entropy() {
    return entropy;
  }

  /** Sets where the entropies go. Null: nowhere. */
  public TokenStatistics entropy(FloatColumn entropy) {
    this.entropy = entropy;
    return this;
  }

  /** Log-sum-exp of logits / temperature, or null. */
  public FloatColumn lse() {
    return lse;
  }

  /** Sets where the log-sum-exp goes. Null: nowhere. */
  public TokenStatistics lse(FloatColumn lse) {
    this.lse = lse;
    return this;
  }

  /** Statistics for the backward pass, or null. */
  public StatisticsColumn statistics() {
    return statistics;
  }

  /** Sets where the statistics for the backward pass go. Null: nowhere. */
  public TokenStatistics statistics(StatisticsColumn statistics) {
    this.statistics = statistics;
    return this;
  }

  @Override
  TokenStatistics self() {
    return this;
  }

  @Override
  public void accept(Visitor visitor) {
    if (logprob == null && entropy == null && lse == null && statistics == null) {
      throw new IllegalArgumentException(
          "logprob, entropy, lse and statistics are all null; set one of them at least");
    }
    visitor.input("targets", targets, logprob != null);
    visitor.output("logprob", logprob, false);
    visitor.output("entropy", entropy, false);
    visitor.output("lse", lse, false);
    visitor.output("statistics", statistics, false);
  }
}
