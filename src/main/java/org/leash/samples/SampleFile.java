package org.leash.samples;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongConsumer;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.leash.analysis.ProblemSamples;
import org.leash.files.BadFileException;
import org.leash.files.LimitedReader;

/**
 * A file of samples, one per record: JSON lines, or CSV with a header if the name ends in {@code
 * .csv}; gzipped if the name ends in {@code .gz}. Read sequentially, once.
 */
public final class SampleFile {
  /** The treatment of an invalid record. */
  public enum OnBadRecord {
    /** Reading ends with a {@link BadFileException}. */
    FAIL,
    /** The record is skipped, counted and reported. */
    SKIP
  }

  /**
   * The content of a file.
   *
   * @param problems in the order of their first samples
   * @param lines the line of the first sample of each problem
   * @param records number of valid records
   * @param skipped number of invalid records
   * @param complaints the faults of the first invalid records, at most {@value #MAX_COMPLAINTS}
   */
  public record Content(
      List<ProblemSamples> problems,
      Map<String, Long> lines,
      long records,
      long skipped,
      List<String> complaints) {}

  /** Maximum length of a record, in bytes or characters. */
  static final int MAX_RECORD = 16 << 20;

  private static final int MAX_COMPLAINTS = 20;
  private static final int RECORDS_PER_REPORT = 1000;

  private final Path file;
  private final SampleFormat format;
  private final OnBadRecord onBadRecord;
  private final LongConsumer progress;

  private final SampleCounts tally = new SampleCounts();
  private final List<String> complaints = new ArrayList<>();
  private FileChannel position;
  private long read;
  private long records;
  private long skipped;

  private SampleFile(
      Path file, SampleFormat format, OnBadRecord onBadRecord, LongConsumer progress) {
    this.file = file;
    this.format = format;
    this.onBadRecord = onBadRecord;
    this.progress = progress;
  }

  /**
   * Reads a file.
   *
   * @param progress receives the number of bytes read so far, now and then
   * @throws BadFileException a record is invalid and not to be skipped, or the file is not CSV
   * @throws UncheckedIOException the file cannot be read
   */
  public static Content read(
      Path file, SampleFormat format, OnBadRecord onBadRecord, LongConsumer progress) {
    return new SampleFile(file, format, onBadRecord, progress).read();
  }

