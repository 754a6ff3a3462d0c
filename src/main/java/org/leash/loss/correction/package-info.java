/**
 * Corrections of a batch for a sampler whose probabilities differ from those of the policy before
 * the update.
 */
package org.leash.loss.correction;
