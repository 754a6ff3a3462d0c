package org.leash.benchmarks.imports;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Key columns from other tools' names for the same quantities. */
final class Shape {
  private static final Map<String, String> COLUMNS =
      Map.of(
          "rows",
          "rows",
          "bt",
          "rows",
          "tokens",
          "rows",
          "vocab",
          "cols",
          "vocab_size",
          "cols",
          "v",
          "cols",
          "cols",
          "cols",
          "dtype",
          "dtype_in");

  private static final Map<String, String> DTYPES =
      Map.of(
          "bfloat16",
          "bf16",
          "bf16",
          "bf16",
          "float16",
          "f16",
          "half",
          "f16",
          "f16",
          "f16",
          "float32",
          "f32",
          "float",
          "f32",
          "f32",
          "f32");

  private Shape() {}

  /** Rows, vocabulary and dtype, if known; B × T are rows. */
  static Map<String, String> of(Map<String, String> params) {
    Map<String, String> known = new HashMap<>();
    params.forEach(
        (name, value) -> {
          String column = COLUMNS.get(name.toLowerCase(Locale.ROOT));
          if (column == null) {
            return;
          }
          if (column.equals("dtype_in")) {
            String dtype = DTYPES.get(value.toLowerCase(Locale.ROOT).replace("torch.", ""));
            if (dtype != null) {
              known.put(column, dtype);
            }
          } else if (isCount(value)) {
            known.put(column, value);
          }
        });
    String batch = params.getOrDefault("B", "");
    String length = params.getOrDefault("T", "");
    if (!known.containsKey("rows") && isCount(batch) && isCount(length)) {
      known.put("rows", Long.toString(Long.parseLong(batch) * Long.parseLong(length)));
    }
    return known;
  }

  private static boolean isCount(String value) {
    return value.matches("\\d{1,9}");
  }
}
