package org.leash.benchmarks.csv;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Identifies a contender in a case, by the same columns in samples, checks and results. Two times
 * can be compared if all columns but {@code variant}, {@code impl}, {@code role} and {@code
 * inplace} are equal.
 *
 * @param values in the order of {@link #COLUMNS}
 */
public record Key(List<String> values) {
  public static final List<String> COLUMNS =
      List.of(
          "suite",
          "op",
          "variant",
          "impl",
          "role",
          "contract",
          "dtype_in",
          "dtype_acc",
          "dtype_out",
          "rows",
          "cols",
          "inplace",
          "params",
          "input_dist",
          "input_seed",
          "cache",
          "timing",
          "device");

  private static final List<String> CONTENDER = List.of("variant", "impl", "role", "inplace");

  public Key {
    values = List.copyOf(values);
    if (values.size() != COLUMNS.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a key has %d values, not %d: %s",
              COLUMNS.size(),
              values.size(),
              values));
    }
  }

  /**
   * The key of a row of samples, checks or results. Line ends, which other tools may write, become
   * spaces.
   */
  public static Key of(Row row) {
    int first = row.table().indexOf(COLUMNS.getFirst());
    List<String> values = new ArrayList<>(row.fields().subList(first, first + COLUMNS.size()));
    values.replaceAll(Row::line);
    return new Key(values);
  }

  public String get(String column) {
    int index = COLUMNS.indexOf(column);
    if (index < 0) {
      throw new IllegalArgumentException("no key column '" + column + "' among " + COLUMNS);
    }
    return values.get(index);
  }

  /** Rows and vocabulary, such as {@code 256×32768}; "" without a matrix. */
  public String shape() {
    return get("cols").isEmpty() || get("cols").equals("0") ? "" : get("rows") + "×" + get("cols");
  }

  /** The first 12 hexadecimal digits of the SHA-256 of all columns as {@code column=value;}. */
  public String caseId() {
    return digest(COLUMNS);
  }

  /** A digest of the case alone, equal for all its contenders. */
  public String caseGroup() {
    return digest(COLUMNS.stream().filter(column -> !CONTENDER.contains(column)).toList());
  }

  private String digest(List<String> columns) {
    String canonical =
        columns.stream()
            .map(column -> column + "=" + get(column) + ";")
            .collect(Collectors.joining());
    return DigestUtils.sha256Hex(canonical).substring(0, 12);
  }
}
