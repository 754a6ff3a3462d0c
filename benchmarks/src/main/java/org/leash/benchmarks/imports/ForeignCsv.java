package org.leash.benchmarks.imports;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.leash.benchmarks.csv.Records;
import org.leash.files.BadFileException;

/**
 * A line of another tool's CSV file, with columns by name.
 *
 * @param number from 1
 */
record ForeignCsv(Path file, long number, Map<String, String> fields) {

  /**
   * Reads a file line by line.
   *
   * @param required columns that the format needs
   */
  static void read(Path file, List<String> required, Consumer<ForeignCsv> sink) {
    AtomicReference<List<String>> header = new AtomicReference<>();
    Records.read(
        file,
        (fields, line) -> {
          if (header.get() == null) {
            header.set(fields);
            for (String column : required) {
              if (!fields.contains(column)) {
                throw new BadFileException(file, line, column, "the header lacks this column");
              }
            }
            return;
          }
          if (fields.size() != header.get().size()) {
            throw new BadFileException(
                file,
                line,
                "",
                String.format(
                    Locale.ROOT,
                    "%d fields, but the header has %d",
                    fields.size(),
                    header.get().size()));
          }
          Map<String, String> named = new HashMap<>();
          for (int i = 0; i < fields.size(); i++) {
            named.put(header.get().get(i), fields.get(i));
          }
          sink.accept(new ForeignCsv(file, line, named));
        });
  }

  /** The value, or "". */
  String get(String column) {
    return fields.getOrDefault(column, "");
  }

  /** A measured quantity. */
  double measure(String column) {
    return Imported.measure(
        get(column), fault -> new BadFileException(file, number, column, fault));
  }
}
