/**
 * The effect of reinforcement learning with verifiable rewards on a model, measured on samples from
 * before and after: pass@k and maj@k, support dynamics, and answer entropies, all with intervals
 * over problems. Theory for known distributions is in {@code theory}.
 *
 * <p>Definitions follow "The Invisible Leash", arXiv 2507.14843, except where noted. Depends only
 * on the JDK. Immutable and thread-safe, except where noted.
 */
package org.leash.analysis;
