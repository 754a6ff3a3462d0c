package org.leash.training.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.files.BadFileException;

final class RunMetricsTest {
  @TempDir Path folder;

  private RunMetrics read(String metrics) throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"task\":\"rare-modes\"}");
    Files.writeString(folder.resolve("metrics.jsonl"), metrics);
    return RunMetrics.read(folder);
  }

  @Test
  void readsMetricsAndIgnoresATornLastLine() throws IOException {
    RunMetrics run =
        read(
            "{\"step\":0,\"data\":{\"a\":1,\"b\":null}}\n{\"step\":3,\"event\":\"resume\"}\n"
                + "{\"step\":4,\"data\":{\"a\":0.5}}\n{\"step\":5,\"da");
    assertThat(run.figure("a")).containsEntry(0, 1.0).containsEntry(4, 0.5).hasSize(2);
    assertThat(run.figure("b")).isEmpty();
    assertThat(run.config()).containsEntry("task", "rare-modes");
  }

  @Test
  void namesTheInvalidLine() {
    for (String line : new String[] {"nonsense", "[1]", "{}", "{\"step\":-1}", "{\"step\":1e3}"}) {
      assertThatThrownBy(() -> read("{\"step\":0,\"data\":{}}\n" + line + "\n{\"step\":2}\n"))
          .isInstanceOf(BadFileException.class)
          .hasMessageContaining("metrics.jsonl:2");
    }
  }
}
