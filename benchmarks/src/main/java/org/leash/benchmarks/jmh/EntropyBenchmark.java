package org.leash.benchmarks.jmh;

import org.leash.benchmarks.plan.Contract;
import org.openjdk.jmh.annotations.Benchmark;

/** Entropy of every row. */
public class EntropyBenchmark extends OperationBenchmark {

  /** For JMH. */
  public EntropyBenchmark() {
    super(Contract.ENTROPY);
  }

  /** All rows once. */
  @Benchmark
  public void entropy() {
    launch();
  }
}
