package org.leash.training.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.files.BadFileException;

final class JournalTest {
  private static final Map<String, Object> WORK = Map.of("steps", 3);

  @TempDir Path folder;

  private Path file;

  @BeforeEach
  void twoPieces() throws IOException {
    file = folder.resolve("journal.jsonl");
    try (Journal<String> journal = open(WORK, false)) {
      journal.append("one");
      journal.append("zwö\nlf");
    }
  }

  private Journal<String> open(Map<String, Object> work, boolean resume) throws IOException {
    return Journal.open(
        folder, work, resume, piece -> Map.of("piece", piece), json -> json.get("piece").text());
  }

  @Test
  void returnsFinishedPieces() throws IOException {
    try (Journal<String> journal = open(WORK, true)) {
      assertThat(journal.found()).containsExactly("one", "zwö\nlf");
      journal.append("three");
    }
    try (Journal<String> journal = open(WORK, true)) {
      assertThat(journal.found()).hasSize(3);
    }
  }

  /** At every byte that a process may have been killed at. */
  @Test
  void dropsATornLine() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length <= whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      long lines = new String(whole, 0, length, StandardCharsets.UTF_8).lines().count();
      boolean ended = length > 0 && whole[length - 1] == '\n';
      try (Journal<String> journal = open(WORK, true)) {
        assertThat(journal.found()).hasSize((int) Math.max(0, ended ? lines - 1 : lines - 2));
        journal.append("next");
      }
      try (Journal<String> journal = open(WORK, true)) {
        assertThat(journal.found()).endsWith("next");
      }
    }
  }

  @Test
  void rejectsOtherWorkAndUnrequestedResume() {
    assertThatThrownBy(() -> open(Map.of("steps", 4), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("steps = 3, not 4");
    assertThatThrownBy(() -> open(WORK, false))
        .hasMessageContaining("holds a run; resume it or use another folder");
  }

  @Test
  void namesTheDamagedLine() throws IOException {
    Files.writeString(file, "{}\n", StandardOpenOption.APPEND);
    assertThatThrownBy(() -> open(WORK, true))
        .isInstanceOf(BadFileException.class)
        .hasMessageContaining("journal.jsonl:4: has no 'piece'");
    Files.write(file, new byte[] {(byte) 0xff, '\n'});
    assertThatThrownBy(() -> open(WORK, true))
        .isInstanceOf(BadFileException.class)
        .hasMessageContaining("journal.jsonl:1: not JSON");
  }

  @Test
  void rejectsASecondUser() throws IOException {
    try (Journal<String> journal = open(WORK, true)) {
      assertThatThrownBy(() -> open(WORK, true)).hasMessageContaining("is in use");
      assertThat(journal.found()).hasSize(2);
    }
  }
}
