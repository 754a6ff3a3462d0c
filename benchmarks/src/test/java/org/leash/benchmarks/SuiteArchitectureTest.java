package org.leash.benchmarks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rules for the packages of the benchmarks. */
final class SuiteArchitectureTest {
  private static final String ROOT = "org.leash.benchmarks";
  private static final int MOST_CLASSES = 15;

  private static JavaClasses benchmarks;

  @BeforeAll
  static void importClasses() {
    // Rules need the names of classes outside of the benchmarks, not their contents.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    benchmarks =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);
  }

  @Test
  void callsNativeCodeThroughTheLibraryAlone() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.leash.binding.generated..")
        .check(benchmarks);
  }

  /** References are computed where inputs and expected outputs are made. */
  @Test
  void onlyInputsDependOnTheReference() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".input..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.leash.reference..")
        .check(benchmarks);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(benchmarks);
  }

  @Test
  void packagesAreSmall() {
    assertThat(
            benchmarks.stream()
                .filter(each -> each.isTopLevelClass())
                .filter(each -> !each.getSimpleName().equals("package-info"))
                // JMH generates classes for its benchmarks.
                .filter(each -> !each.getPackageName().endsWith(".jmh_generated"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()))
                .entrySet()
                .stream()
                .filter(entry -> entry.getValue() > MOST_CLASSES))
        .as("packages of more than %d classes", MOST_CLASSES)
        .isEmpty();
  }
}
