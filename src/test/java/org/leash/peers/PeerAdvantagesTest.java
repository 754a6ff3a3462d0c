package org.leash.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.leash.loss.advantage.Advantage;
import org.leash.loss.advantage.Advantages;
import org.leash.loss.advantage.Distillation;
import org.leash.loss.advantage.OptimalTokenBaseline;
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
    baseline(false, "optimal_token_baseline");
    baseline(true, "tir_optimal_token_baseline");
  }

  /** Without an option, the tail of the longest response is zero in the second form alone. */
  private void baseline(boolean byKeptTokens, String name) {
    for (String which : List.of("", ", weights", ", zero tail", ", no zero tail")) {
      boolean zeroTail =
          byKeptTokens ? !which.equals(", no zero tail") : which.equals(", zero tail");
      for (String of : List.of("", ", one group of 1", ", one response empty")) {
        put(EXACT, new OptimalTokenBaseline(byKeptTokens, zeroTail), "verl " + name + which + of);
      }
    }
  }

  private void others() {
    put(SINGLE, Advantages.gdpo(), "TRL gdpo");
    put(SINGLE, Advantages.gdpo(1, 0.5, 2), "TRL gdpo weights 1,.5,2");
    put(SINGLE, Advantages.grpoTrl(), "TRL group");
    put(SINGLE, Advantages.litePpo(), "TRL batch");
    put(SINGLE, Advantages.centered(), "TRL none");
    put(EXACT, Distillation.alone(0), "TRL iw_opd 0.0");
    put(EXACT, Distillation.alone(0.5), "TRL iw_opd 0.5", "TRL iw_opd 0.5, no sampler");
    put(EXACT, Distillation.alone(2), "TRL iw_opd 2.0");
    put(EXACT, Advantages.grpo(), "ROLL reward_norm group/group");
    put(EXACT, Advantages.standardisedByBatch(1e-6), "ROLL reward_norm group/batch");
    put(EXACT, Advantages.maxRl(), "prime-rl max_rl (2 lines transcribed)");
    for (int k : new int[] {1, 2, 4}) {
      put(
          EXACT,
          Advantages.passAtK(k),
          String.format(Locale.ROOT, "pass@%d by enumeration of subsets", k));
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
    if (batch.numbers("collision") != null) {
      rewards =
          rewards.withScoreNorms(
              batch.numbers("logprob"),
              batch.numbers("collision"),
              batch.numbers("rollout_weight"));
    }
    if (batch.numbers("teacher_logprob") != null) {
      rewards =
          rewards.withTeacher(batch.numbers("teacher_logprob"), batch.numbers("student_logprob"));
    }
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
    List<PeerBatch> batches = PeerBatch.advantages();
    compare(batches);
    assertThat(advantages.keySet())
        .isEqualTo(new TreeSet<>(batches.stream().map(each -> each.name).toList()));
  }

  /** The file that the system property {@code leash.peers} names. */
  @Test
  void equalThoseOfInstalledTrainer() {
    String recorded = System.getProperty("leash.peers", "");
    assumeFalse(recorded.isEmpty(), "no file of batches is given");
    compare(PeerBatch.read(Path.of(recorded)));
  }

  private void compare(List<PeerBatch> batches) {
    verl();
    others();
    assertThat(batches).isNotEmpty();
    Map<String, Integer> compared = new TreeMap<>();
    List<String> differences = new ArrayList<>();
    for (PeerBatch batch : batches) {
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
        differences.add(
            String.format(Locale.ROOT, "%s: off by %.3g of %.3g", batch.name, error, largest));
      }
    }
    System.out.println("peers: batches with the advantages of a trainer: " + compared);
    assertThat(differences).isEmpty();
  }
}
