package org.leash.operation;

import java.util.List;

/**
 * What can be computed. Formulas, memory traffic and special values are told by the arguments'
 * classes and in {@code leash.h}.
 *
 * @param <A> its arguments
 */
public final class Operation<A extends Arguments> {
  /** Log-probabilities of every token. */
  public static final Operation<LogSoftmax> LOG_SOFTMAX =
      new Operation<>("log_softmax", LogSoftmax.class);

  /** Entropy of every row. */
  public static final Operation<Entropy> ENTROPY = new Operation<>("entropy", Entropy.class);

  /** Log-probability of the sampled token, entropy and log-sum-exp of every row. */
  public static final Operation<TokenStatistics> TOKEN_STATISTICS =
      new Operation<>("token_statistics", TokenStatistics.class);

  /** Backward pass of {@link #TOKEN_STATISTICS}. */
  public static final Operation<LogitsGradient> LOGITS_GRADIENT =
      new Operation<>("logits_gradient", LogitsGradient.class);

  /** Policy loss and its gradient in one pass. */
  public static final Operation<PolicyGradient> POLICY_GRADIENT =
      new Operation<>("policy_gradient", PolicyGradient.class);

  private static final List<Operation<?>> ALL =
      List.of(LOG_SOFTMAX, ENTROPY, TOKEN_STATISTICS, LOGITS_GRADIENT, POLICY_GRADIENT);

  private final String id;
  private final Class<A> arguments;

  private Operation(String id, Class<A> arguments) {
    this.id = id;
    this.arguments = arguments;
  }

  /** All operations, in the order of tables. */
  public static List<Operation<?>> all() {
    return ALL;
  }

  /** Its name in the C interface, in tables and in files: "token_statistics". */
  public String id() {
    return id;
  }

  /**
   * The operation of an id.
   *
   * @throws IllegalArgumentException there is none
   */
  public static Operation<?> named(String id) {
    return ALL.stream()
        .filter(operation -> operation.id.equals(id))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no operation \"%s\" in %s".formatted(id, ALL)));
  }

  /** The operation that some arguments are for. */
  @SuppressWarnings("unchecked") // The class of arguments is the operation's own.
  public static <A extends Arguments> Operation<A> of(A arguments) {
    return (Operation<A>)
        ALL.stream()
            .filter(operation -> operation.arguments.isInstance(arguments))
            .findFirst()
            .orElseThrow();
  }

  /** Whether it writes a matrix of the logits' shape. */
  public boolean writesMatrix() {
    return MatrixArguments.class.isAssignableFrom(arguments);
  }

  /** The class of its arguments. */
  public Class<A> arguments() {
    return arguments;
  }

  @Override
  public String toString() {
    return id;
  }
}
