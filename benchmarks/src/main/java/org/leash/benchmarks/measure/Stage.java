package org.leash.benchmarks.measure;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.leash.benchmarks.plan.Case;

/** Sets up the cases of a fork, one after another. Used by one thread. */
public interface Stage extends AutoCloseable {

  /**
   * Measures the ceilings of the device.
   *
   * @param threads thread counts, for a CPU
   */
  void measureCeilings(int fork, List<Integer> threads, Sink sink);

  /**
   * Opens a case, which shares what it can with the previous one.
   *
   * @param chosen selects variants and peers by name
   * @param skipped receives the name and the reason of each contender that cannot run; "all" for
   *     all of them
   * @return empty if no contender can run
   */
  Optional<OpenCase> open(
      Case theCase, Predicate<String> chosen, BiConsumer<String, String> skipped);

  @Override
  void close();
}
