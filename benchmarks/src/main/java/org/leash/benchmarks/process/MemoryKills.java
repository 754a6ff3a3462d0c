package org.leash.benchmarks.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Linux's count of processes that it killed for lack of memory. */
final class MemoryKills {
  private static final Path COUNTERS = Path.of("/proc/vmstat");
  private static final String NAME = "oom_kill ";

  private MemoryKills() {}

  /** The count since the system was started; 0 if unknown. */
  static long count() {
    try (var lines = Files.lines(COUNTERS)) {
      return lines
          .filter(line -> line.startsWith(NAME))
          .mapToLong(line -> Long.parseLong(line.substring(NAME.length()).strip()))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
