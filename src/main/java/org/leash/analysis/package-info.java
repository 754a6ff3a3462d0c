/**
 * What reinforcement learning with verifiable rewards did to a model, from samples of the model
 * before and after: pass@k and maj@k, the dynamics of the support, entropies of the answers, all
 * with intervals over problems; and, for distributions that are known, what the theory says of
 * them. Of related work: advantages of chains of thought, regimes of pattern selection,
 * self-excitation of value functions, the best discriminator.
 *
 * <p>The definitions are those of "The Invisible Leash", arXiv 2507.14843, where not said
 * otherwise. Depends on nothing but the JDK. Everything is immutable and safe for use by several
 * threads, or says so.
 */
package org.leash.analysis;
