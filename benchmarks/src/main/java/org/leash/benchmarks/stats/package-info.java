/**
 * Statistics of times. The unit of replication is the fork, a fresh process: rounds within one are
 * not independent, so they give medians, and intervals come from the spread between forks.
 */
package org.leash.benchmarks.stats;
