package org.leash.operation;

import org.leash.device.Matrix;

/**
 * Log-probabilities of every token: {@code logprobs[r][j] = log softmax(logits[r] /
 * temperature)[j]}.
 *
 * <p>Least traffic: one read and one write of the logits.
 */
public final class LogSoftmax extends MatrixArguments<LogSoftmax> {
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

  /** Where the log-probabilities go; required, unless {@linkplain #inPlace() in place}. */
  public Matrix logprobs() {
    return output();
  }

  /** Sets where the log-probabilities go: a matrix of the logits' shape and type. */
  public LogSoftmax logprobs(Matrix logprobs) {
    return output(logprobs);
  }

  @Override
  LogSoftmax self() {
    return this;
  }

  @Override
  public void accept(Visitor visitor) {
    visitor.outputMatrix("logprobs", logprobs(), true);
  }
}
