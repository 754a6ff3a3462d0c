/**
 * The files of a training run: metrics as they come, checkpoints with all state, written so that a
 * process that is killed at any moment leaves a folder from which training goes on.
 */
package org.leash.training.files;
