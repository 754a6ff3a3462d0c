package org.leash.benchmarks.plan;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.leash.operation.Operation;

/**
 * An operation and the outputs required of it. Only times of equal contracts can be compared. The
 * least work that fulfils one, which ceilings apply to: each logit read once, written once if there
 * is a matrix, and one exponential per logit.
 */
public enum Contract {
  LOG_SOFTMAX(Operation.LOG_SOFTMAX, List.of(), "logprobs"),
  ENTROPY(Operation.ENTROPY, List.of("entropy"), ""),
  TOKEN_STATISTICS(Operation.TOKEN_STATISTICS, List.of("logprob", "entropy"), ""),
  LOGITS_GRADIENT(Operation.LOGITS_GRADIENT, List.of(), "gradient"),
  POLICY_GRADIENT(Operation.POLICY_GRADIENT, List.of("loss", "logprob", "entropy"), "gradient");

  private final Operation<?> operation;
  private final List<String> columns;
  private final String matrix;

  Contract(Operation<?> operation, List<String> columns, String matrix) {
    this.operation = operation;
    this.columns = columns;
    this.matrix = matrix;
  }

  public Operation<?> operation() {
    return operation;
  }

  /** Name in CSV files and filters. */
  public String operationId() {
    return operation.id();
  }

  /** Outputs with one value per row. */
  public List<String> columns() {
    return columns;
  }

  /** The output with one value per logit, or "". */
  public String matrix() {
    return matrix;
  }

  public boolean writesMatrix() {
    return !matrix.isEmpty();
  }

  /** All outputs, joined with a plus: the value of the column {@code contract}. */
  public String outputs() {
    return Stream.concat(columns.stream(), Stream.of(matrix))
        .filter(output -> !output.isEmpty())
        .collect(Collectors.joining("+"));
  }
}
