package org.leash.benchmarks.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class RowTest {
  @Test
  void survivesSerialisation() {
    Row row =
        Row.of(RunTable.EVENTS)
            .set("kind", "a,b")
            .set("subject", "say \"no\"")
            .set("fork", 3)
            .set("detail", "first\nsecond\r\nthird");

    String line = row.toLine();

    assertThat(line).doesNotContain("\n");
    Row read = Row.parse(RunTable.EVENTS, line);
    assertThat(read.fields()).isEqualTo(row.fields());
    assertThat(read.get("subject")).isEqualTo("say \"no\"");
    assertThat(read.get("detail")).isEqualTo("first second third");
  }

  @Test
  void leavesNonFiniteNumbersEmpty() {
    Row row = Row.of(RunTable.RESULTS).set("center", Double.NaN).set("ci_hi", 1.5e-3);

    assertThat(row.get("center")).isEmpty();
    assertThat(row.get("ci_hi")).isEqualTo("0.0015");
    assertThat(row.get("ci_lo")).isEmpty();
  }

  @Test
  void rejectsUnknownColumns() {
    assertThatThrownBy(() -> Row.of(RunTable.ENV).set("colour", "red"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("colour")
        .hasMessageContaining("env.csv");
    assertThatThrownBy(() -> Row.parse(RunTable.ENV, "1,2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("env.csv");
  }
}
