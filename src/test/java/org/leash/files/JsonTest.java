package org.leash.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {
  private static final String TEXT =
      """
      {"name": "a",
       "list": [1, -2.5, true, null, {"deep": [7]}],
       "big": 99999999999999999999}
      """;

  @TempDir Path folder;

  private Json read(String text) throws IOException {
    Path file = folder.resolve("x.json");
    Files.writeString(file, text);
    return Json.read(file);
  }

  @Test
  void readsEveryKindOfValue() throws IOException {
    Json json = read(TEXT);
    List<Json> list = json.get("list").list();
    assertThat(json.get("name").text()).isEqualTo("a");
    assertThat(list.get(0).natural(1)).isEqualTo(1);
    assertThat(list.get(1).number()).isEqualTo(-2.5);
    assertThat(list.get(2).truth()).isTrue();
    assertThat(list.get(3).isNull()).isTrue();
    assertThat(list.get(4).get("deep").numbers()).containsExactly(7);
    assertThat(json.get("big").number()).isEqualTo(1e20);
    assertThat(json.plainObject())
        .containsEntry("list", Arrays.asList(1L, -2.5, true, null, Map.of("deep", List.of(7L))));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1.0, 1", "0.5, 0.5", "true, true", "\"a b\", a b"})
  void convertsScalarsToText(String json, String text) throws IOException {
    assertThat(read(json).text()).isEqualTo(text);
  }

  @Test
  void namesFileLineAndPathOfAWrongValue() throws IOException {
    Json list = read(TEXT).get("list");
    assertThatThrownBy(() -> list.list().get(4).get("deep").number())
        .isInstanceOf(BadFileException.class)
        .hasMessage(folder.resolve("x.json") + ":2: list[4].deep: is not a number");
    assertThatThrownBy(() -> list.list().get(4).get("shallow"))
        .hasMessageEndingWith("x.json:2: list[4]: has no 'shallow'");
    assertThatThrownBy(() -> list.list().get(1).integer()).hasMessageEndingWith("not an integer");
    assertThatThrownBy(() -> list.list().get(0).natural(0)).hasMessageEndingWith("in [0, 0]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "{", "{\"a\": 1} 2", "{\"a\": 1, \"a\": 2}", "nonsense"})
  void rejectsTextThatIsNotOneValue(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(BadFileException.class)
        .hasMessageContaining("x.json:1: not JSON: ");
  }

  @Test
  void rejectsDeepNesting() {
    assertThatThrownBy(() -> read("[".repeat(101) + "]".repeat(101)))
        .isInstanceOf(BadFileException.class);
  }

  @Test
  void countsLinesFromGivenStart() {
    Path file = Path.of("a.jsonl");
    assertThatThrownBy(() -> Json.parse(file, 7, "{\"a\": 1}").get("b"))
        .hasMessage("a.jsonl:7: has no 'b'");
    assertThatThrownBy(() -> Json.parse(file, 7, "{")).hasMessageStartingWith("a.jsonl:7: not");
  }

  @Test
  void reportsAMissingFile() {
    assertThatThrownBy(() -> Json.read(folder.resolve("none")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageEndingWith("none: no such file or folder");
  }

  @Test
  void roundTripsDoublesAndTurnsNanIntoNull() throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("pi", Math.PI);
    object.put("tiny", Double.MIN_VALUE);
    object.put("none", Double.NaN);
    object.put("list", List.of(1, "two", false));
    Map<String, Object> back = read(Json.writeIndented(object)).plainObject();
    assertThat(back)
        .containsEntry("pi", Math.PI)
        .containsEntry("tiny", Double.MIN_VALUE)
        .containsEntry("none", null)
        .containsEntry("list", List.of(1L, "two", false));
    assertThat(Json.write(object)).doesNotContain("\n");
  }
}
