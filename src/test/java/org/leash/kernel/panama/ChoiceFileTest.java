package org.leash.kernel.panama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.leash.device.DType;
import org.leash.files.BadFileException;
import org.leash.operation.Operation;

/** Choices set by a program, and those of a file; the table needs no GPU. */
final class ChoiceFileTest {
  private static final String HEADER =
      "operation,dtypes,min_vocab,max_vocab,max_rows,min_compute_capability,max_compute_capability,"
          + "variant,cluster,evidence\n";
  private static final String GOOD = "entropy,bf16 f16,30000,40000,64,90,90,native-resident,4,x\n";

  private static final Choice MEASURED =
      new Choice(
          Optional.of(Operation.ENTROPY),
          EnumSet.of(DType.BF16, DType.F16),
          30000,
          40000,
          64,
          90,
          90,
          "native-resident",
          4,
          "0.81 of native-split's time, \"quoted\"");

  private static final Choice ANY =
      new Choice(
          Optional.empty(),
          EnumSet.allOf(DType.class),
          1,
          50,
          1L << 32,
          80,
          120,
          "native-two_read",
          0,
          Choice.UNMEASURED);

  private final List<Choice> compiledIn = Choice.table();

  @TempDir private Path folder;

  @AfterEach
  void restoreTable() {
    System.clearProperty(ChoiceFile.PROPERTY);
    Choice.use(List.of());
  }

  @Test
  void entriesInUseGoFirst() {
    Choice.use(List.of(MEASURED, ANY));
    assertThat(Choice.table()).startsWith(MEASURED, ANY).hasSize(2 + compiledIn.size());
    assertThat(entropy(DType.BF16, 64)).isEqualTo(MEASURED);
    assertThat(entropy(DType.F32, 64)).isIn(compiledIn);
    assertThat(entropy(DType.BF16, 65)).isIn(compiledIn);
    Choice.use(List.of());
    assertThat(Choice.table()).isEqualTo(compiledIn);
  }

  @Test
  void invalidEntryChangesNothing() {
    Choice.use(List.of(ANY));
    Choice scalar =
        new Choice(
            Optional.empty(), EnumSet.allOf(DType.class), 1, 1, 1, 90, 90, "java-scalar", 0, "x");
    assertThatThrownBy(() -> Choice.use(List.of(MEASURED, scalar)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("choices[1].variant = \"java-scalar\"");
    assertThat(Choice.table()).startsWith(ANY).hasSize(1 + compiledIn.size());
  }

  @Test
  void filesKeepEverything() {
    Path file = folder.resolve("choices.csv");
    ChoiceFile.write(file, List.of(MEASURED, ANY));
    assertThat(ChoiceFile.read(file)).containsExactly(MEASURED, ANY);
    ChoiceFile.write(file, compiledIn);
    assertThat(ChoiceFile.read(file)).isEqualTo(compiledIn);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          entropy            | entropie          | :3: operation: no operation "entropie"
          bf16 f16           | bf16 int8         | :3: dtypes: "int8" is not a dtype; use some of [f32,
          bf16 f16           | ''                | :3: dtypes: "" is not a dtype
          30000              | 3e4               | :3: min_vocab: "3e4" is not an integer
          40000              | 9999999999999999999 | :3: max_vocab: "9999999999999999999" is not an
          ,4,                | ,four,            | :3: cluster: "four" is not an integer
          ,4,                | ,4,4,             | :3: has 11 values; must have 10
          ,x                 | ,"x               | choices.csv
          """)
  void filesWithInvalidValuesAreRejected(String good, String bad, String message)
      throws IOException {
    Path file = folder.resolve("choices.csv");
    Files.writeString(file, HEADER + GOOD + GOOD.replaceFirst(good, bad));
    assertThatThrownBy(() -> ChoiceFile.read(file))
        .isInstanceOf(BadFileException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void filesThatAreNoTablesAreRejected() throws IOException {
    Path file = folder.resolve("choices.csv");
    assertThatThrownBy(() -> ChoiceFile.read(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file + ": no such file");
    for (String content : List.of("", "a,b\n1,2\n", "a".repeat(5 << 20))) {
      Files.writeString(file, content);
      assertThatThrownBy(() -> ChoiceFile.read(file)).isInstanceOf(BadFileException.class);
    }
    Files.write(file, new byte[] {(byte) 0xff, 0});
    assertThatThrownBy(() -> ChoiceFile.read(file)).isInstanceOf(RuntimeException.class);
  }

  @Test
  void fileNamedByPropertyIsUsedOnceItIsValid() throws IOException {
    Path file = folder.resolve("choices.csv");
    System.setProperty(ChoiceFile.PROPERTY, file.toString());
    assertThatThrownBy(Choice::table)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageEndingWith(
            file + ": no such file or folder; correct or remove the system property leash.choices");
    Files.writeString(file, HEADER + GOOD.replace(",4,", ",3,"));
    assertThatThrownBy(Choice::table)
        .isInstanceOf(BadFileException.class)
        .hasMessageContaining(file + ": choices[0].cluster = 3");
    Files.writeString(file, HEADER + GOOD);
    assertThat(Choice.table()).hasSize(1 + compiledIn.size());
    assertThat(entropy(DType.F16, 1).evidence()).isEqualTo("x");
  }

  private static Choice entropy(DType dtype, long rows) {
    return Choice.of(Operation.ENTROPY, dtype, rows, 32000, 90, 232448, 16).orElseThrow();
  }
}
