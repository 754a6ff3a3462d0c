package org.leash.benchmarks.stats;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Quantiles of Student's t distribution, cached for the few degrees of freedom that a run's forks
 * have.
 */
final class Student {
  private record Quantile(double degrees, double probability) {}

  /** Largest degrees of freedom to cache, if whole. */
  private static final double MOST = 1000;

  private static final Map<Quantile, Double> KNOWN = new ConcurrentHashMap<>();

  private Student() {}

  static double quantile(double degrees, double probability) {
    return degrees <= MOST && degrees == Math.rint(degrees)
        ? KNOWN.computeIfAbsent(new Quantile(degrees, probability), Student::search)
        : search(new Quantile(degrees, probability));
  }

  private static double search(Quantile quantile) {
    return TDistribution.of(quantile.degrees).inverseCumulativeProbability(quantile.probability);
  }
}
