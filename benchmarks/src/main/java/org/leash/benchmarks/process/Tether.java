package org.leash.benchmarks.process;

import java.io.IOException;

/**
 * Ends a fork when its parent ends, so that it does not disturb the next run. The parent never
 * writes to the fork's standard input, whose end is therefore the parent's.
 */
final class Tether {
  private static final int ORPHANED = 74;

  private Tether() {}

  /** Ties this process to its parent. */
  static void attach() {
    Thread.ofPlatform().daemon().start(Tether::awaitEnd);
  }

  private static void awaitEnd() {
    int read = 0;
    while (read >= 0) {
      try {
        read = System.in.read();
      } catch (IOException e) {
        read = -1;
      }
    }
    Runtime.getRuntime().halt(ORPHANED);
  }
}
