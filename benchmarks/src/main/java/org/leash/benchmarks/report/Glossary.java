package org.leash.benchmarks.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.leash.report.Element;

/** Definitions of the report's terms, of which {@code glossary.csv} is the list. */
final class Glossary {
  private Glossary() {}

  static List<Element> elements() {
    Element list = Element.of("dl");
    CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
    try (InputStream file = Glossary.class.getResourceAsStream("glossary.csv")) {
      format
          .parse(new InputStreamReader(file, StandardCharsets.UTF_8))
          .forEach(
              term ->
                  list.add(
                      Element.of("dt", term.get("term")),
                      Element.of("dd", term.get("definition"))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.of(list);
  }
}
