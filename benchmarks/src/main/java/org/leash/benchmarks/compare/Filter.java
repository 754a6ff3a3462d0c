package org.leash.benchmarks.compare;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.leash.benchmarks.csv.Key;

/**
 * A condition on a column: {@code op=entropy}, {@code variant=a,b} (one of them), {@code
 * variant!=a}, {@code variant~REGEX} (found anywhere), {@code rows>=64}.
 */
public final class Filter implements Predicate<Key> {
  private static final Pattern SYNTAX =
      Pattern.compile("([a-z_]+)(!=|<=|>=|=|~|<|>)(.*)", Pattern.DOTALL);

  private final String column;
  private final Predicate<String> condition;

  private Filter(String column, Predicate<String> condition) {
    this.column = column;
    this.condition = condition;
  }

  /**
   * Reads a condition.
   *
   * @throws IllegalArgumentException the syntax is wrong, or the column does not exist
   */
  public static Filter parse(String text) {
    Matcher parts = SYNTAX.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a condition; write COLUMN=VALUE, or use !=, ~, <, <=, >, >= instead of ="
              .formatted(text));
    }
    requireColumn(parts.group(1));
    return new Filter(parts.group(1), condition(parts.group(2), parts.group(3)));
  }

  /**
   * Requires that a key column exists.
   *
   * @throws IllegalArgumentException it does not
   */
  public static void requireColumn(String column) {
    if (!Key.COLUMNS.contains(column)) {
      throw new IllegalArgumentException(
          "unknown column '%s'; columns are %s".formatted(column, String.join(", ", Key.COLUMNS)));
    }
  }

  private static Predicate<String> condition(String operator, String wanted) {
    List<String> choices = Arrays.asList(wanted.split(",", -1));
    return switch (operator) {
      case "=" -> choices::contains;
      case "!=" -> value -> !choices.contains(value);
      case "~" -> regex(wanted).asPredicate();
      case "<" -> value -> number(value) < number(wanted);
      case "<=" -> value -> number(value) <= number(wanted);
      case ">" -> value -> number(value) > number(wanted);
      default -> value -> number(value) >= number(wanted);
    };
  }

  private static Pattern regex(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "'%s' is not a regular expression: %s".formatted(text, e.getDescription()), e);
    }
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not a number to compare with", e);
    }
  }

  @Override
  public boolean test(Key key) {
    return condition.test(key.get(column));
  }
}
