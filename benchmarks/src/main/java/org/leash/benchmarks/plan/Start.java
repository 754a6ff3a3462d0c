package org.leash.benchmarks.run;

/**
 * Where an entry begins in a process: at its first round, or, where an earlier process was broken
 * off, behind the rounds that it began.
 *
 * @param fork the replicate
 * @param process ordinal of the process in the run
 * @param done rounds that are complete
 * @param next number of the next round; those up to it may have been begun
 */
public record Turn(int fork, int process, int done, int next) {

  /** An entry from its first round on. */
  static Turn first(int fork, int process) {
    return new Turn(fork, process, 0, 1);
  }
}
