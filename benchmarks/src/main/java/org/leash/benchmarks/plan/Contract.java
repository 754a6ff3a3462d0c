package org.leash.benchmarks.input;

import java.util.List;
import org.leash.kernel.Operation;

/**
 * An operation and the outputs that a benchmark asks of it: the contract, which alone makes two
 * times comparable. Also the least work that fulfils it, to which ceilings are applied: bytes read
 * and written once, and one exponential for each logit.
 */
public enum Task {
  LOG_SOFTMAX(Operation.LOG_SOFTMAX, List.of(), "logprobs"),
  ENTROPY(Operation.ENTROPY, List.of("entropy"), ""),
  TOKEN_STATISTICS(Operation.TOKEN_STATISTICS, List.of("logprob", "entropy"), ""),
  LOGITS_GRADIENT(Operation.LOGITS_GRADIENT, List.of(), "gradient"),
  POLICY_GRADIENT(Operation.POLICY_GRADIENT, List.of("loss", "logprob", "entropy"), "gradient");

  private final Operation<?> operation;
  private final List<String> columns;
  private final String matrix;

  Task(Operation<?> operation, List<String> columns, String matrix) {
    this.operation = operation;
    this.columns = columns;
    this.matrix = matrix;
  }

  public Operation<?> operation() {
    return operation;
  }

  /** Name in CSV files and filters: the operation's id. */
  public String id() {
    return operation.id();
  }

  /** Outputs with one value for each row. */
  public List<String> columns() {
    return columns;
  }

  /** The output with one value for each logit, or "" where there is none. */
  public String matrix() {
    return matrix;
  }

  public boolean writesMatrix() {
    return !matrix.isEmpty();
  }

  /** All outputs, joined with a plus. */
  public String contract() {
    String joined = String.join("+", columns);
    if (matrix.isEmpty()) {
      return joined;
    }
    return joined.isEmpty() ? matrix : joined + "+" + matrix;
  }
}
