package org.leash.benchmarks.jmh;

import org.leash.benchmarks.plan.Contract;
import org.openjdk.jmh.annotations.Benchmark;

/** Gradient with respect to the logits, from those with respect to log-probability and entropy. */
public class LogitsGradientBenchmark extends OperationBenchmark {

  /** For JMH. */
  public LogitsGradientBenchmark() {
    super(Contract.LOGITS_GRADIENT);
  }

  /** All rows once. */
  @Benchmark
  public void logitsGradient() {
    launch();
  }
}
