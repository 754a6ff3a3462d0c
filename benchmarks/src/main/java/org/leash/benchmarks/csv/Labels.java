package org.leash.benchmarks.csv;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Names for keys in one table: the title holds the values that all share, and the label of each the
 * values that differ. Control characters of text from files are replaced, as a terminal would obey
 * them.
 */
public final class Labels {
  private static final Set<String> SHAPE = Set.of("rows", "cols");
  private static final Set<String> UNSAID =
      Set.of("role", "suite", "dtype_acc", "dtype_out", "input_seed", "impl", "inplace");

  private final List<String> shared;
  private final List<String> distinguishing;
  private final Key example;

  /**
   * @param keys at least one
   * @param elsewhere columns that appear elsewhere in the table
   */
  public Labels(List<Key> keys, Set<String> elsewhere) {
    example = keys.getFirst();
    List<String> said =
        Key.COLUMNS.stream()
            .filter(column -> !elsewhere.contains(column) && !UNSAID.contains(column))
            .toList();
    distinguishing =
        said.stream().filter(column -> SHAPE.contains(column) || differs(keys, column)).toList();
    shared = said.stream().filter(column -> !distinguishing.contains(column)).toList();
  }

  private static boolean differs(List<Key> keys, String column) {
    return keys.stream().map(key -> key.get(column)).distinct().count() > 1;
  }

  /** Values that all share, such as {@code entropy · f32 · cold_rotate}. */
  public String title() {
    Set<String> parts = new LinkedHashSet<>();
    shared.forEach(column -> parts.add(part(column, example.get(column))));
    parts.remove("");
    return String.join(" · ", parts);
  }

  /** Values that distinguish a key, such as {@code 256×32768 bf16}. */
  public String of(Key key) {
    return plain(
        distinguishing.stream()
            .map(
                column ->
                    switch (column) {
                      case "rows" -> key.shape();
                      case "cols" -> "";
                      default -> part(column, key.get(column));
                    })
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining(" ")));
  }

  private static String part(String column, String value) {
    return plain(
        switch (column) {
          case "params" -> value.replace("threads=", "t=").replace(";", " ");
          case "device" -> value.isEmpty() ? "" : "device " + value;
          default -> value;
        });
  }

  /** Text from a file without its control characters. */
  public static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}|[\\u2028\\u2029\\u202A-\\u202E\\u2066-\\u2069]", "\uFFFD");
  }
}
