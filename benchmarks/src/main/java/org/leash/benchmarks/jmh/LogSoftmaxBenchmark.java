package org.leash.benchmarks.jmh;

import org.leash.benchmarks.plan.Contract;
import org.openjdk.jmh.annotations.Benchmark;

/** Log-probabilities of every token. */
public class LogSoftmaxBenchmark extends OperationBenchmark {

  /** For JMH. */
  public LogSoftmaxBenchmark() {
    super(Contract.LOG_SOFTMAX);
  }

  /** All rows once. */
  @Benchmark
  public void logSoftmax() {
    launch();
  }
}
