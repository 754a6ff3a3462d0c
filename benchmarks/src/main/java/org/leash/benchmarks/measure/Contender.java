package org.leash.benchmarks.measure;

import java.util.List;
import org.leash.benchmarks.csv.Sensors;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.plan.Identity;

/** An implementation that can be timed against others in a case. Used by one thread. */
public interface Contender extends AutoCloseable {

  Identity identity();

  /** Most launches between two calls of {@link #restore()}. */
  default int launchesPerBlock() {
    return Integer.MAX_VALUE;
  }

  /** Invalidates the outputs, so that only a launch can make them correct. Not timed. */
  void poison();

  /** Computes once; complete on return. */
  void launch();

  /** Restores the inputs that launches have overwritten. Not timed. */
  default void restore() {}

  /** Compares the outputs of the latest launch, before their restoration, with the reference. */
  List<Check> check();

  /** Duration of consecutive launches, in nanoseconds. */
  default double time(int launches) {
    long begin = System.nanoTime();
    for (int i = 0; i < launches; i++) {
      launch();
    }
    return System.nanoTime() - begin;
  }

  /** Readings of the device's sensors during the latest block. */
  default Sensors sensors() {
    return Sensors.NONE;
  }

  @Override
  default void close() {}
}
