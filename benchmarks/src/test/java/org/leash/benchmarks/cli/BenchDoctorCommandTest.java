package org.leash.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.leash.benchmarks.machine.NoiseTrial;
import org.leash.binding.LeashLibrary;
import org.leash.environment.Finding;
import org.leash.environment.Finding.Severity;

final class BenchDoctorCommandTest {
  @BeforeEach
  void needTheLibrary() {
    assumeTrue(LeashLibrary.isLoaded(), LeashLibrary.unavailable());
  }

  @Test
  void inspectsEverything() {
    StringWriter out = new StringWriter();

    int exit = LeashBench.commandLine().setOut(new PrintWriter(out)).execute("doctor", "--quick");

    assertThat(exit).as(out.toString()).isZero();
    assertThat(out.toString())
        .contains("java ", "native library", "clock", "load", "gpu")
        .endsWith("this machine can measure\n");
  }

  @Test
  void everyProblemHasRemedy() {
    List<Finding> symptoms = NoiseTrial.symptoms(1);

    assertThat(symptoms)
        .extracting(Finding::subject)
        .containsExactly("read ×1", "copy ×1", "update ×1", "exp ×1", "a/a ×1");
    assertThat(symptoms)
        .allMatch(each -> (each.severity() == Severity.GOOD) == each.remedy().isEmpty());
    assertThat(symptoms.getLast().detail()).contains("against itself differs by");
  }
}
