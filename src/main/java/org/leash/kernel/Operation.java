package org.leash.kernel;

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
      new Operation<>("log_softmax", 0, LogSoftmax.class);

  /** Entropy of every row. */
  public static final Operation<Entropy> ENTROPY = new Operation<>("entropy", 1, Entropy.class);

  /** Log-probability of the sampled token, entropy and log-sum-exp of every row. */
  public static final Operation<TokenStatistics> TOKEN_STATISTICS =
      new Operation<>("token_statistics", 2, TokenStatistics.class);

  /** Backward pass of {@link #TOKEN_STATISTICS}. */
  public static final Operation<LogitsGradient> LOGITS_GRADIENT =
      new Operation<>("logits_gradient", 3, LogitsGradient.class);

  /** Policy loss and its gradient in one pass. */
  public static final Operation<PolicyGradient> POLICY_GRADIENT =
      new Operation<>("policy_gradient", 4, PolicyGradient.class);

  private static final List<Operation<?>> ALL =
      List.of(LOG_SOFTMAX, ENTROPY, TOKEN_STATISTICS, LOGITS_GRADIENT, POLICY_GRADIENT);

  private final String id;
  private final int abi;
  private final Class<A> arguments;

  private Operation(String id, int abi, Class<A> arguments) {
    this.id = id;
    this.abi = abi;
    this.arguments = arguments;
  }

  /** All operations, in the order of their constants in the C interface. */
  public static List<Operation<?>> all() {
    return ALL;
  }

  /** Its name in the C interface, in tables and in files: "token_statistics". */
  public String id() {
    return id;
  }

  /** The constant {@code LEASH_*} of the C interface. */
  public int abi() {
    return abi;
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
