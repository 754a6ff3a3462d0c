package org.leash.loss;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.leash.loss.preset.Preset;

/** The table of sources in the documentation lists every preset. */
final class PresetSourceTest {

  @Test
  void everyPresetHasSource() throws IOException {
    String table = Files.readString(Path.of("main/java/org/leash/loss/preset/Preset.java"));
    table = table.substring(0, table.indexOf("</table>"));
    for (Preset preset : Preset.all()) {
      assertThat(table).containsPattern("<td>([^<]*, )?" + Pattern.quote(preset.name()) + "[,<]");
    }
    assertThat(Preset.all().stream().map(Preset::name)).doesNotHaveDuplicates();
  }
}