  private Content read() {
    String name = file.getFileName().toString();
    boolean gzipped = name.endsWith(".gz");
    boolean csv = (gzipped ? name.substring(0, name.length() - 3) : name).endsWith(".csv");
    try (FileChannel channel = FileChannel.open(file);
        InputStream raw = Channels.newInputStream(channel);
        InputStream in = new BufferedInputStream(gzipped ? members(raw) : raw, 1 << 16)) {
      position = channel;
      if (csv) {
        readCsv(in);
      } else {
        readJsonLines(in);
      }
    } catch (EOFException e) {
      throw new UncheckedIOException(
          file + ": cut off within its gzipped data; copy or download it again", e);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + e.getMessage(), e);
    }
    return new Content(tally.problems(), tally.lines(), records, skipped, List.copyOf(complaints));
  }

  /**
   * All members of a gzipped file. {@link java.util.zip.GZIPInputStream} takes the file to end with
   * a member if no byte is available there, which may be so at any byte.
   */
  private static InputStream members(InputStream gzipped) throws IOException {
    return GzipCompressorInputStream.builder()
        .setInputStream(gzipped)
        .setDecompressConcatenated(true)
        .get();
  }

  private void readJsonLines(InputStream in) throws IOException {
    JsonFactory json = new JsonFactory();
    Lines lines = new Lines(in, MAX_RECORD);
    while (lines.advance()) {
      countRecord();
      if (lines.isTooLong()) {
        refuse(lines.number(), "the line is longer than " + MAX_RECORD + " bytes");
      } else if (!lines.isBlank()) {
        addLine(json, lines);
      }
    }
    progress.accept(position.position());
  }

  private void addLine(JsonFactory json, Lines line) throws IOException {
    long number = line.number();
    Map<String, String> fields = new HashMap<>();
    try (JsonParser parser = json.createParser(line.bytes(), 0, line.length())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        refuse(number, "not a JSON object");
        return;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (value.isScalarValue()) {
          fields.put(name, value == JsonToken.VALUE_NULL ? "" : parser.getText());
        } else {
          parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        refuse(number, "more than one value on the line");
        return;
      }
    } catch (JsonProcessingException e) {
      refuse(
          number,
          String.format(
              Locale.ROOT,
              "column %d: %s",
              e.getLocation() == null ? 0 : e.getLocation().getColumnNr(),
              e.getOriginalMessage()));
      return;
    }
    add(fields, number);
  }

  private void readCsv(InputStream in) throws IOException {
    LimitedReader reader =
        new LimitedReader(new InputStreamReader(in, StandardCharsets.UTF_8), MAX_RECORD);
    CSVFormat csv = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
    long last = 1;
    try (CSVParser parser = CSVParser.parse(reader, csv)) {
      for (CSVRecord record : parser) {
        reader.beginRecord();
        countRecord();
        long number = last + 1;
        last = parser.getCurrentLineNumber();
        if (record.isConsistent()) {
          add(record.toMap(), number);
        } else {
          refuse(
              number,
              String.format(
                  Locale.ROOT,
                  "%d fields where the header has %d",
                  record.size(),
                  parser.getHeaderNames().size()));
        }
      }
      progress.accept(position.position());
    } catch (UncheckedIOException | CSVException | IllegalArgumentException e) {
      // Quotes are unbalanced: the start of the next record is unknown.
      throw new BadFileException(
          String.format(Locale.ROOT, "%s, after line %d: not CSV: %s", file, last, e.getMessage()));
    }
  }

  /** Reports progress now and then. */
  private void countRecord() throws IOException {
    if (++read % RECORDS_PER_REPORT == 0) {
      progress.accept(position.position());
    }
  }

  private void add(Map<String, String> fields, long number) {
    for (Map.Entry<String, String> wanted : format.where().entrySet()) {
      String value = fields.get(wanted.getKey());
      if (value == null) {
        refuse(number, missing(wanted.getKey()));
        return;
      }
      if (!value.equals(wanted.getValue())) {
        return;
      }
    }
    String problem = fields.get(format.problem());
    if (problem == null || problem.isEmpty()) {
      refuse(number, missing(format.problem()));
      return;
    }
    Boolean correct = verdict(fields.get(format.correct()));
    if (correct == null) {
      refuse(number, noVerdict(format.correct(), fields));
      return;
    }
    Boolean chain = null;
    if (format.chain() != null) {
      chain = verdict(fields.get(format.chain()));
      if (chain == null) {
        refuse(number, noVerdict(format.chain(), fields));
        return;
      }
    }
    String id = null;
    if (format.sample() != null) {
      id = fields.get(format.sample());
      if (id == null || id.isEmpty()) {
        refuse(number, missing(format.sample()));
        return;
      }
    }
    String answer = format.answer() == null ? null : fields.get(format.answer());
    String complaint =
        tally.add(
            number,
            problem,
            correct,
            answer == null || answer.isEmpty() ? null : answer,
            chain,
            id);
    if (complaint == null) {
      records++;
    } else {
      refuse(number, complaint);
    }
  }

  private static Boolean verdict(String text) {
    return switch (text) {
      case null -> null;
      case "true", "True", "TRUE", "1" -> true;
      case "false", "False", "FALSE", "0" -> false;
      default -> null;
    };
  }

  private static String missing(String field) {
    return "field '" + field + "' is missing or empty";
  }

  private static String noVerdict(String field, Map<String, String> fields) {
    String text = fields.get(field);
    return text == null || text.isEmpty()
        ? missing(field)
        : "field '%s' is '%s'; must be true or false, 1 or 0".formatted(field, text);
  }

  private void refuse(long line, String reason) {
    String complaint = file + ", line " + line + ": " + reason;
    if (onBadRecord == OnBadRecord.FAIL) {
      throw new BadFileException(complaint);
    }
    skipped++;
    if (complaints.size() < MAX_COMPLAINTS) {
      complaints.add(complaint);
    }
  }
}
