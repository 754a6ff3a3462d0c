package org.leash.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DurableTest {
  @TempDir Path parent;

  private Stream<String> names() throws IOException {
    try (Stream<Path> files = Files.list(parent)) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    }
  }

  @Test
  void replacesAFileAndLeavesNoDraft() throws IOException {
    Path file = parent.resolve("a");
    Durable.write(file, "one");
    Durable.write(file, "two");
    assertThat(file).hasContent("two");
    assertThat(names()).containsExactly("a");
  }

  @Test
  void keepsTheOldFileWhenWritingFails() throws IOException {
    Path file = parent.resolve("a");
    Files.createDirectories(file.resolve("content"));
    assertThatThrownBy(() -> Durable.write(file, "text"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("cannot write " + file);
    assertThat(file.resolve("content")).exists();
    assertThat(names()).containsExactly("a");
  }

  @Test
  void namesTheReasonOfAFailure() {
    assertThatThrownBy(() -> Durable.write(parent.resolve("none/a"), "text"))
        .hasMessage("cannot write " + parent.resolve("none/a") + ": no such file or folder");
  }

  @Test
  void replacesAFolder() throws IOException {
    Path folder = parent.resolve("f");
    Durable.write(folder, draft -> Files.writeString(draft.resolve("one"), "1"));
    Durable.write(folder, draft -> Files.writeString(draft.resolve("two"), "2"));
    assertThat(folder.resolve("one")).doesNotExist();
    assertThat(folder.resolve("two")).hasContent("2");
    assertThat(names()).containsExactly("f");
  }

  @Test
  void sweepsOnlyRemnantsOfNamedFolders() throws IOException {
    for (String name : new String[] {"f-1.tmp", "f-2.old", "f-3", "g-1.tmp"}) {
      Files.createDirectories(parent.resolve(name).resolve("inner"));
    }
    Durable.sweep(parent, "f-[0-9]+");
    assertThat(names()).containsExactlyInAnyOrder("f-3", "g-1.tmp");
  }
}
