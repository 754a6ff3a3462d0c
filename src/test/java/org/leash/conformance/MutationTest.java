package org.leash.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.leash.conformance.Subjects.Subject;
import org.leash.conformance.Trial.Policy;
import org.leash.device.DType;
import org.leash.loss.Kl;
import org.leash.loss.LossCopy;
import org.leash.loss.Surrogate;
import org.leash.operation.Operation;
import org.leash.reference.RowReference.Row;

/**
 * The accuracy checks detect a mistake in any formula of a policy loss: every {@linkplain Mutant
 * mutant} of the library's copy fails against the reference, and all variants fail against every
 * mutant of the reference.
 */
class MutationTest {
  private final List<Problem> problems =
      LossAccuracyTest.specs().stream().map(Problem::new).toList();

  @Test
  void acceptsUnmutatedCopies() {
    assertThat(isAccepted(new LossFormula(LossCopy.LIBRARY))).isTrue();
    assertThat(isAccepted(reloaded(LossCopy.LIBRARY, null))).isTrue();
    assertThat(isAccepted(reloaded(LossCopy.REFERENCE, null))).isTrue();
  }

  /** These include SAPO with twice its slope, and exchanged bounds. */
  @Test
  void rejectsEveryMutantOfLibrary() {
    Stream<Class<?>> constants =
        Stream.<Enum<?>[]>of(Surrogate.values(), Kl.values())
            .flatMap(Stream::of)
            .<Class<?>>map(Enum::getClass);
    List<Mutant> mutants =
        Stream.concat(
                constants,
                classes("org.leash.loss", "LogRatio", "TokenLoss", "Surrogate", "Kl", "Rollout"))
            .flatMap(type -> Mutant.of(type).stream())
            // Keeps sums over responses finite, and changes the loss of no token: ObjectiveTest.
            .filter(mutant -> !mutant.what().contains("LogRatio.finite"))
            .toList();
    assertThat(mutants).hasSizeGreaterThan(100);
    LossFormula library = new LossFormula(LossCopy.LIBRARY);
    assertThat(mutants)
        .filteredOn(
            mutant -> {
              Formula formula = reloaded(LossCopy.LIBRARY, mutant);
              return problems.stream()
                  .filter(problem -> differs(problem, formula, library))
                  .allMatch(problem -> isAccepted(problem, formula));
            })
        .extracting(Mutant::what)
        .as("mistakes in the library that its accuracy check does not see")
        .isEmpty();
  }

  @Test
  void rejectsEveryVariantAgainstMutantReference() {
    List<Mutant> mutants =
        classes("org.leash.reference", "Dual", "PolicyReference")
            .flatMap(type -> Mutant.of(type).stream())
            .toList();
    assertThat(mutants).hasSizeGreaterThan(100);
    List<Subject> subjects =
        Subjects.all().stream()
            .filter(
                subject ->
                    subject.takes(
                        Operation.POLICY_GRADIENT, DType.F32, problems.get(0).spec.vocab()))
            .toList();
    Map<Subject, List<Policy>> results = new LinkedHashMap<>();
    for (Subject subject : subjects) {
      List<Policy> policies = problems.stream().map(problem -> run(subject, problem)).toList();
      for (int i = 0; i < problems.size(); i++) {
        assertThat(isAccepted(subject, problems.get(i), policies.get(i)))
            .as("%s as it is", subject)
            .isTrue();
      }
      results.put(subject, policies);
    }
    List<String> survivors = new ArrayList<>();
    LossFormula reference = new LossFormula(LossCopy.REFERENCE);
    for (Mutant mutant : mutants) {
      Formula formula = reloaded(LossCopy.REFERENCE, mutant);
      Set<Subject> accepted = new LinkedHashSet<>(subjects);
      for (int i = 0; i < problems.size() && !accepted.isEmpty(); i++) {
        if (differs(problems.get(i), formula, reference)) {
          Problem mutated = problems.get(i).withReference(formula);
          int number = i;
          accepted.removeIf(
              subject -> !isAccepted(subject, mutated, results.get(subject).get(number)));
        }
      }
      accepted.forEach(subject -> survivors.add(subject + " by " + mutant.what()));
    }
    assertThat(survivors)
        .as("mistakes in the reference that the accuracy check of a variant does not see")
        .isEmpty();
  }

