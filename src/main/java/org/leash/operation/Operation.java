package org.leash.operation;

import java.util.List;
import java.util.function.Supplier;

/**
 * An operation. Its formula and memory traffic are documented with its arguments, special values in
 * {@code leash.h}.
 *
 * @param <A> the arguments of the operation
 */
public final class Operation<A extends Arguments> {
  /** Log-probabilities of all tokens. */
  public static final Operation<LogSoftmax> LOG_SOFTMAX =
      new Operation<>("log_softmax", LogSoftmax.class, LogSoftmax::new);

  /** Entropy of every row. */
  public static final Operation<Entropy> ENTROPY =
      new Operation<>("entropy", Entropy.class, Entropy::new);

  /** Log-probability of the sampled token, entropy and log-sum-exp of every row. */
  public static final Operation<TokenStatistics> TOKEN_STATISTICS =
      new Operation<>("token_statistics", TokenStatistics.class, TokenStatistics::new);

  /** Backward pass of {@link #TOKEN_STATISTICS}. */
  public static final Operation<LogitsGradient> LOGITS_GRADIENT =
      new Operation<>("logits_gradient", LogitsGradient.class, LogitsGradient::new);

  /** Policy loss and its gradient in one pass. */
  public static final Operation<PolicyGradient> POLICY_GRADIENT =
      new Operation<>("policy_gradient", PolicyGradient.class, PolicyGradient::new);

  private static final List<Operation<?>> ALL =
      List.of(LOG_SOFTMAX, ENTROPY, TOKEN_STATISTICS, LOGITS_GRADIENT, POLICY_GRADIENT);

  private final String id;
  private final Class<A> arguments;
  private final Supplier<A> empty;

  private Operation(String id, Class<A> arguments, Supplier<A> empty) {
    this.id = id;
    this.arguments = arguments;
    this.empty = empty;
  }

  /** All operations, in display order. */
  public static List<Operation<?>> all() {
    return ALL;
  }

  /** The name in the C interface, in tables and in files, such as "token_statistics". */
  public String id() {
    return id;
  }

  /**
   * The operation with an id.
   *
   * @throws IllegalArgumentException no operation has this id
   */
  public static Operation<?> named(String id) {
    return ALL.stream()
        .filter(operation -> operation.id.equals(id))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no operation \"%s\" in %s".formatted(id, ALL)));
  }

  /** The operation of some arguments. */
  @SuppressWarnings("unchecked") // The class of arguments is the operation's own.
  public static <A extends Arguments> Operation<A> of(A arguments) {
    return (Operation<A>)
        ALL.stream()
            .filter(operation -> operation.arguments.isInstance(arguments))
            .findFirst()
            .orElseThrow();
  }

  /** Whether the operation has an output matrix, of the shape of the logits. */
  public boolean writesMatrix() {
    return MatrixArguments.class.isAssignableFrom(arguments);
  }

  /** New arguments of which nothing is set. */
  A empty() {
    return empty.get();
  }

  /** The class of the arguments. */
  public Class<A> arguments() {
    return arguments;
  }

  @Override
  public String toString() {
    return id;
  }
}
