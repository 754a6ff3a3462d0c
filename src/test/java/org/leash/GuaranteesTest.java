package org.leash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every guarantee in README.md names the tests that hold it. */
final class GuaranteesTest {
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)`");

  @Test
  void everyGuaranteeNamesItsTests() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String section = readme.substring(readme.indexOf("### Guarantees"));
    List<String> guarantees =
        Pattern.compile("(?m)^\\* \\*\\*.*(?:\\R  .*)*")
            .matcher(section.substring(0, section.indexOf("\n## ")))
            .results()
            .map(MatchResult::group)
            .toList();
    assertThat(guarantees).hasSizeGreaterThan(4);
    Set<String> tests;
    try (Stream<Path> files = Files.walk(Path.of("test/java"))) {
      tests =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith("Test.java"))
              .map(name -> name.substring(0, name.length() - ".java".length()))
              .collect(Collectors.toSet());
    }
    for (String guarantee : guarantees) {
      List<String> named = TEST.matcher(guarantee).results().map(match -> match.group(1)).toList();
      assertThat(named).as(guarantee).isNotEmpty();
      assertThat(tests).as(guarantee).containsAll(named);
    }
  }
}
