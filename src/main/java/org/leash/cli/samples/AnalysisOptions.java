package org.leash.cli.samples;

import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.leash.analysis.Bootstrap;
import picocli.CommandLine.Option;

/** The budgets k and the bootstrap intervals of a report. */
final class AnalysisOptions {
  @Option(
      names = "--k",
      split = ",",
      paramLabel = "K",
      description = "budgets (default: powers of two, and the fewest samples of a problem)")
  private List<Integer> budgets = List.of();

  @Option(
      names = "--draws",
      paramLabel = "N",
      defaultValue = "2000",
      description = "bootstrap draws of problems (default: ${DEFAULT-VALUE})")
  private int draws;

  @Option(
      names = "--level",
      paramLabel = "P",
      defaultValue = "0.95",
      description = "coverage of the intervals (default: ${DEFAULT-VALUE})")
  private double level;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "random seed of the draws (default: ${DEFAULT-VALUE})")
  private long seed;

  Bootstrap bootstrap() {
    return new Bootstrap(draws, level, seed);
  }

  /**
   * The given budgets, or the powers of two up to the largest, and the largest.
   *
   * @throws IllegalArgumentException one is outside [1, largest]
   */
  List<Integer> budgets(int largest) {
    for (int k : budgets) {
      if (k < 1 || k > largest) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "--k %d is outside [1, %d], the fewest samples of a problem",
                k,
                largest));
      }
    }
    TreeSet<Integer> all = new TreeSet<>(budgets);
    if (budgets.isEmpty()) {
      for (int k = 1; k > 0 && k < largest; k *= 2) {
        all.add(k);
      }
      all.add(largest);
    }
    return List.copyOf(all);
  }
}
