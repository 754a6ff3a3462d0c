package org.leash.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.leash.device.DType;

/** From zero to tens of thousands of rows, every dtype and variant, against the reference. */
final class RowCountAccuracyTest {
  private static final boolean SMALL = Subjects.areShapesSmall();
  private static final int[] NUMBERS_OF_ROWS =
      SMALL ? new int[] {0, 1, 9} : new int[] {0, 1, 77, 289};
  private static final int MANY_ROWS = SMALL ? 300 : 65537;

  @AfterAll
  static void forgetProblem() {
    Accuracy.forgetProblem();
  }

  @TestFactory
  Stream<DynamicNode> numbersOfRows() {
    List<Spec> specs = new ArrayList<>();
    for (DType dtype : DType.values()) {
      for (int rows : NUMBERS_OF_ROWS) {
        for (int vocab : new int[] {1, 33, 1000}) {
          specs.add(Spec.of(dtype, rows, vocab, Distribution.ALL).withPolicy(rows).withPadding(5));
        }
      }
      specs.add(Spec.of(dtype, MANY_ROWS, 7, Distribution.ALL));
    }
    return Accuracy.cases(specs);
  }
}