  /** Classes by name, as not all of them are public. */
  private static Stream<Class<?>> classes(String packageName, String... names) {
    return Stream.of(names).map(name -> Mutant.type(packageName + "." + name));
  }

  private static Policy run(Subject subject, Problem problem) {
    try (Trial trial = new Trial(subject, problem)) {
      return trial.policyGradient(false);
    }
  }

  private boolean isAccepted(Formula formula) {
    return problems.stream().allMatch(problem -> isAccepted(problem, formula));
  }

  private static boolean isAccepted(Problem problem, Formula formula) {
    return passes(() -> Judge.judge(Subjects.all().get(0), problem, results(problem, formula)));
  }

  private static boolean isAccepted(Subject subject, Problem problem, Policy results) {
    return passes(() -> Judge.judge(subject, problem, results));
  }

  /** Whether a mutant gives any other result than the original, or none. */
  private static boolean differs(Problem problem, Formula mutant, Formula original) {
    return !passes(
        () -> {
          for (int r = 0; r < problem.spec.rows(); r++) {
            if (!Arrays.equals(problem.outcome(mutant, r), problem.outcome(original, r))) {
              throw new AssertionError("row " + r);
            }
          }
        });
  }

  /** Formulas that throw count as failures. */
  private static boolean passes(Runnable check) {
    try {
      check.run();
      return true;
    } catch (AssertionError | RuntimeException | StackOverflowError e) {
      return false;
    }
  }

  /** The results of a kernel with this loss. */
  private static Policy results(Problem problem, Formula formula) {
    int rows = problem.spec.rows();
    int vocab = problem.spec.vocab();
    Policy results =
        new Policy(
            new float[rows],
            new float[rows],
            new float[rows],
            new float[rows],
            new float[rows],
            new byte[rows],
            new float[rows * vocab]);
    for (int r = 0; r < rows; r++) {
      Row row = problem.row(r);
      double[] outcome = problem.outcome(formula, r);
      results.loss()[r] = (float) outcome[0];
      results.logprob()[r] = (float) row.logprob(problem.targets[r]);
      results.entropy()[r] = (float) row.entropy();
      results.ratio()[r] = (float) outcome[1];
      results.kl()[r] = (float) outcome[2];
      results.flags()[r] = (byte) outcome[3];
      double[] gradient = row.gradient(problem.targets[r], outcome[4], outcome[5], 0.0);
      for (int j = 0; j < vocab; j++) {
        results.gradient()[r * vocab + j] = (float) gradient[j];
      }
    }
    return results;
  }

  /** A copy of the loss with freshly loaded classes, one of them mutated. */
  private static Formula reloaded(LossCopy copy, Mutant mutant) {
    try {
      ClassLoader loader = new Reloading(mutant);
      Class<?> copies = loader.loadClass(LossCopy.class.getName());
      Object named =
          Stream.of(copies.getEnumConstants())
              .filter(each -> each.toString().equals(copy.name()))
              .findFirst()
              .orElseThrow();
      var constructor =
          loader.loadClass(LossFormula.class.getName()).getDeclaredConstructor(copies);
      constructor.setAccessible(true);
      return (Formula) constructor.newInstance(named);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("cannot reload the loss", e);
    }
  }

  /** Defines the copies of the loss, and delegates all other classes to the test's class loader. */
  private static final class Reloading extends ClassLoader {
    private final Mutant mutant;

    Reloading(Mutant mutant) {
      super(MutationTest.class.getClassLoader());
      this.mutant = mutant;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!isReloaded(name)) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      byte[] bytes =
          mutant != null && mutant.name().equals(name)
              ? mutant.bytes()
              : Mutant.bytes(Class.forName(name, false, getParent()));
      return defineClass(name, bytes, 0, bytes.length);
    }

    private static boolean isReloaded(String name) {
      return name.startsWith("org.leash.loss.")
          || name.startsWith("org.leash.reference.")
          || name.equals(Policies.class.getName())
          || name.equals(LossFormula.class.getName());
    }
  }
}
