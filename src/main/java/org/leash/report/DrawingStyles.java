package org.leash.report;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The part of the style sheet that a drawing uses, with its variables replaced by their values:
 * many programs that show SVG files know classes but no variables.
 */
final class DrawingStyles {
  private static final Pattern VARIABLES = Pattern.compile(":root \\{([^}]*)\\}");
  private static final Pattern VARIABLE = Pattern.compile("--([a-z0-9]+): ([^;]+);");
  private static final Pattern USE = Pattern.compile("var\\(--([a-z0-9]+)\\)");
  private static final Pattern RULE =
      Pattern.compile(
          "((?:svg|\\.)[^{}]*)\\{([^{}]*(?:fill|stroke|font|text-anchor|background)[^{}]*)\\}");
  private static final Pattern CLASS = Pattern.compile("\\.([a-z0-9]+)");

  private DrawingStyles() {}

  /**
   * The rules for the classes of a drawing, on light ground and on dark.
   *
   * @param isUsed whether the drawing has elements of a class
   */
  static String of(String sheet, Predicate<String> isUsed) {
    Matcher variables = VARIABLES.matcher(sheet);
    StringBuilder rules = new StringBuilder();
    Matcher rule = RULE.matcher(sheet.replaceAll("(?s)/\\*.*?\\*/", ""));
    while (rule.find()) {
      String selectors =
          Stream.of(rule.group(1).split(",", -1))
              .map(String::strip)
              .filter(each -> CLASS.matcher(each).results().allMatch(a -> isUsed.test(a.group(1))))
              .collect(Collectors.joining(","));
      if (!selectors.isEmpty()) {
        rules.append(selectors).append('{').append(rule.group(2).strip()).append('}');
      }
    }
    StringBuilder styles = new StringBuilder();
    for (String form : new String[] {"%s", "@media (prefers-color-scheme:dark){%s}"}) {
      if (!variables.find()) {
        throw new IllegalArgumentException("the style sheet lacks variables for light or dark");
      }
      Map<String, String> values = new HashMap<>();
      VARIABLE
          .matcher(variables.group(1))
          .results()
          .forEach(each -> values.put(each.group(1), each.group(2)));
      styles.append(form.formatted(USE.matcher(rules).replaceAll(use -> values.get(use.group(1)))));
    }
    return styles.toString();
  }
}
