package org.leash.kernel;

import org.leash.device.Matrix;

/**
 * Log-probabilities of every token: {@code logprobs[r][j] = log softmax(logits[r] /
 * temperature)[j]}.
 *
 * <p>Least traffic: one read and one write of the logits.
 */
public final class LogSoftmax extends RowArguments<LogSoftmax> implements Arguments {
  private Matrix logprobs;

  private LogSoftmax(Matrix logits) {
    super(logits);
  }

  /**
   * Arguments with these logits and nothing else.
   *
   * @throws IllegalArgumentException logits is null
   */
  public static LogSoftmax of(Matrix logits) {
    return new LogSoftmax(logits);
  }

  /** Where the log-probabilities go: the logits themselves unless set. */
  public Matrix logprobs() {
    return logprobs == null ? logits() : logprobs;
  }

  /**
   * Sets where the log-probabilities go: a matrix of the logits' shape and type. Null: in place.
   */
  public LogSoftmax logprobs(Matrix logprobs) {
    this.logprobs = logprobs;
    return this;
  }

  @Override
  LogSoftmax self() {
    return this;
  }

  @Override
  void describe(ArgumentChecks checks) {
    checks.outputMatrix("logprobs", logprobs());
  }
}
