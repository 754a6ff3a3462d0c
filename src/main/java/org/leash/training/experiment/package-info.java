/**
 * The experiment of {@code leash experiment leash}: what training with verifiable rewards does to
 * the support of exact policies, and what keeps it.
 */
package org.leash.training.experiment;
