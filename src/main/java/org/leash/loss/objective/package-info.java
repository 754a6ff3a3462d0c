/**
 * Losses of whole batches: the loss of each token with the adjustments that look at a response or a
 * batch, such as ratios, masks and weights of sequences.
 */
package org.leash.loss.objective;
