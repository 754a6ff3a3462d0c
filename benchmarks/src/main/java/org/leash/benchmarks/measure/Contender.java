package org.leash.benchmarks.run;

import java.util.List;
import org.leash.benchmarks.data.Sensors;
import org.leash.benchmarks.input.Check;

/** Something that can be timed against others at the same contest. Used by one thread. */
public interface Contender extends AutoCloseable {

  /** What a contender is to a comparison. */
  enum Role {
    CANDIDATE,
    /** What the others are compared with. */
    BASELINE,
    /** Someone else's implementation. */
    PEER,
    /** A candidate once more: the difference to itself is the noise of the run. */
    NULL
  }

  /**
   * Who computes.
   *
   * @param variant the name in tables
   * @param impl the kind of implementation: c_cpu, java_vector, java_scalar, or the peer's name
   */
  record Identity(String variant, String impl, Role role) {}

  Identity identity();

  /** How many launches may follow each other before {@link #restore()}. */
  default int launchesPerBlock() {
    return Integer.MAX_VALUE;
  }

  /** Spoils the outputs, so that only a launch can make them right again. Not timed. */
  void poison();

  /** Computes once; complete on return. */
  void launch();

  /** Makes good inputs of those that launches have overwritten. Not timed. */
  default void restore() {}

  /**
   * Compares what the latest launch computed, which must not have been restored since, with the
   * reference.
   */
  List<Check> check();

  /** Total time of some launches in a row, in nanoseconds. */
  default double time(int launches) {
    long begin = System.nanoTime();
    for (int i = 0; i < launches; i++) {
      launch();
    }
    return System.nanoTime() - begin;
  }

  /** What the device said of itself while the latest block ran. */
  default Sensors sensors() {
    return Sensors.NONE;
  }

  @Override
  default void close() {}
}
