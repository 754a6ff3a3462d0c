package org.leash.benchmarks.run;

import java.io.IOException;

/**
 * Ends a fork when its parent ends, however that ends: nobody writes to the fork's standard input,
 * so that its end is the parent's. A fork that nobody listens to would disturb the next run.
 */
public final class Tether {
  private static final int ORPHANED = 74;

  private Tether() {}

  /** Ties this process to its parent. */
  public static void attach() {
    Thread.ofPlatform().daemon().start(Tether::waitForTheEnd);
  }

  private static void waitForTheEnd() {
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
