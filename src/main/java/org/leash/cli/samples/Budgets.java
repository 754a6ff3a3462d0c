package org.leash.cli.samples;

import java.util.List;
import java.util.TreeSet;

/** The budgets k to report. */
final class Budgets {
  private Budgets() {}

  /**
   * The given budgets, or the powers of two up to the largest, and the largest.
   *
   * @throws IllegalArgumentException one is outside [1, largest]
   */
  static List<Integer> of(List<Integer> asked, int largest) {
    TreeSet<Integer> budgets = new TreeSet<>();
    if (asked == null || asked.isEmpty()) {
      for (int k = 1; k > 0 && k < largest; k *= 2) {
        budgets.add(k);
      }
      budgets.add(largest);
    } else {
      for (int k : asked) {
        if (k < 1 || k > largest) {
          throw new IllegalArgumentException(
              "--k %d is outside [1, %d], the fewest samples of a problem".formatted(k, largest));
        }
        budgets.add(k);
      }
    }
    return List.copyOf(budgets);
  }
}
