/**
 * Losses of whole batches: the loss of each token, with adjustments that depend on its response or
 * batch, such as ratios, masks and weights of sequences.
 */
package org.leash.loss.objective;
