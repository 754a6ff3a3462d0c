package org.leash.operation;

import org.leash.device.Matrix;

/**
 * Log-probabilities of all tokens: {@code logprobs[r][j] = log softmax(logits[r] /
 * temperature)[j]}.
 *
 * <p>Minimum traffic: one read of the logits, one write of the output.
 */
public final class LogSoftmax extends MatrixArguments<LogSoftmax> {
  LogSoftmax() {}

  private LogSoftmax(Matrix logits) {
    super(logits);
  }

  /**
   * Arguments with only the logits set.
   *
   * @throws IllegalArgumentException logits is null
   */
  public static LogSoftmax of(Matrix logits) {
    return new LogSoftmax(logits);
  }

  /**
   * The matrix of log-probabilities, an output; required unless {@linkplain #inPlace() in place}.
   */
  public Matrix logprobs() {
    return output();
  }

  /** Sets the matrix of log-probabilities, of the shape and type of the logits. */
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
