package org.leash.benchmarks.plan;

/**
 * Round at which a process starts to measure a case: the first, or, after an earlier process died,
 * the one after those it began.
 *
 * @param fork number of the replicate, from 1
 * @param process number of the process in the run, from 1
 * @param done rounds already complete
 * @param next number of the next round
 */
public record Start(int fork, int process, int done, int next) {

  /** Before the first round. */
  public static Start first(int fork, int process) {
    return new Start(fork, process, 0, 1);
  }

  /** Reads what {@link #toString()} writes. */
  public static Start parse(String text) {
    String[] numbers = text.split(",", -1);
    return new Start(
        Integer.parseInt(numbers[0]),
        Integer.parseInt(numbers[1]),
        Integer.parseInt(numbers[2]),
        Integer.parseInt(numbers[3]));
  }

  @Override
  public String toString() {
    return fork + "," + process + "," + done + "," + next;
  }
}
