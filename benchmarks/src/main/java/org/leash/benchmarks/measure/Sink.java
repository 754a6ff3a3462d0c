package org.leash.benchmarks.run;

import org.leash.benchmarks.csv.Row;

/** Where a fork's rows go as they come. */
interface Sink {
  void append(Row row);

  /** Something that did not go as planned. */
  void event(String kind, String subject, String detail);

  /** Says who is at work from now on: whom to blame if nothing more is heard. */
  void atWork(Contender.Identity identity);
}
