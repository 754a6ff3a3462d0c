package org.leash.benchmarks.measure;

import org.leash.benchmarks.csv.Row;

/** Destination of the rows that a measurement produces. */
@FunctionalInterface
public interface Sink {
  void append(Row row);

  /**
   * Announces the contender that runs next.
   *
   * @param blame row of checks to be completed and recorded if nothing more is heard
   */
  default void atWork(Row blame) {}
}
