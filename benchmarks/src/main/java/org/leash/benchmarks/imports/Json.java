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
 * @param where the file and the path to the value
 * @param value a map, a list, a string, a number, a boolean, or null
 */
record Json(String where, Object value) {
  private static final long LARGEST_FILE = 1L << 28;

  /** The one value of a file. */
  static Json read(Path file) {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw new BadDataException(file + " is larger than 256 MiB");
      }
      try (JsonParser parser = new JsonFactory().createParser(file.toFile())) {
        parser.nextToken();
        Object value = value(parser);
        if (parser.nextToken() != null) {
          throw bad(file, parser, "text behind the end of the value");
        }
        return new Json(file.toString(), value);
      } catch (JsonProcessingException e) {
        throw new BadDataException(
            "%s:%d: not JSON: %s"
                .formatted(
                    file,
                    e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                    e.getOriginalMessage().lines().findFirst().orElse("")));
      }
    } catch (IOException e) {
      throw FileFailure.reading(file, e);
    }
  }

  private static BadDataException bad(Path file, JsonParser parser, String why) {
    return new BadDataException(
        "%s:%d: %s".formatted(file, parser.currentTokenLocation().getLineNr(), why));
  }

  private static Object value(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      return null;
    }
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          object.put(name, value(parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser));
        }
        yield array;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
      case VALUE_NULL -> null;
      default -> parser.getText();
    };
  }

  boolean has(String name) {
    return value instanceof Map<?, ?> map && map.get(name) != null;
  }

  Json get(String name) {
    if (!has(name)) {
      throw new BadDataException("%s: there is no '%s'".formatted(where, name));
    }
    return new Json(where + "." + name, ((Map<?, ?>) value).get(name));
  }

  /** Names of an object; none of anything else. */
  List<String> names() {
    return value instanceof Map<?, ?> map
        ? map.keySet().stream().map(String::valueOf).toList()
        : List.of();
  }

  List<Json> list() {
    if (!(value instanceof List<?> list)) {
      throw new BadDataException(where + " is not a list");
    }
    List<Json> elements = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      elements.add(new Json(where + "[" + i + "]", list.get(i)));
    }
    return elements;
  }

  /** A string, or a number or boolean as one; whole numbers without a point. */
  String text() {
    if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15) {
      return Long.toString(number.longValue());
    }
    if (value == null || value instanceof Map || value instanceof List) {
      throw new BadDataException(where + " is not a text or a number");
    }
    return value.toString();
  }

  /** A number above 0, also where it is written as a string. */
  double positive() {
    double number = Double.NaN;
    if (value instanceof Double it) {
      number = it;
    } else if (value instanceof String text) {
      try {
        number = Double.parseDouble(text);
      } catch (NumberFormatException e) {
        number = Double.NaN;
      }
    }
    if (!(number > 0) || Double.isInfinite(number)) {
      throw new BadDataException("%s is not a finite number above 0".formatted(where));
    }
    return number;
  }
}
