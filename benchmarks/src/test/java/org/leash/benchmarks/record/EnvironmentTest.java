package org.leash.benchmarks.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.record.Environment.Scope;

final class EnvironmentTest {
  private static Environment environment(String... keysAndValues) {
    return Environment.of(
        IntStream.range(0, keysAndValues.length / 2)
            .mapToObj(
                i ->
                    Row.of(RunTable.ENV)
                        .set("key", keysAndValues[2 * i])
                        .set("value", keysAndValues[2 * i + 1]))
            .toList());
  }

  private final Environment one =
      environment("cpu.name", "A", "git.commit", "1", "load1.start", "0.1", "plan.forks", "5");

  @Test
  void fingerprintCoversPlatformOnly() {
    Environment later =
        environment("git.commit", "2", "load1.start", "3", "cpu.name", "A", "run.argv", "x");

    assertThat(later.fingerprint()).isEqualTo(one.fingerprint()).matches("[0-9a-f]{12}");
    assertThat(environment("cpu.name", "B").fingerprint()).isNotEqualTo(one.fingerprint());
  }

  @Test
  void listsDifferences() {
    Environment other =
        environment("cpu.name", "B", "git.commit", "2", "cpu.governor", "powersave");

    List<Environment.Difference> differences = one.differences(other, Scope.PLATFORM, Scope.PLAN);

    assertThat(differences)
        .extracting(Object::toString)
        .containsExactly(
            "cpu.governor: absent here, 'powersave' there",
            "cpu.name: 'A' here, 'B' there",
            "plan.forks: '5' here, absent there");
  }
}
