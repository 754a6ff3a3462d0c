package org.leash.benchmarks.run;

import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** Where a fork's contests take place: sets them up one after another. Used by one thread. */
interface Stage extends AutoCloseable {

  /** Measures what the machine can do at most. */
  void measureCeilings(Fork fork, Sink sink);

  /**
   * Sets up an entry of the plan; what it shares with the one before is kept.
   *
   * @param chosen which variants and peers take part, by name
   * @param skipped is told which were left out, and why
   * @return empty where nobody can take part
   */
  Optional<Contest> open(
      Plan.Entry entry, Predicate<String> chosen, BiConsumer<String, String> skipped);

  @Override
  void close();
}
