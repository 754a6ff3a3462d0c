package org.leash.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.leash.benchmarks.csv.RunTable;

final class SlowedCloneTest {
  @Test
  void takesLongerUnderAnotherName() {
    SlowedClone clone = new SlowedClone(new FakeCase.Fake("a", 2e5), SlowedClone.parse("a:50"));
    SlowedClone equal = new SlowedClone(new FakeCase.Fake("b", 2e5), SlowedClone.parse("b:0"));

    FakeCase openCase = new FakeCase().with(clone).with(equal).play();

    assertThat(openCase.rows(RunTable.SAMPLES, "a.clone"))
        .isNotEmpty()
        .allMatch(row -> row.number("time_ns") >= 3e5);
    assertThat(openCase.rows(RunTable.SAMPLES, "b.clone"))
        .isNotEmpty()
        .allMatch(row -> row.number("time_ns") == 2e5);
  }

  @Test
  void explainsSyntax() {
    assertThatThrownBy(() -> SlowedClone.parse("native-avx2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("VARIANT:PERCENT");
  }
}
