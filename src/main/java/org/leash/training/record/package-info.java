/**
 * The files of a run: metrics, completions, checkpoints and finished pieces of long work, written
 * so that a process killed at any moment leaves a folder that can be resumed.
 */
package org.leash.training.record;
