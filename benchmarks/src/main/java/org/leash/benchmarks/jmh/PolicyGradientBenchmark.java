package org.leash.benchmarks.jmh;

import org.leash.benchmarks.plan.Contract;
import org.openjdk.jmh.annotations.Benchmark;

/** Loss, log-probability, entropy, and the gradient with respect to the logits. */
public class PolicyGradientBenchmark extends OperationBenchmark {

  /** For JMH. */
  public PolicyGradientBenchmark() {
    super(Contract.POLICY_GRADIENT);
  }

  /** All rows once. */
  @Benchmark
  public void policyGradient() {
    launch();
  }
}
