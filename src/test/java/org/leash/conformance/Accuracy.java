package org.leash.conformance;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.leash.conformance.Subjects.Subject;

/** Tests of all operations of all variants against the reference, problem by problem. */
final class Accuracy {
  /** The latest problem: problems are too large to keep. */
  private static Problem current;

  private Accuracy() {}

  /** Tests every variant on one problem before the next problem is made. */
  static Stream<DynamicNode> cases(List<Spec> specs) {
    return cases(specs, Judge::judge);
  }

  static Stream<DynamicNode> cases(List<Spec> specs, BiConsumer<Subject, Problem> judge) {
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

  static void forgetProblem() {
    current = null;
  }

  private static Problem problem(Spec spec) {
    if (current == null || !current.spec.equals(spec)) {
      current = new Problem(spec);
    }
    return current;
  }
}
