package org.leash.kernel.panama;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.leash.BadPathException;
import org.leash.device.DType;
import org.leash.files.BadFileException;
import org.leash.files.Durable;
import org.leash.files.FileFailure;
import org.leash.operation.Operation;

/**
 * A CSV file of {@link Choice}s, with a header, such as {@code leash-bench tune} writes. Its
 * columns are those of {@link Choice}; the operation may be {@code any}, dtypes are separated by
 * spaces.
 *
 * <p>The file that the system property {@code leash.choices} names is used from the first call for
 * a GPU on; that call throws what {@link #read} throws. Reading needs {@code
 * org.apache.commons:commons-csv} on the class path.
 */
public final class ChoiceFile {
  /** Names the file to use. */
  public static final String PROPERTY = "leash.choices";

  private static final long MAX_BYTES = 4 << 20;
  private static final String ANY = "any";
  private static final List<String> COLUMNS =
      List.of(
          "operation",
          "dtypes",
          "min_vocab",
          "max_vocab",
          "max_rows",
          "min_compute_capability",
          "max_compute_capability",
          "variant",
          "cluster",
          "evidence");

  private static boolean namedIsUsed;

  private ChoiceFile() {}

  /**
   * Reads a file.
   *
   * @throws BadFileException a value is invalid; the message names file and line
   * @throws UncheckedIOException the file cannot be read
   */
  public static List<Choice> read(Path file) {
    CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new BadFileException(
            file, "has more than " + MAX_BYTES + " bytes; is it a table of choices?");
      }
      try (Reader in = Files.newBufferedReader(file);
          CSVParser records = format.parse(in)) {
        if (!records.getHeaderNames().equals(COLUMNS)) {
          throw new BadFileException(
              file, 1, "", "columns are " + records.getHeaderNames() + "; must be " + COLUMNS);
        }
        return records.stream().map(each -> choice(file, records, each)).toList();
      }
    } catch (IOException e) {
      throw FileFailure.reading(file, e);
    } catch (UncheckedIOException | IllegalArgumentException e) {
      // How the parser reports records that are not CSV.
      throw new BadFileException(file, e.getMessage());
    }
  }

  /**
   * Creates or replaces a file.
   *
   * @throws UncheckedIOException the file cannot be written; its old content remains
   */
  public static void write(Path file, List<Choice> choices) {
    StringBuilder text = new StringBuilder();
    line(text, COLUMNS.toArray());
    for (Choice each : choices) {
      line(
          text,
          each.operation().map(Operation::id).orElse(ANY),
          each.dtypes().stream().sorted().map(ChoiceFile::name).collect(Collectors.joining(" ")),
          each.minVocab(),
          each.maxVocab(),
          each.maxRows(),
          each.minComputeCapability(),
          each.maxComputeCapability(),
          each.variant(),
          each.cluster(),
          each.evidence());
    }
    Durable.write(file, text.toString());
  }

  private static void line(StringBuilder text, Object... values) {
    text.append(CSVFormat.RFC4180.format(values)).append('\n');
  }

  /** Uses the file that the property names, unless that has been done. Needs the library. */
  static synchronized void useNamed() {
    String named = System.getProperty(PROPERTY);
    if (namedIsUsed || named == null) {
      return;
    }
    Path file = BadPathException.parse(named);
    try {
      Choice.set(read(file));
    } catch (IllegalArgumentException e) {
      throw new BadFileException(file, e.getMessage());
    } catch (UncheckedIOException e) {
      String message = e.getMessage() + "; correct or remove the system property " + PROPERTY;
      throw new UncheckedIOException(message, new IOException(message, e));
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException(
          "the system property %s needs org.apache.commons:commons-csv on the class path"
              .formatted(PROPERTY),
          e);
    }
    namedIsUsed = true;
  }

  private static Choice choice(Path file, CSVParser records, CSVRecord record) {
    long line = records.getCurrentLineNumber();
    if (record.size() != COLUMNS.size()) {
      throw new BadFileException(
          file,
          line,
          "",
          String.format(Locale.ROOT, "has %d values; must have %d", record.size(), COLUMNS.size()));
    }
    Field field = new Field(file, line, record);
    return new Choice(
        field.get("operation", ChoiceFile::operation),
        field.get("dtypes", ChoiceFile::dtypes),
        field.get("min_vocab", Long::parseLong),
        field.get("max_vocab", Long::parseLong),
        field.get("max_rows", Long::parseLong),
        field.get("min_compute_capability", Integer::parseInt),
        field.get("max_compute_capability", Integer::parseInt),
        record.get("variant"),
        field.get("cluster", Integer::parseInt),
        record.get("evidence"));
  }

  private record Field(Path file, long line, CSVRecord record) {
    <T> T get(String column, Function<String, T> parse) {
      String text = record.get(column);
      try {
        return parse.apply(text);
      } catch (NumberFormatException e) {
        throw new BadFileException(file, line, column, "\"" + text + "\" is not an integer");
      } catch (IllegalArgumentException e) {
        throw new BadFileException(file, line, column, e.getMessage());
      }
    }
  }

  private static Optional<Operation<?>> operation(String text) {
    return text.equals(ANY) ? Optional.empty() : Optional.of(Operation.named(text));
  }

  private static Set<DType> dtypes(String text) {
    Set<DType> dtypes = EnumSet.noneOf(DType.class);
    for (String each : text.split(" ", -1)) {
      dtypes.add(
          Arrays.stream(DType.values())
              .filter(dtype -> name(dtype).equals(each))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "\"%s\" is not a dtype; use some of %s"
                              .formatted(
                                  each,
                                  Arrays.stream(DType.values()).map(ChoiceFile::name).toList()))));
    }
    return dtypes;
  }

  private static String name(DType dtype) {
    return dtype.name().toLowerCase(Locale.ROOT);
  }
}
