package org.leash.benchmarks.peers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The versions that this was built with; asking a peer itself would load its native libraries. */
final class Versions {
  private Versions() {}

  static String of(String peer) {
    try (InputStream file = Versions.class.getResourceAsStream("versions.properties")) {
      Properties versions = new Properties();
      versions.load(file);
      return versions.getProperty(peer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
