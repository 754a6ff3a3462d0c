package org.leash.conformance;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.leash.conformance.Spec.Temperatures;
import org.leash.conformance.Subjects.Subject;
import org.leash.device.DType;

/** All operations, variants, types, shapes, distributions and options against the reference. */
class AccuracyTest {
  private static final boolean SMALL = Subjects.areShapesSmall();
  private static final int[] VOCABULARIES =
      SMALL
          ? new int[] {1, 2, 33, 668, 2053, 4099}
          : new int[] {
            1, 2, 31, 33, 192, 668, 1128, 2053, 4096, 4097, 8192, 32000, 50257, 128256, 131072,
            151936, 152064, 256000, 262144
          };
  private static final int[] NUMBERS_OF_ROWS =
      SMALL ? new int[] {0, 1, 9} : new int[] {0, 1, 77, 289};
  private static final int[] VOCABULARIES_OF_OPTIONS =
      SMALL ? new int[] {3, 257, 2500} : new int[] {3, 257, 4099, 9001};
  private static final int LONG_ROW = SMALL ? 600 : 40000;
  private static final int MANY_ROWS = SMALL ? 300 : 65537;

  /** The problem that variants are held against at the moment: they are too large to keep. */
  private static Problem current;

  @AfterAll
  static void forget() {
    current = null;
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
    return cases(specs);
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
    return cases(specs);
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
    return cases(specs);
  }

  /** Every policy on enough rows for its tokens to meet every case of the loss. */
  @TestFactory
  Stream<DynamicNode> losses() {
    return cases(specsOfLosses(), Judge::judgeLoss);
  }

  static List<Spec> specsOfLosses() {
    return IntStream.range(0, Policies.COUNT)
        .mapToObj(
            policy ->
                Spec.of(DType.F32, 160, 7, Distribution.OF_LOSSES)
                    .withPolicy(policy)
                    .withSeed(policy))
        .toList();
  }

  private static int rowsOfOptions() {
    return SMALL ? 6 : 2 * Distribution.ALL.size();
  }

  private static List<Distribution> everyThird(int start) {
    List<Distribution> some = new ArrayList<>();
    for (int i = start; i < Distribution.ALL.size(); i += 3) {
      some.add(Distribution.ALL.get(i));
    }
    return some;
  }

  /** One problem after the other; for each of them, all variants. */
  private static Stream<DynamicNode> cases(List<Spec> specs) {
    return cases(specs, Judge::judge);
  }

  private static Stream<DynamicNode> cases(List<Spec> specs, BiConsumer<Subject, Problem> judge) {
    return specs.stream()
        .map(
            spec -> {
              Stream<DynamicNode> tests =
                  Subjects.all().stream()
                      .map(
                          subject ->
                              dynamicTest(
                                  subject.toString(), () -> judge.accept(subject, problem(spec))));
              return dynamicContainer(spec.toString(), tests);
            });
  }

  private static Problem problem(Spec spec) {
    if (current == null || !current.spec.equals(spec)) {
      current = new Problem(spec);
    }
    return current;
  }
}
