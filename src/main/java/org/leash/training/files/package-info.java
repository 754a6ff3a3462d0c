/**
 * The files of training: metrics as they come, checkpoints with all state, finished pieces of long
 * work, written so that a process that is killed at any moment leaves a folder to go on from.
 */
package org.leash.training.files;
