package org.leash.files;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A value of a JSON file. Accessors for another type or an absent member throw a {@link
 * BadFileException} that names the file, the line and the path to the value.
 *
 * <p>Reading is limited to 100 levels of nesting and 256 MiB, and rejects duplicate names in an
 * object. Writing supports maps, lists, strings, numbers, booleans and null; doubles survive a
 * round trip bit for bit, except that NaN and infinities become null.
 */
public final class Json {
  private static final int DEEPEST = 100;
  private static final long LARGEST_FILE = 1L << 28;
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
          .build();

  private final Path file;
  private final long line;

  /** The object or list that holds this value; null at the root. */
  private final Json parent;

  /** The name or index in the parent. */
  private final Object key;

  /** {@code Map<String, Json>}, {@code List<Json>}, String, Long, Double, Boolean or null. */
  private Object value;

  private Json(Path file, long line, Json parent, Object key) {
    this.file = file;
    this.line = line;
    this.parent = parent;
    this.key = key;
  }

  /**
   * Reads a file of one value.
   *
   * @throws BadFileException the content is not one JSON value
   * @throws UncheckedIOException the file cannot be read
   */
  public static Json read(Path file) {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw new BadFileException(file, "is larger than 256 MiB");
      }
      try (InputStream in = Files.newInputStream(file);
          JsonParser parser = FACTORY.createParser(in)) {
        return root(parser, file, 1);
      }
    } catch (IOException e) {
      throw FileFailure.reading(file, e);
    }
  }

  /**
   * Parses a value of a file read by other means, such as a line of a {@code .jsonl} file.
   *
   * @param line on which the text starts, counted from 1
   * @throws BadFileException the text is not one JSON value
   */
  public static Json parse(Path file, long line, String text) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      return root(parser, file, line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Json root(JsonParser parser, Path file, long firstLine) throws IOException {
    try {
      if (parser.nextToken() == null) {
        throw new BadFileException(file, firstLine, "", "not JSON: no value");
      }
      Json root = new Json(file, firstLine + line(parser) - 1, null, "");
      root.fill(parser, firstLine);
      if (parser.nextToken() != null) {
        throw new BadFileException(
            file, firstLine + line(parser) - 1, "", "not JSON: text after the end of the value");
      }
      return root;
    } catch (JacksonException e) {
      long at = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
      throw new BadFileException(
          file,
          firstLine + at - 1,
          "",
          "not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    }
  }

  private static long line(JsonParser parser) {
    return Math.max(1, parser.currentTokenLocation().getLineNr());
  }

  private Json child(Object name, JsonParser parser, long firstLine) throws IOException {
    Json child = new Json(file, firstLine + line(parser) - 1, this, name);
    child.fill(parser, firstLine);
    return child;
  }

  private void fill(JsonParser parser, long firstLine) throws IOException {
    value =
        switch (parser.currentToken()) {
          case START_OBJECT -> {
            Map<String, Json> object = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
              String name = parser.currentName();
              parser.nextToken();
              object.put(name, child(name, parser, firstLine));
            }
            yield object;
          }
          case START_ARRAY -> {
            List<Json> list = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
              list.add(child(list.size(), parser, firstLine));
            }
            yield list;
          }
          case VALUE_NUMBER_INT ->
              parser.getNumberType() == NumberType.BIG_INTEGER
                  ? (Object) parser.getDoubleValue()
                  : (Object) parser.getLongValue();
          case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
          case VALUE_TRUE -> true;
          case VALUE_FALSE -> false;
          case VALUE_NULL -> null;
          default -> parser.getText();
        };
  }

  /** An exception about this value. */
  public BadFileException fault(String fault) {
    return new BadFileException(file, line, where(), fault);
  }

  private String where() {
    if (parent == null) {
      return "";
    }
    if (key instanceof Integer index) {
      return parent.where() + "[" + index + "]";
    }
    return parent.parent == null ? key.toString() : parent.where() + "." + key;
  }

  /** Whether the value is null. */
  public boolean isNull() {
    return value == null;
  }

  /** Whether the value is a string. */
  public boolean isText() {
    return value instanceof String;
  }

  /** Whether the value is a number. */
  public boolean isNumber() {
    return value instanceof Number;
  }

  /** Whether this is an object with a non-null member of this name. */
  public boolean has(String name) {
    return value instanceof Map<?, ?> map
        && map.get(name) instanceof Json member
        && !member.isNull();
  }

  /** The member of an object, which must not be null. */
  public Json get(String name) {
    if (!has(name)) {
      throw fault("has no '%s'".formatted(name));
    }
    return object().get(name);
  }

  /** The members of an object in the order of the file, nulls included. */
  @SuppressWarnings("unchecked")
  public Map<String, Json> object() {
    if (value instanceof Map<?, ?> map) {
      return (Map<String, Json>) map;
    }
    throw fault("is not an object");
  }

  /** The elements of a list. */
  @SuppressWarnings("unchecked")
  public List<Json> list() {
    if (value instanceof List<?> list) {
      return (List<Json>) list;
    }
    throw fault("is not a list");
  }

  /** A string, or a number or boolean as one; whole numbers below 10¹⁵ without a point. */
  public String text() {
    return switch (value) {
      case Double number when number == Math.rint(number) && Math.abs(number) < 1e15 ->
          Long.toString(number.longValue());
      case String text -> text;
      case Number number -> number.toString();
      case Boolean truth -> truth.toString();
      case null, default -> throw fault("is neither text nor a number");
    };
  }

  /** A number as a double. */
  public double number() {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw fault("is not a number");
  }

  /** A 64-bit integer. */
  public long integer() {
    if (value instanceof Long number) {
      return number;
    }
    throw fault("is not an integer");
  }

  /** An integer in [0, most]. */
  public long natural(long most) {
    if (value instanceof Long number && number >= 0 && number <= most) {
      return number;
    }
    throw fault(String.format(Locale.ROOT, "is not an integer in [0, %d]", most));
  }

  /** A boolean. */
  public boolean truth() {
    if (value instanceof Boolean truth) {
      return truth;
    }
    throw fault("is neither true nor false");
  }

  /** The numbers of a list. */
  public double[] numbers() {
    return list().stream().mapToDouble(Json::number).toArray();
  }

  /** The value as maps, lists, strings, longs, doubles, booleans and null. */
  public Object plain() {
    return switch (value) {
      case Map<?, ?> map -> plainObject();
      case List<?> list -> list().stream().map(Json::plain).toList();
      case null, default -> value;
    };
  }

  /** An object as a map of {@link #plain} values. */
  public Map<String, Object> plainObject() {
    Map<String, Object> plain = new LinkedHashMap<>();
    object().forEach((name, member) -> plain.put(name, member.plain()));
    return plain;
  }

  /** An object or list on one line, without a line end. */
  public static String write(Object value) {
    return write(value, false);
  }

  /** An object or list, indented, with a line end. */
  public static String writeIndented(Object value) {
    return write(value, true) + "\n";
  }

  private static String write(Object value, boolean indented) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      if (indented) {
        json.useDefaultPrettyPrinter();
      }
      write(json, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Object value) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case Map<?, ?> map -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          json.writeFieldName((String) entry.getKey());
          write(json, entry.getValue());
        }
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        for (Object element : list) {
          write(json, element);
        }
        json.writeEndArray();
      }
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Double number when !Double.isFinite(number) -> json.writeNull();
      case Double number -> json.writeNumber(number);
      case Boolean truth -> json.writeBoolean(truth);
      default -> json.writeString(value.toString());
    }
  }
}
