package org.leash.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.leash.files.TextTable.Cell;

final class TextTableTest {
  @Test
  void alignsColumnsByCodePointsAndIgnoresStyles() {
    TextTable table = new TextTable();
    table.line(List.of(Cell.left("name"), Cell.right("n")));
    table.line(List.of(new Cell("𝔸", false, text -> "<b>" + text + "</b>"), Cell.right("10")));
    table.line(List.of(Cell.left("longer"), Cell.right("1"), Cell.left("")));
    assertThat(table.width()).isEqualTo(6 + 2 + 2 + 2);
    assertThat(table.render()).isEqualTo("name     n\n<b>𝔸</b>       10\nlonger   1\n");
  }
}
