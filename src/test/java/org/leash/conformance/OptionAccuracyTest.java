package org.leash.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.leash.conformance.Spec.Temperatures;
import org.leash.conformance.Subjects.Subject;
import org.leash.device.DType;

/**
 * Policies, temperatures, masks, stray targets and padding, in every dtype, by every variant
 * against the reference.
 */
final class OptionAccuracyTest {
  private static final boolean SMALL = Subjects.areShapesSmall();
  private static final int[] VOCABULARIES_OF_OPTIONS =
      SMALL ? new int[] {3, 257, 2500} : new int[] {3, 257, 4099, 9001};

  @AfterAll
  static void forgetProblem() {
    Accuracy.forgetProblem();
  }

  @TestFactory
  Stream<DynamicNode> options() {
    List<Spec> specs = new ArrayList<>();
    for (DType dtype : DType.values()) {
      for (int vocab : VOCABULARIES_OF_OPTIONS) {
        // Every policy at one length, and one at the others.
        int policies = vocab == 257 ? Policies.COUNT : 1;
        for (int i = 0; i < policies; i++) {
          Spec plain = Spec.of(dtype, rowsOfOptions(), vocab, Distribution.ALL).withPolicy(i);
          specs.add(plain.withTemperatures(Temperatures.CALL));
          specs.add(plain.withTemperatures(Temperatures.ROWS).withMask().withPadding(1));
          specs.add(plain.withTemperatures(Temperatures.ROWS_SOME_BAD).withPadding(64));
          specs.add(plain.withStrayTargets().withPadding(3));
          specs.add(
              plain
                  .withTemperatures(Temperatures.ROWS_SOME_BAD)
                  .withMask()
                  .withStrayTargets()
                  .withPadding(7));
        }
      }
    }
    return Accuracy.cases(specs, OptionAccuracyTest::judge);
  }

  /** Policies share their inputs, of which only policy_gradient sees the policy. */
  private static void judge(Subject subject, Problem problem) {
    if (problem.spec.policy() == 0) {
      Judge.judge(subject, problem);
    } else {
      Judge.judgeLoss(subject, problem);
    }
  }

  private static int rowsOfOptions() {
    return SMALL ? 6 : 2 * Distribution.ALL.size();
  }
}
