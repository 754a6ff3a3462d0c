/**
 * Batches of completions and their rewards, the advantages that algorithms derive from them, and
 * the weights that average tokens into one loss.
 */
package org.leash.loss.advantage;
