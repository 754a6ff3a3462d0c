package org.leash.benchmarks.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.input.Expected.Tolerance;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.binding.LeashLibrary;
import org.leash.device.Device;
import org.leash.files.FileFailure;
import org.leash.files.Safetensors;

/**
 * Exports cases for other programs to measure: inputs, the reference's results, keys, and the
 * columns of a run's files. A folder of
 *
 * <ul>
 *   <li>{@code tables.csv}: tables and columns in order, and their {@code schema};
 *   <li>{@code cases.csv}: key columns of each case, without a contender's, the file of its inputs,
 *       the tolerances and the parameters of the loss;
 *   <li>{@code *.safetensors}: logits [drawn, vocab] in their dtype; targets, advantage,
 *       old_logprob and weight [drawn]; in double precision logprob, entropy and loss [drawn]; and
 *       of the rows in {@code matrix_rows}, logprobs and gradient. A case of more rows repeats the
 *       drawn ones over and over; one of fewer takes the first.
 *   <li>{@code libleash.so}, so that this library's kernels can take part.
 * </ul>
 */
public final class CaseExport {
  /** Number of rows whose large matrices are exported. */
  private static final int MATRIX_ROWS = 2;

  private final Path folder;
  private final Device home;
  private final Set<Path> written = new HashSet<>();

  private CaseExport(Path folder, Device home) {
    this.folder = folder;
    this.home = home;
  }

  /**
   * Writes cases to a folder, which is made where it does not exist.
   *
   * @param keys key of each case; columns of the contender are ignored
   * @param progress receives the name of every file of inputs before it is written
   */
  public static void write(
      Path folder, List<KernelCase> cases, List<Key> keys, Consumer<String> progress) {
    try (Device home = Device.cpu()) {
      Files.createDirectories(folder);
      if (LeashLibrary.isLoaded()) {
        try (InputStream library = LeashLibrary.content()) {
          Files.copy(library, folder.resolve("libleash.so"), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      CaseExport export = new CaseExport(folder, home);
      export.tables();
      export.cases(cases, keys, progress);
    } catch (IOException e) {
      throw FileFailure.writing(folder, e);
    }
  }

  private void tables() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(line(List.of("table", "column")));
    for (RunTable table : RunTable.values()) {
      table.columns().forEach(column -> lines.add(line(List.of(table.id(), column))));
    }
    Files.write(folder.resolve("tables.csv"), lines);
    Files.writeString(folder.resolve("schema"), RunTable.SCHEMA + "\n");
  }

  private void cases(List<KernelCase> cases, List<Key> keys, Consumer<String> progress)
      throws IOException {
    List<String> lines = new ArrayList<>();
    List<String> header = new ArrayList<>(Key.COLUMNS);
    header.addAll(
        List.of("inputs", "tol_columns", "tol_matrix", "peer_tol_columns", "peer_tol_matrix"));
    header.addAll(List.of("clip_low", "clip_high", "entropy_coefficient"));
    lines.add(line(header));
    for (int i = 0; i < cases.size(); i++) {
      Path inputs = folder.resolve(fileOf(cases.get(i)));
      if (written.add(inputs)) {
        progress.accept(inputs.getFileName().toString());
        inputs(cases.get(i), inputs);
      }
      List<String> record = new ArrayList<>(keys.get(i).values());
      record.add(inputs.getFileName().toString());
      for (Tolerance tolerance : List.of(Tolerance.OURS, Tolerance.PEERS)) {
        record.add(Double.toString(tolerance.columns()));
        record.add(Double.toString(tolerance.matrix()));
      }
      record.add(Double.toString(Inputs.LOSS.clipLow()));
      record.add(Double.toString(Inputs.LOSS.clipHigh()));
      record.add(Double.toString(Inputs.LOSS.entropyCoefficient()));
      lines.add(line(record));
    }
    Files.write(folder.resolve("cases.csv"), lines);
  }

  private static String line(List<String> fields) {
    return CSVFormat.RFC4180.format(fields.toArray());
  }

  private static String fileOf(KernelCase kernelCase) {
    return String.format(
        Locale.ROOT,
        "%s-%d-%s.safetensors",
        kernelCase.dtype().name().toLowerCase(Locale.ROOT),
        kernelCase.vocab(),
        kernelCase.distribution().id());
  }

  private void inputs(KernelCase kernelCase, Path file) throws IOException {
    KernelCase drawn = kernelCase.drawn();
    int rows = drawn.rows();
    int vocab = drawn.vocab();
    try (Inputs inputs = Inputs.of(home, drawn)) {
      new Safetensors()
          .add("logits", kernelCase.dtype().name(), inputs.logits().memory(), rows, vocab)
          .add("targets", "I32", inputs.columns().targets().memory(), rows)
          .add("advantage", "F32", inputs.columns().advantage().memory(), rows)
          .add("old_logprob", "F32", inputs.columns().oldLogprob().memory(), rows)
          .add("weight", "F32", inputs.columns().weight().memory(), rows)
          .add("logprob", column(rows, inputs::logprob), rows)
          .add("entropy", column(rows, inputs::entropy), rows)
          .add("loss", column(rows, row -> inputs.outcome(row).loss()), rows)
          .add("matrix_rows", IntStream.range(0, MATRIX_ROWS).toArray(), MATRIX_ROWS)
          .add(
              "logprobs",
              matrix(vocab, row -> inputs.reference(row).logSoftmax()),
              MATRIX_ROWS,
              vocab)
          .add("gradient", matrix(vocab, inputs::gradient), MATRIX_ROWS, vocab)
          .write(file);
    }
  }

  private interface RowToDouble {
    double of(int row);
  }

  private interface RowToDoubles {
    double[] of(int row);
  }

  private static double[] column(int rows, RowToDouble value) {
    return IntStream.range(0, rows).mapToDouble(value::of).toArray();
  }

  private static double[] matrix(int vocab, RowToDoubles values) {
    double[] matrix = new double[MATRIX_ROWS * vocab];
    for (int row = 0; row < MATRIX_ROWS; row++) {
      System.arraycopy(values.of(row), 0, matrix, row * vocab, vocab);
    }
    return matrix;
  }
}
