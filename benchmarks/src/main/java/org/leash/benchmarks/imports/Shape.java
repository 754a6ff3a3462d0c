package org.leash.benchmarks.imports;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Key columns from other tools' names for the same quantities. */
final class Shape {
  private Shape() {}

  /** Rows, vocabulary and dtype, if known; B × T are rows. */
  static Map<String, String> of(Map<String, String> params) {
    Map<String, String> known = new HashMap<>();
    params.forEach(
        (name, value) -> {
          String column = column(name.toLowerCase(Locale.ROOT));
          String found = column.equals("dtype_in") ? dtype(value) : isCount(value) ? value : "";
          if (!column.isEmpty() && !found.isEmpty()) {
            known.put(column, found);
          }
        });
    String batch = params.getOrDefault("B", "");
    String length = params.getOrDefault("T", "");
    if (!known.containsKey("rows") && isCount(batch) && isCount(length)) {
      known.put("rows", Long.toString(Long.parseLong(batch) * Long.parseLong(length)));
    }
    return known;
  }

  private static String column(String name) {
    return switch (name) {
      case "rows", "bt", "tokens" -> "rows";
      case "cols", "vocab", "vocab_size", "v" -> "cols";
      case "dtype" -> "dtype_in";
      default -> "";
    };
  }

  private static String dtype(String name) {
    return switch (name.toLowerCase(Locale.ROOT).replace("torch.", "")) {
      case "bf16", "bfloat16" -> "bf16";
      case "f16", "float16", "half" -> "f16";
      case "f32", "float32", "float" -> "f32";
      default -> "";
    };
  }

  private static boolean isCount(String value) {
    return value.matches("\\d{1,9}");
  }
}
