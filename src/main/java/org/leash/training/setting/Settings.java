package org.leash.training.setting;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The settings of a record of groups, by name. A group is a record whose components are annotated
 * with {@link Setting}; names are unique over all groups. Immutable.
 *
 * @param <R> the record
 */
public final class Settings<R extends Record> {
  /** The text of an empty {@code Optional<String>}. */
  public static final String PRESET = "preset";

  /**
   * A setting.
   *
   * @param group the help of its group
   */
  public record Definition(String group, RecordComponent component, Setting setting) {
    /** The name of the setting. */
    public String name() {
      return component.getName();
    }

    /** Whether the setting is a boolean. */
    public boolean isFlag() {
      return component.getType() == boolean.class;
    }

    /** Whether its values are words and not numbers. */
    public boolean isText() {
      return component.getType() == String.class || component.getType() == Optional.class;
    }

    /** Whether its values are whole numbers. */
    public boolean isInteger() {
      return component.getType() == int.class || component.getType() == long.class;
    }

    /** The phrase, with the range before its first semicolon. */
    public String help() {
      int end = setting.value().indexOf(';');
      return end < 0
          ? setting.value() + range()
          : setting.value().substring(0, end) + range() + setting.value().substring(end);
    }

    private String range() {
      if (setting.above() != Double.NEGATIVE_INFINITY) {
        return ", > " + number(setting.above());
      }
      if (setting.min() == Double.NEGATIVE_INFINITY) {
        return "";
      }
      return setting.max() < Double.MAX_VALUE
          ? ", in [%s, %s]".formatted(number(setting.min()), number(setting.max()))
          : ", >= " + number(setting.min());
    }

    private static String number(double bound) {
      return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }

    /**
     * Converts a value: of the setting's type, text, or for optionals what they hold.
     *
     * @throws IllegalArgumentException it has another type, or is out of range
     */
    Object convert(Object value) {
      Object typed = value instanceof String text ? parse(text) : value;
      Object converted =
          switch (component.getType().getSimpleName()) {
            case "String" -> typed instanceof String ? typed : null;
            case "Optional" -> typed instanceof Optional ? typed : null;
            case "OptionalDouble" ->
                typed instanceof Number number
                    ? optional(number.doubleValue())
                    : typed instanceof OptionalDouble ? typed : null;
            case "double" -> typed instanceof Number number ? (Object) number.doubleValue() : null;
            case "long" ->
                typed instanceof Integer || typed instanceof Long
                    ? (Object) ((Number) typed).longValue()
                    : null;
            case "int" -> typed instanceof Integer ? typed : null;
            case "boolean" -> typed instanceof Boolean ? typed : null;
            default -> throw new IllegalStateException(component + " cannot be a setting");
          };
      if (converted == null) {
        throw bad(value, "is not of type " + component.getType().getSimpleName());
      }
      check(converted);
      return converted;
    }

    private static OptionalDouble optional(double value) {
      return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private Object parse(String text) {
      try {
        return switch (component.getType().getSimpleName()) {
          case "Optional" -> text.equals(PRESET) ? Optional.empty() : Optional.of(text);
          case "OptionalDouble", "double" ->
              switch (text) {
                case "nan", "NaN" -> Double.NaN;
                case "infinity", "Infinity" -> Double.POSITIVE_INFINITY;
                default -> Double.parseDouble(text);
              };
          case "long" -> Long.parseLong(text);
          case "int" -> Integer.parseInt(text);
          case "boolean" -> Boolean.parseBoolean(text);
          default -> text;
        };
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "%s: '%s' is not %s"
                .formatted(
                    name(), text, isInteger() ? "an integer" : "a number, nor nan or infinity"),
            e);
      }
    }

    private void check(Object value) {
      OptionalDouble number =
          switch (value) {
            case OptionalDouble optional -> optional;
            case Number bare -> OptionalDouble.of(bare.doubleValue());
            default -> OptionalDouble.empty();
          };
      if (number.isPresent()) {
        double n = number.getAsDouble();
        boolean inRange =
            n >= setting.min()
                && n <= setting.max()
                && (n > setting.above() || setting.above() == Double.NEGATIVE_INFINITY);
        if (!inRange) {
          throw bad(isInteger() ? value : (Object) n, "is out of range: " + help());
        }
      }
    }

    private IllegalArgumentException bad(Object value, String fault) {
      return new IllegalArgumentException("%s = %s %s".formatted(name(), value, fault));
    }

    /** A value as files have it: numbers that are not finite, and empty optionals, are strings. */
    static Object written(Object value) {
      return switch (value) {
        case Optional<?> text -> text.isPresent() ? text.get() : PRESET;
        case OptionalDouble number -> written(number.orElse(Double.NaN));
        case Double d when !Double.isFinite(d) -> d.toString();
        default -> value;
      };
    }
  }

  private final Class<R> type;
  private final List<Definition> definitions = new ArrayList<>();

  /** The settings of a record of records. */
  public Settings(Class<R> type) {
    this.type = type;
    for (RecordComponent group : type.getRecordComponents()) {
      for (RecordComponent component : group.getType().getRecordComponents()) {
        definitions.add(
            new Definition(
                group.getAnnotation(Setting.class).value(),
                component,
                component.getAnnotation(Setting.class)));
      }
    }
  }

  /** The settings in the order of the components. */
  public List<Definition> definitions() {
    return List.copyOf(definitions);
  }

  /** Names to values as files have them. */
  public Map<String, Object> toMap(R record) {
    Map<String, Object> map = new LinkedHashMap<>();
    values(record).forEach((name, value) -> map.put(name, Definition.written(value)));
    return map;
  }

  private Map<String, Object> values(R record) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (RecordComponent group : type.getRecordComponents()) {
      Object settings = get(group, record);
      for (RecordComponent component : group.getType().getRecordComponents()) {
        values.put(component.getName(), get(component, settings));
      }
    }
    return values;
  }

  private static Object get(RecordComponent component, Object record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A builder that starts with the defaults. */
  public Builder builder() {
    return new Builder(Map.of());
  }

  /** A builder that starts with the values of a record. */
  public Builder builder(R record) {
    return new Builder(values(record));
  }

  /** Collects values; checked one by one when set, and together when built. */
  public final class Builder {
    private final Map<String, Object> values = new LinkedHashMap<>();

    private Builder(Map<String, Object> given) {
      for (Definition each : definitions) {
        values.put(
            each.name(), each.convert(given.getOrDefault(each.name(), each.setting().usual())));
      }
    }

    /**
     * Sets a value.
     *
     * @param value of the setting's type, or text
     * @throws IllegalArgumentException there is no such setting, or the value is out of range
     */
    public Builder set(String name, Object value) {
      Definition definition =
          definitions.stream()
              .filter(each -> each.name().equals(name))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("there is no setting " + name));
      values.put(name, definition.convert(value));
      return this;
    }

    /**
     * Builds the record.
     *
     * @throws IllegalArgumentException values contradict each other
     */
    public R build() {
      return create(
          type,
          group ->
              create(
                  group.getType().asSubclass(Record.class),
                  component -> values.get(component.getName())));
    }
  }

  private interface Source {
    Object of(RecordComponent component);
  }

  private static <T extends Record> T create(Class<T> type, Source source) {
    RecordComponent[] components = type.getRecordComponents();
    try {
      return type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new))
          .newInstance(Arrays.stream(components).map(source::of).toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException bad) {
        throw bad;
      }
      throw new IllegalStateException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
