package org.leash.cli.samples;

import org.leash.analysis.Bootstrap;
import picocli.CommandLine.Option;

/** The options of bootstrap intervals. */
final class BootstrapOptions {
  @Option(
      names = "--draws",
      paramLabel = "N",
      defaultValue = "2000",
      description = "bootstrap draws of problems (default: ${DEFAULT-VALUE})")
  private int draws;

  @Option(
      names = "--level",
      paramLabel = "P",
      defaultValue = "0.95",
      description = "coverage of the intervals (default: ${DEFAULT-VALUE})")
  private double level;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "random seed of the draws (default: ${DEFAULT-VALUE})")
  private long seed;

  Bootstrap bootstrap() {
    return new Bootstrap(draws, level, seed);
  }
}
