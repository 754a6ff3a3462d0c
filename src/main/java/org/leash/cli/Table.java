package org.leash.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.leash.analysis.Interval;

/**
 * Rows of numbers and words under names. As text with four decimals and intervals in brackets; as
 * CSV and JSON with all digits and the ends of intervals in columns of their own.
 */
final class Table {
  enum Format {
    TEXT,
    CSV,
    JSON
  }

  private final List<Map<String, Object>> rows = new ArrayList<>();

  /** A row: names to numbers, words or {@link Interval}s, in the order of the columns. */
  void add(Map<String, Object> row) {
    rows.add(Collections.unmodifiableMap(new LinkedHashMap<>(row)));
  }

  void print(Format format, PrintWriter out) {
    switch (format) {
      case TEXT -> printText(out);
      case CSV -> printCsv(out);
      case JSON -> printJson(out);
    }
    out.flush();
  }

  private void printText(PrintWriter out) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.copyOf(rows.getFirst().keySet()));
    for (Map<String, Object> row : rows) {
      lines.add(row.values().stream().map(Table::text).toList());
    }
    int columns = lines.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> line : lines) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    boolean[] words = new boolean[columns];
    List<Object> first = List.copyOf(rows.getFirst().values());
    for (int i = 0; i < columns; i++) {
      words[i] = first.get(i) instanceof String;
    }
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        int space = widths[i] - line.get(i).length();
        text.append(i == 0 ? "" : "  ");
        text.repeat(' ', words[i] ? 0 : space).append(line.get(i));
        text.repeat(' ', words[i] ? space : 0);
      }
      out.println(text.toString().stripTrailing());
    }
  }

  private static String text(Object value) {
    return switch (value) {
      case Interval i when Double.isNaN(i.low()) -> decimals(i.value());
      case Interval i ->
          decimals(i.value()) + " [" + decimals(i.low()) + ", " + decimals(i.high()) + "]";
      case Double d -> decimals(d);
      default -> value.toString();
    };
  }

  private static String decimals(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    return value == Math.rint(value) && Math.abs(value) >= 2
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.4f", value);
  }

  private void printCsv(PrintWriter out) {
    out.println(CSVFormat.RFC4180.format(flat(rows.getFirst()).keySet().toArray()));
    for (Map<String, Object> row : rows) {
      out.println(CSVFormat.RFC4180.format(flat(row).values().toArray()));
    }
  }

  private void printJson(PrintWriter out) {
    try (JsonGenerator json =
        new JsonFactory()
            .createGenerator(out)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .useDefaultPrettyPrinter()) {
      json.writeStartArray();
      for (Map<String, Object> row : rows) {
        json.writeStartObject();
        for (Map.Entry<String, Object> cell : flat(row).entrySet()) {
          json.writeFieldName(cell.getKey());
          switch (cell.getValue()) {
            case Integer i -> json.writeNumber(i);
            case Double d -> json.writeNumber(d);
            case String word when !word.isEmpty() -> json.writeString(word);
            default -> json.writeNull();
          }
        }
        json.writeEndObject();
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.println();
  }

  /** Ends of intervals in columns of their own; what is undefined is empty. */
  private static Map<String, Object> flat(Map<String, Object> row) {
    Map<String, Object> flat = new LinkedHashMap<>();
    row.forEach(
        (name, value) -> {
          if (value instanceof Interval interval) {
            flat.put(name, defined(interval.value()));
            flat.put(name + "_low", defined(interval.low()));
            flat.put(name + "_high", defined(interval.high()));
          } else {
            flat.put(name, value instanceof Double d ? defined(d) : value);
          }
        });
    return flat;
  }

  private static Object defined(double value) {
    return Double.isNaN(value) ? "" : (Object) value;
  }
}
