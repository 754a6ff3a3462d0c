package org.leash.benchmarks.csv;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A column of a table.
 *
 * @param name lower-case words; a measured quantity ends with its unit
 * @param kind of its values
 * @param required whether every file has the column and every row a value; otherwise a file may
 *     lack it, and an empty field means not measured
 */
public record Column(String name, Kind kind, boolean required) {

  /** Syntax of a column's values. */
  public enum Kind {
    TEXT("a text", value -> true),
    COUNT("a whole number from 0", Column::isCount),
    NUMBER("a finite number", value -> Double.isFinite(decimal(value))),
    POSITIVE("a finite number above 0", value -> isPositive(decimal(value))),
    BOOLEAN("true or false", value -> value.equals("true") || value.equals("false")),
    STATUS("one of " + STATUSES, STATUSES::contains);

    private final String description;
    private final Predicate<String> isValid;

    Kind(String description, Predicate<String> isValid) {
      this.description = description;
      this.isValid = isValid;
    }
  }

  private static final List<String> STATUSES =
      Stream.of(ResultStatus.values()).map(Enum::name).toList();
  private static final int LONGEST_QUOTE = 40;

  static Stream<Column> required(Kind kind, String... names) {
    return Arrays.stream(names).map(name -> new Column(name, kind, true));
  }

  static Stream<Column> optional(Kind kind, String... names) {
    return Arrays.stream(names).map(name -> new Column(name, kind, false));
  }

  /** The fault of a value, if it has one. */
  Optional<String> complaint(String value) {
    int odd = oddCharacter(value);
    if (odd >= 0) {
      return Optional.of(
          value.charAt(odd) == '\uFFFD'
              ? "holds bytes that are not UTF-8"
              : String.format(
                  Locale.ROOT, "holds the control character %d", (int) value.charAt(odd)));
    }
    if (value.isEmpty()) {
      return required ? Optional.of("is empty") : Optional.empty();
    }
    return kind.isValid.test(value)
        ? Optional.empty()
        : Optional.of("%s is not %s".formatted(quote(value), kind.description));
  }

  /** A value for a message: shortened, and without control characters. */
  static String quote(String value) {
    String shown =
        value.length() <= LONGEST_QUOTE ? value : value.substring(0, LONGEST_QUOTE) + "…";
    return shown
        .codePoints()
        .mapToObj(
            each ->
                isPlain(each)
                    ? Character.toString(each)
                    : String.format(Locale.ROOT, "\\u%04x", each))
        .collect(Collectors.joining("", "'", "'"));
  }

  private static boolean isPlain(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private static int oddCharacter(String value) {
    for (int i = 0; i < value.length(); i++) {
      char each = value.charAt(i);
      if (each == '\uFFFD' || (each < ' ' && each != '\t' && each != '\n' && each != '\r')) {
        return i;
      }
    }
    return -1;
  }

  /** At most 18 digits, so that it fits a long. */
  private static boolean isCount(String value) {
    return value.length() <= 18 && isOf(value, "");
  }

  private static boolean isPositive(double number) {
    return number > 0 && Double.isFinite(number);
  }

  /** Parses a decimal number; NaN for other syntax that Java accepts, such as hexadecimal. */
  private static double decimal(String value) {
    if (value.length() > 400 || !isOf(value, "+-.eE")) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** Whether a text consists of digits and the given other characters. */
  private static boolean isOf(String value, String others) {
    for (int i = 0; i < value.length(); i++) {
      char each = value.charAt(i);
      if ((each < '0' || each > '9') && others.indexOf(each) < 0) {
        return false;
      }
    }
    return true;
  }
}
