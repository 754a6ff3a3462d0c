package org.leash.analysis;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/** Statistics of the answers to one problem. */
public final class Answers {
  private Answers() {}

  /**
   * Entropy of the distinct answers in nats, −Σ p log p with p an answer's share of all answers; 0
   * without answers. Samples without an answer are not counted, unlike in section B.4, where they
   * form one more answer. The entropy is at most the log of the number of samples, so only values
   * from equally many samples are comparable.
   */
  public static double entropy(ProblemSamples problem) {
    // Sorted, as the order of the map varies between JVMs, and with it the last bit of the sum.
    int[] counts =
        problem.answers().values().stream()
            .mapToInt(ProblemSamples.Answer::count)
            .sorted()
            .toArray();
    double all = Arrays.stream(counts).asLongStream().sum();
    double entropy = 0;
    for (int count : counts) {
      double share = count / all;
      entropy -= share * Math.log(share);
    }
    return entropy;
  }

  /**
   * maj@k: the probability that the most frequent answer among k samples is correct, estimated from
   * draws of k samples without replacement. Tied answers share the vote; samples without an answer
   * do not vote.
   *
   * @param k in [1, samples]
   * @param draws number of draws; ignored if k is all samples, as the result is then exact
   * @param seed random seed of the draws
   */
  public static double majority(ProblemSamples problem, int k, int draws, long seed) {
    if (k < 1 || k > problem.samples()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "k = %d is outside [1, %d], the samples of problem %s",
              k,
              problem.samples(),
              problem.problem()));
    }
    if (draws < 1) {
      throw new IllegalArgumentException("draws = " + draws + ": must be at least 1");
    }
    String[] given = new String[problem.samples()];
    int filled = 0;
    for (String answer : problem.answers().keySet().stream().sorted().toList()) {
      for (int i = problem.answers().get(answer).count(); i > 0; i--) {
        given[filled++] = answer;
      }
    }
    SplittableRandom random = new SplittableRandom(seed);
    int rounds = k == given.length ? 1 : draws;
    double won = 0;
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < k; i++) {
        int other = i + random.nextInt(given.length - i);
        String drawn = given[other];
        given[other] = given[i];
        given[i] = drawn;
      }
      won += shareOfVote(problem, given, k);
    }
    return won / rounds;
  }

  private static double shareOfVote(ProblemSamples problem, String[] given, int k) {
    Map<String, Integer> votes = new HashMap<>();
    for (int i = 0; i < k; i++) {
      if (given[i] != null) {
        votes.merge(given[i], 1, Integer::sum);
      }
    }
    int most = votes.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    int tied = 0;
    int correct = 0;
    for (Map.Entry<String, Integer> vote : votes.entrySet()) {
      if (vote.getValue() == most) {
        tied++;
        correct += problem.answers().get(vote.getKey()).correct() ? 1 : 0;
      }
    }
    return tied == 0 ? 0 : (double) correct / tied;
  }
}
