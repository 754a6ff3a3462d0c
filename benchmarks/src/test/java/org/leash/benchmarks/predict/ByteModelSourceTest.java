package org.leash.benchmarks.predict;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.leash.benchmarks.input.Task;

/** That the model says of every variant what the head of the kernels' own file says. */
final class ByteModelSourceTest {
  private static final Path KERNELS = Path.of("../native/cuda/variants.cuh");
  private static final Pattern TRAFFIC = Pattern.compile("(\\d)R \\+ 1W(?:, (\\d)R without)?");

  @ParameterizedTest
  @EnumSource
  void agreesWithTheKernels(ByteModel model) throws IOException {
    Matcher traffic = TRAFFIC.matcher(paragraph(model.variant()));
    assertThat(traffic.find()).as("traffic of " + model.variant()).isTrue();
    assertThat(model.reads(Task.POLICY_GRADIENT)).hasToString(traffic.group(1));
    assertThat(model.writes(Task.POLICY_GRADIENT)).isOne();
    if (traffic.group(2) != null) {
      assertThat(model.reads(Task.TOKEN_STATISTICS)).hasToString(traffic.group(2));
    }
  }

  @ParameterizedTest
  @EnumSource
  void knowsEveryVariant(ByteModel model) throws IOException {
    try (Stream<String> lines = Files.lines(KERNELS.resolveSibling("catalogue.cpp"))) {
      assertThat(
              lines
                  .filter(
                      line ->
                          line.contains("{LEASH_TOKEN_STATISTICS, \"")
                              || line.contains("{LEASH_POLICY_GRADIENT, \""))
                  .map(line -> line.replaceAll(".*\\{LEASH_[A-Z_]+, \"([a-z_]+)\".*", "$1")))
          .contains(model.variant())
          .isSubsetOf(Stream.of(ByteModel.values()).map(ByteModel::variant).toList());
    }
  }

  /** The lines of the head about one variant, joined. */
  private static String paragraph(String variant) throws IOException {
    String head = Files.readString(KERNELS).replace("\n//              ", " ");
    Matcher matcher = Pattern.compile("(?m)^//   " + variant + " .*$").matcher(head);
    assertThat(matcher.find()).as("a paragraph about " + variant).isTrue();
    return matcher.group();
  }
}
