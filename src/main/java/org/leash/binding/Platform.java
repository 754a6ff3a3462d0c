package org.leash.binding;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The platforms that the native library is built for. */
enum Platform {
  X86_64("x86-64", 62, "amd64|x86_64"),
  AARCH64("aarch64", 183, "aarch64|arm64");

  private final String processor;
  private final int machine;
  private final String names;

  /**
   * A platform.
   *
   * @param machine {@code e_machine} of its ELF files
   * @param names regular expression of its names in {@code os.arch}
   */
  Platform(String processor, int machine, String names) {
    this.processor = processor;
    this.machine = machine;
    this.names = names;
  }

  /**
   * The platform of a JVM; empty if there is no native library for it.
   *
   * @param system its property {@code os.name}
   * @param architecture its property {@code os.arch}
   */
  static Optional<Platform> of(String system, String architecture) {
    return Arrays.stream(values())
        .filter(each -> system.equals("Linux"))
        .filter(each -> architecture.toLowerCase(Locale.ROOT).matches(each.names))
        .findFirst();
  }

  /** The folder of its files in the jar, beside the classes of this package. */
  String folder() {
    return "linux-" + name().toLowerCase(Locale.ROOT) + "/";
  }

  /** {@code e_machine} of its ELF files. */
  int machine() {
    return machine;
  }

  @Override
  public String toString() {
    return processor;
  }
}
