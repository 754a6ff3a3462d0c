package org.leash.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * The support dynamics between two models as a function of the budget k, and thus of the threshold
 * ε, with intervals.
 *
 * <p>A problem solved in c of n samples is in the model's support at a budget of k ≤ n with
 * probability pass@k, the share of the k-subsets of the samples with a correct one. The two models
 * are sampled independently, so the expected counts of the four regions are sums of products. They
 * are unbiased, and equal to the plain counts at k = n. Rates are computed from the expected
 * counts.
 */
public final class SupportSweep {
  private final List<ProblemSamples> base;
  private final List<ProblemSamples> tuned;

  /**
   * Pairs the problems by name.
   *
   * @throws IllegalArgumentException there are no problems, a name occurs twice, or a problem has
   *     samples of only one model
   */
  public SupportSweep(List<ProblemSamples> base, List<ProblemSamples> tuned) {
    Map<String, ProblemSamples> others = byName(tuned, "tuned");
    this.base = base.stream().sorted(Comparator.comparing(ProblemSamples::problem)).toList();
    byName(base, "base");
    if (base.isEmpty()) {
      throw new IllegalArgumentException("there are no problems to compare");
    }
    this.tuned = new ArrayList<>();
    for (ProblemSamples problem : this.base) {
      ProblemSamples other = others.remove(problem.problem());
      if (other == null) {
        throw new IllegalArgumentException(
            "problem " + problem.problem() + " was sampled from the base model only");
      }
      this.tuned.add(other);
    }
    if (!others.isEmpty()) {
      throw new IllegalArgumentException(
          "problem "
              + others.keySet().stream().sorted().findFirst().orElseThrow()
              + " was sampled from the tuned model only");
    }
  }

  private static Map<String, ProblemSamples> byName(List<ProblemSamples> problems, String model) {
    Map<String, ProblemSamples> named = new HashMap<>();
    for (ProblemSamples problem : problems) {
      if (named.put(problem.problem(), problem) != null) {
        throw new IllegalArgumentException(
            "problem " + problem.problem() + " occurs twice for the " + model + " model");
      }
    }
    return named;
  }

  /** The number of problems. */
  public int problems() {
    return base.size();
  }

  /** The largest budget: the fewest samples of a problem of either model. */
  public int largestBudget() {
    int budget = Integer.MAX_VALUE;
    for (int i = 0; i < base.size(); i++) {
      budget = Math.min(budget, Math.min(base.get(i).samples(), tuned.get(i).samples()));
    }
    return budget;
  }

  /**
   * The expected regions at one budget.
   *
   * @param k in [1, {@link #largestBudget()}]
   */
  public SupportDynamics at(int k) {
    int[] weights = new int[base.size()];
    Arrays.fill(weights, 1);
    return weighted(passes(base, k), passes(tuned, k), weights);
  }

  /**
   * A rate of the regions at one budget, with its interval over problems.
   *
   * @param rate such as {@code SupportDynamics::srr}
   */
  public Interval at(int k, ToDoubleFunction<SupportDynamics> rate, Bootstrap bootstrap) {
    double[] basePass = passes(base, k);
    double[] tunedPass = passes(tuned, k);
    return bootstrap.of(
        base.size(), weights -> rate.applyAsDouble(weighted(basePass, tunedPass, weights)));
  }

  /**
   * The budget at which the base model's pass@k catches up with the tuned model's: the first zero
   * of tuned − base after it was positive, linearly interpolated between neighbouring budgets. The
   * search brackets it between powers of two and misses a lead lost and regained in between. Empty
   * if there is none.
   */
  public OptionalDouble crossing() {
    int largest = largestBudget();
    int from = 1;
    while (from < largest && !(lead(from) > 0)) {
      from = Math.min(2 * from, largest);
    }
    int to = from;
    while (to < largest && lead(to) > 0) {
      from = to;
      to = Math.min(2 * to, largest);
    }
    if (from == to || lead(to) > 0) {
      return OptionalDouble.empty();
    }
    while (to - from > 1) {
      int middle = from + (to - from) / 2;
      if (lead(middle) > 0) {
        from = middle;
      } else {
        to = middle;
      }
    }
    double before = lead(from);
    return OptionalDouble.of(from + before / (before - lead(to)));
  }

  private double lead(int k) {
    SupportDynamics at = at(k);
    return at.tunedPass() - at.basePass();
  }

  private static double[] passes(List<ProblemSamples> problems, int k) {
    return problems.stream()
        .mapToDouble(problem -> PassAtK.of(problem, problem.correct(), k))
        .toArray();
  }

  private static SupportDynamics weighted(double[] base, double[] tuned, int[] weights) {
    double preserved = 0;
    double expanded = 0;
    double shrunk = 0;
    double outside = 0;
    for (int i = 0; i < base.length; i++) {
      preserved += weights[i] * base[i] * tuned[i];
      expanded += weights[i] * (1 - base[i]) * tuned[i];
      shrunk += weights[i] * base[i] * (1 - tuned[i]);
      outside += weights[i] * (1 - base[i]) * (1 - tuned[i]);
    }
    return new SupportDynamics(preserved, expanded, shrunk, outside);
  }
}
