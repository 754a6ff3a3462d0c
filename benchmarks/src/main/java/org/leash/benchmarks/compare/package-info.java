/**
 * Comparisons with evidence: which contenders are set against each other, how sure one can be of
 * the difference, and the tables that say so. The design: fork-level statistics on the logarithm of
 * the ratio, a zone of equivalence that is never narrower than the noise the run measured of
 * itself, and Holm's correction over all that is compared at once.
 */
package org.leash.benchmarks.compare;
