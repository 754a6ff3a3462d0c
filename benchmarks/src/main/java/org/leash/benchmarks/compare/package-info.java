/**
 * Comparisons of contenders. Statistics are on log-ratios with the fork as the unit of replication;
 * a zone of equivalence is at least as wide as the run's own noise; Holm's correction applies to
 * all pairs of a comparison.
 */
package org.leash.benchmarks.compare;
