package org.leash.benchmarks.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeyTest {
  private static Key key(String column, String value) {
    List<String> values = new ArrayList<>(Key.COLUMNS);
    values.set(Key.COLUMNS.indexOf(column), value);
    return new Key(values);
  }

  @Test
  void identifiesEveryColumn() {
    String id = new Key(Key.COLUMNS).caseId();

    assertThat(id).matches("[0-9a-f]{12}");
    for (String column : Key.COLUMNS) {
      assertThat(key(column, "another").caseId()).as(column).isNotEqualTo(id);
    }
  }

  @Test
  void contendersOfCaseShareGroup() {
    String group = new Key(Key.COLUMNS).caseGroup();

    for (String column : List.of("variant", "impl", "role", "inplace")) {
      assertThat(key(column, "another").caseGroup()).as(column).isEqualTo(group);
    }
    for (String column : List.of("contract", "params", "dtype_in", "cols", "cache")) {
      assertThat(key(column, "another").caseGroup()).as(column).isNotEqualTo(group);
    }
  }

  @Test
  void isRestoredFromRow() {
    Key key = key("params", "malloc=tuned;threads=2");

    assertThat(Key.of(Row.of(RunTable.SAMPLES).set(key))).isEqualTo(key);
  }

  @Test
  void shapeIsEmptyWithoutMatrix() {
    assertThat(key("cols", "32768").shape()).isEqualTo("rows×32768");
    assertThat(key("cols", "0").shape()).isEmpty();
    assertThat(key("cols", "").shape()).isEmpty();
  }

  @Test
  void requiresExactColumns() {
    assertThatThrownBy(() -> new Key(List.of("a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("18");
    assertThatThrownBy(() -> new Key(Key.COLUMNS).get("colour"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("colour");
  }
}
