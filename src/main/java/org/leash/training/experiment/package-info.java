/**
 * The experiment of {@code leash experiment leash}: the effect of training with verifiable rewards
 * on the support of exact policies, and ways to preserve it.
 */
package org.leash.training.experiment;
