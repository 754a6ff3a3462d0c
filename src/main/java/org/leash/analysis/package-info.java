/**
 * The effect of reinforcement learning with verifiable rewards on a model, from samples of it
 * before and after: pass@k and maj@k, the dynamics of the support, entropies of the answers, all
 * with intervals over problems. Theory for known distributions is in {@code theory}.
 *
 * <p>The definitions follow "The Invisible Leash", arXiv 2507.14843, except where noted. Depends on
 * nothing but the JDK. Everything is immutable and thread-safe, except where noted.
 */
package org.leash.analysis;
