package org.leash;

import static com.tngtech.archunit.base.DescribedPredicate.doNot;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules for the library's packages. */
final class ArchitectureTest {
  private static final String ROOT = "org.leash";
  private static final String GENERATED = ROOT + ".binding.generated";
  private static final int MOST_CLASSES = 15;

  /** From the top down: a package depends on none above it. */
  private static final List<String> LAYERS =
      List.of(
          "cli",
          "training",
          "samples",
          "analysis",
          "report",
          "kernel",
          "operation",
          "loss",
          "environment",
          "device",
          "files",
          "binding");

  private static JavaClasses library;

  @BeforeAll
  static void importClasses() {
    // Rules need the names of classes outside of the library, not their contents.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    library =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT)
            .that(doNot(resideInAPackage(ROOT + ".benchmarks..")));
  }

  static IntStream layers() {
    return IntStream.range(1, LAYERS.size());
  }

  @ParameterizedTest
  @MethodSource("layers")
  void dependsOnNoLayerAbove(int layer) {
    noClasses()
        .that(resideInAPackage(packages(LAYERS.get(layer))))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            LAYERS.subList(0, layer).stream()
                .map(ArchitectureTest::packages)
                .toArray(String[]::new))
        .check(library);
  }

  private static String packages(String layer) {
    return ROOT + "." + layer + "..";
  }

  @Test
  void everyPackageHasALayer() {
    Set<String> packages = new TreeSet<>();
    for (JavaClass each : library) {
      if (!each.getPackageName().equals(ROOT)) {
        packages.add(each.getPackageName().substring(ROOT.length() + 1).replaceAll("\\..*", ""));
      }
    }
    List<String> known = new ArrayList<>(LAYERS);
    known.add("reference");
    assertThat(packages).containsExactlyInAnyOrderElementsOf(known);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(library);
  }

  /** It is the measure of the other packages, in tests and in the checks of benchmarks. */
  @Test
  void nothingDependsOnTheReference() {
    noClasses()
        .that(doNot(resideInAPackage(packages("reference"))))
        .should()
        .dependOnClassesThat(resideInAPackage(packages("reference")))
        .check(library);
  }

  @Test
  void onlyTheBindingKnowsForeignFunctions() {
    noClasses()
        .that(doNot(resideInAPackage(packages("binding"))))
        .should()
        .dependOnClassesThat(
            resideInAPackage("java.lang.foreign")
                .and(
                    doNot(
                        belongToAnyOf(
                            MemorySegment.class,
                            MemorySegment.Scope.class,
                            MemorySegment[].class,
                            Arena.class))))
        .check(library);
  }

  @Test
  void packagesAreSmall() {
    assertThat(
            library.stream()
                .filter(each -> !each.getPackageName().equals(GENERATED))
                .filter(each -> each.isTopLevelClass())
                .filter(each -> !each.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()))
                .entrySet()
                .stream()
                .filter(entry -> entry.getValue() > MOST_CLASSES))
        .as("packages of more than %d classes", MOST_CLASSES)
        .isEmpty();
  }
}
