package org.leash.conformance;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.leash.device.DType;

/** Every policy and variant against the reference, on tokens that cover every case of the loss. */
final class LossAccuracyTest {

  @AfterAll
  static void forgetProblem() {
    Accuracy.forgetProblem();
  }

  @TestFactory
  Stream<DynamicNode> losses() {
    return Accuracy.cases(specs(), Judge::judgeLoss);
  }

  static List<Spec> specs() {
    return IntStream.range(0, Policies.COUNT)
        .mapToObj(
            policy ->
                Spec.of(DType.F32, 160, 7, Distribution.OF_LOSSES)
                    .withPolicy(policy)
                    .withSeed(policy))
        .toList();
  }
}
