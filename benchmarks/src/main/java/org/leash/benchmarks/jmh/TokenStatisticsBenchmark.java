package org.leash.benchmarks.jmh;

import org.leash.benchmarks.plan.Contract;
import org.openjdk.jmh.annotations.Benchmark;

/** Log-probability of the sampled token, and entropy. */
public class TokenStatisticsBenchmark extends OperationBenchmark {

  /** For JMH. */
  public TokenStatisticsBenchmark() {
    super(Contract.TOKEN_STATISTICS);
  }

  /** All rows once. */
  @Benchmark
  public void tokenStatistics() {
    launch();
  }
}
