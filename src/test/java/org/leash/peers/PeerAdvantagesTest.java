package org.leash.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.leash.loss.advantage.Advantage;
import org.leash.loss.advantage.Advantages;
import org.leash.loss.advantage.Rewards;
import org.leash.loss.advantage.Sequences;

/** Advantages beside those of trainers' own code. */
final class PeerAdvantagesTest {
  private static final String OVER_MASKED = "slime vanilla_gae (no inner mask)";
  private static final double EXACT = 1e-12;

  /** verl's masked means add 1e-8 to their counts. */
  private static final double COUNT_EPSILON = 1e-7;

  /** verl's GRPO, and TRL, hold deviations or their ε in single precision. */
  private static final double SINGLE = 2e-7;

  private final Map<String, Advantage> advantages = new HashMap<>();
  private final Map<String, Double> tolerances = new HashMap<>();

  private void put(double tolerance, Advantage advantage, String... names) {
    for (String name : names) {
      advantages.put(name, advantage);
      tolerances.put(name, tolerance);
    }
  }

  private void verl() {
    put(
        SINGLE,
        Advantages.grpoVerl(),
        "verl grpo",
        "verl grpo, one group of 1",
        "verl grpo_vectorized, one group of 1");
    put(EXACT, Advantages.centeredVerl(), "verl grpo no std", "verl grpo no std, one group of 1");
    put(EXACT, Advantages.rloo(), "verl rloo");
    put(EXACT, Advantages.rlooVectorized(), "verl rloo_vectorized");
    put(COUNT_EPSILON, Advantages.reinforcePlusPlus(1.0), "verl reinforce++ 1.0");
    put(COUNT_EPSILON, Advantages.reinforcePlusPlus(0.9), "verl reinforce++ .9");
    put(
        COUNT_EPSILON,
        Advantages.reinforcePlusPlusBaseline(),
        "verl reinforce++_baseline",
        "verl reinforce++_baseline, one group of 1");
    put(EXACT, Advantages.remax(), "verl remax");
    put(EXACT, Advantages.opoVerl(), "verl opo", "verl opo, one group of 1");
    put(SINGLE, Advantages.gpg(), "verl gpg", "verl gpg, one group of 1");
    put(EXACT, Advantages.bestOfGroup(true), "verl grpo_passk", "verl grpo_passk, binary");
    put(COUNT_EPSILON, Advantages.gae(0.99, 0.95, true), "verl gae .99 .95");
    put(SINGLE, Advantages.gdpoVerl(), "verl gdpo (token whitened)");
  }

  private void others() {
    put(SINGLE, Advantages.gdpo(), "TRL gdpo");
    put(SINGLE, Advantages.gdpo(1, 0.5, 2), "TRL gdpo weights 1,.5,2");
    put(SINGLE, Advantages.grpoTrl(), "TRL group");
    put(SINGLE, Advantages.litePpo(), "TRL batch");
    put(SINGLE, Advantages.centered(), "TRL none");
    put(EXACT, Advantages.grpo(), "ROLL reward_norm group/group");
    put(EXACT, Advantages.standardisedByBatch(1e-6), "ROLL reward_norm group/batch");
    put(EXACT, Advantages.maxRl(), "prime-rl max_rl (2 lines transcribed)");
    for (int k : new int[] {1, 2, 4}) {
      put(EXACT, Advantages.passAtK(k), "pass@%d by enumeration of subsets".formatted(k));
    }
    put(EXACT, Advantages.gae(0.99, 0.95, false), OVER_MASKED);
  }

  private double[] evaluate(PeerBatch batch) {
    Sequences sequences = batch.sequences();
    Rewards rewards =
        Rewards.of(batch.numbers("outcome"))
            .withGreedy(batch.numbers("greedy_outcome"))
            .withValues(batch.numbers("values"))
            .withSeveral(batch.rows("reward_parts"));
    return batch.name.equals(OVER_MASKED)
        ? overMaskedTokens(batch, sequences)
        : advantages.get(batch.name).of(sequences, rewards);
  }

  /** slime's estimates run over tokens that are not kept, as those of unmasked sequences do. */
  private double[] overMaskedTokens(PeerBatch batch, Sequences sequences) {
    double[] outcome = batch.numbers("outcome");
    double[] perToken = new double[sequences.tokens()];
    for (int i = 0; i < outcome.length; i++) {
      int last = sequences.end(i) - 1;
      while (last > sequences.begin(i) && !sequences.isKept(last)) {
        last--;
      }
      perToken[last] = outcome[i];
    }
    double[] all =
        advantages
            .get(batch.name)
            .of(
                Sequences.of(batch.integers("lengths"), batch.integers("groups")),
                Rewards.of(new double[outcome.length])
                    .withTokens(perToken)
                    .withValues(batch.numbers("values")));
    for (int t = 0; t < all.length; t++) {
      all[t] = sequences.isKept(t) ? all[t] : 0.0;
    }
    return all;
  }

  @Test
  void equalThoseOfTrainers() {
    verl();
    others();
    Map<String, Integer> compared = new TreeMap<>();
    List<String> differences = new ArrayList<>();
    for (PeerBatch batch : PeerBatch.advantages()) {
      assertThat(advantages).containsKey(batch.name);
      double[] found = evaluate(batch);
      double[] expected = batch.numbers("advantage");
      double largest = 0;
      double error = 0;
      for (int t = 0; t < expected.length; t++) {
        largest = Math.max(largest, Math.abs(expected[t]));
        error = Math.max(error, Math.abs(found[t] - expected[t]));
      }
      compared.merge(batch.trainer(), 1, Integer::sum);
      // verl's mean of equal returns is off by its ε, and its whitening divides by 1e-4.
      boolean isNothing = largest < 1e-5 && Arrays.stream(found).allMatch(a -> a == 0);
      if (!isNothing && !(error <= tolerances.get(batch.name) * largest)) {
        differences.add("%s: off by %.3g of %.3g".formatted(batch.name, error, largest));
      }
    }
    System.out.println("peers: batches with the advantages of a trainer: " + compared);
    assertThat(differences).isEmpty();
    assertThat(advantages.keySet())
        .isEqualTo(new TreeSet<>(PeerBatch.advantages().stream().map(each -> each.name).toList()));
  }
}
