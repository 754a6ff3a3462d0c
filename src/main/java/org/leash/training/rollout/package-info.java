/**
 * The first half of a step: sampled completions, their rewards, and which of them to learn from.
 */
package org.leash.training.rollout;
