package org.leash.benchmarks.imports;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.leash.benchmarks.csv.BadDataException;
import org.leash.benchmarks.csv.FileFailure;

/**
 * A value of a JSON file: what is asked of it that is not there is a {@link BadDataException} that
 * says where. Depth and lengths are bounded by the parser's defaults.
 *
 * @param where the path to the value in the file
 */
record Json(Path file, String where, Node node) {
  private static final long LARGEST_FILE = 1L << 28;

  /**
   * A value and the line on which it begins.
   *
   * @param value a map of nodes, a list of nodes, a string, a number, a boolean, or null
   */
  record Node(long line, Object value) {}

  /** The one value of a file. */
  static Json read(Path file) {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw new BadDataException(file + " is larger than 256 MiB");
      }
      try (JsonParser parser = new JsonFactory().createParser(file.toFile())) {
        parser.nextToken();
        Node node = node(parser);
        if (parser.nextToken() != null) {
          throw new BadDataException(file, line(parser), "", "text behind the end of the value");
        }
        return new Json(file, "", node);
      } catch (JsonProcessingException e) {
        throw new BadDataException(
            file,
            e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
            "",
            "not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
      }
    } catch (IOException e) {
      throw FileFailure.reading(file, e);
    }
  }

  private static long line(JsonParser parser) {
    return Math.max(1, parser.currentTokenLocation().getLineNr());
  }

  private static Node node(JsonParser parser) throws IOException {
    return new Node(line(parser), value(parser));
  }

  private static Object value(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      return null;
    }
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Node> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          object.put(name, node(parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<Node> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(node(parser));
        }
        yield array;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
      case VALUE_NULL -> null;
      default -> parser.getText();
    };
  }

  private BadDataException bad(String why) {
    return new BadDataException(file, node.line(), where, why);
  }

  private Node child(String name) {
    return node.value() instanceof Map<?, ?> map ? (Node) map.get(name) : null;
  }

  boolean has(String name) {
    Node child = child(name);
    return child != null && child.value() != null;
  }

  Json get(String name) {
    if (!has(name)) {
      throw bad("there is no '%s'".formatted(name));
    }
    return new Json(file, where.isEmpty() ? name : where + "." + name, child(name));
  }

  /** Names of an object; none of anything else. */
  List<String> names() {
    return node.value() instanceof Map<?, ?> map
        ? map.keySet().stream().map(String::valueOf).toList()
        : List.of();
  }

  List<Json> list() {
    if (!(node.value() instanceof List<?> list)) {
      throw bad("is not a list");
    }
    List<Json> elements = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      elements.add(new Json(file, where + "[" + i + "]", (Node) list.get(i)));
    }
    return elements;
  }

  /** A string, or a number or boolean as one; whole numbers without a point. */
  String text() {
    Object value = node.value();
    if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15) {
      return Long.toString(number.longValue());
    }
    if (value == null || value instanceof Map || value instanceof List) {
      throw bad("is not a text or a number");
    }
    return value.toString();
  }

  /** A number of something measured, also where it is written as a string. */
  double measure() {
    return Imported.measure(String.valueOf(node.value())).orElseThrow(() -> bad(Imported.MEASURE));
  }
}
