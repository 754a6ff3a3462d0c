package org.leash.loss.advantage;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * {@link Advantages} by name, for configurations: such as {@code grpo} or {@code gae:0.99:0.95}.
 */
public final class NamedAdvantages {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");

  /** A form such as {@code pass_at_k:K}, and the estimator as a function of its numbers. */
  private record Entry(String form, Function<double[], Advantage> make) {
    String name() {
      return form.split(":", -1)[0];
    }

    int numbers() {
      return form.split(":", -1).length - 1;
    }
  }

  private static final List<Entry> ALL =
      List.of(
          new Entry("grpo", n -> Advantages.grpo()),
          new Entry("grpo_verl", n -> Advantages.grpoVerl()),
          new Entry("grpo_trl", n -> Advantages.grpoTrl()),
          new Entry("grpo_open_instruct", n -> Advantages.grpoOpenInstruct()),
          new Entry("dr_grpo", n -> Advantages.centered()),
          new Entry("dr_grpo_verl", n -> Advantages.centeredVerl()),
          new Entry("lite_ppo", n -> Advantages.litePpo()),
          new Entry("rloo", n -> Advantages.rloo()),
          new Entry("rloo_vectorized", n -> Advantages.rlooVectorized()),
          new Entry("rloo_normalised", n -> Advantages.rlooNormalised()),
          new Entry("reinforce:GAMMA", n -> Advantages.returns(n[0])),
          new Entry("reinforce++:GAMMA", n -> Advantages.reinforcePlusPlus(n[0])),
          new Entry("reinforce++_baseline", n -> Advantages.reinforcePlusPlusBaseline()),
          new Entry("remax", n -> Advantages.remax()),
          new Entry("opo", n -> Advantages.opo()),
          new Entry("opo_verl", n -> Advantages.opoVerl()),
          new Entry("optimal_token_baseline", n -> new OptimalTokenBaseline(false, false)),
          new Entry("tir_optimal_token_baseline", n -> new OptimalTokenBaseline(true, true)),
          new Entry("gdpo", n -> Advantages.gdpo()),
          new Entry("gdpo_verl", n -> Advantages.gdpoVerl()),
          new Entry("gpg", n -> Advantages.gpg()),
          new Entry("maxrl", n -> Advantages.maxRl()),
          new Entry("pass_at_k:K", n -> Advantages.passAtK((int) n[0])),
          new Entry("grpo_pass_at_k", n -> Advantages.bestOfGroup(true)),
          new Entry("psr", n -> Advantages.positiveOnly()),
          new Entry("nsr", n -> Advantages.negativeOnly()),
          new Entry("w_reinforce:LAMBDA", n -> Advantages.weightedReinforce(n[0])),
          new Entry("gae:GAMMA:LAMBDA", n -> Advantages.gae(n[0], n[1], true)));

  private NamedAdvantages() {}

  /** The forms of the names; words in capitals stand for numbers. */
  public static List<String> forms() {
    return ALL.stream().map(Entry::form).toList();
  }

  /**
   * The estimator with a name.
   *
   * @throws IllegalArgumentException there is no such estimator (the message lists the forms), or a
   *     number is out of range
   */
  public static Advantage named(String name) {
    String[] parts = name.split(":", -1);
    String[] numbers = Arrays.copyOfRange(parts, 1, parts.length);
    return ALL.stream()
        .filter(entry -> entry.name().equals(parts[0]) && entry.numbers() == numbers.length)
        .filter(entry -> Arrays.stream(numbers).allMatch(n -> NUMBER.matcher(n).matches()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no advantage \"%s\"; use one of %s"
                        .formatted(name, String.join(", ", forms()))))
        .make()
        .apply(Arrays.stream(numbers).mapToDouble(Double::parseDouble).toArray());
  }
}
