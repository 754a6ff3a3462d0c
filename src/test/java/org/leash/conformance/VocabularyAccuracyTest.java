package org.leash.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.leash.device.DType;

/** All vocabularies and distributions, every dtype and variant, against the reference. */
final class VocabularyAccuracyTest {
  private static final boolean SMALL = Subjects.areShapesSmall();
  private static final int[] VOCABULARIES =
      SMALL
          ? new int[] {1, 2, 33, 668, 2053, 4099}
          : new int[] {
            1, 2, 31, 33, 192, 668, 1128, 2053, 4096, 4097, 8192, 32000, 50257, 128256, 131072,
            151936, 152064, 256000, 262144
          };
  private static final int LONG_ROW = SMALL ? 600 : 40000;

  @AfterAll
  static void forgetProblem() {
    Accuracy.forgetProblem();
  }

  @TestFactory
  Stream<DynamicNode> vocabulariesAndDistributions() {
    List<Spec> specs = new ArrayList<>();
    for (DType dtype : DType.values()) {
      for (int i = 0; i < VOCABULARIES.length; i++) {
        int vocab = VOCABULARIES[i];
        List<Distribution> distributions = vocab < LONG_ROW ? Distribution.ALL : everyThird(i % 3);
        specs.add(
            Spec.of(dtype, distributions.size(), vocab, distributions)
                .withPolicy(i)
                .withPadding(i % 3));
      }
    }
    return Accuracy.cases(specs);
  }

  private static List<Distribution> everyThird(int start) {
    List<Distribution> some = new ArrayList<>();
    for (int i = start; i < Distribution.ALL.size(); i += 3) {
      some.add(Distribution.ALL.get(i));
    }
    return some;
  }
}
