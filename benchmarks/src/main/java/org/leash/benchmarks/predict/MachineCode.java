package org.leash.benchmarks.predict;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.leash.benchmarks.plan.Contract;
import org.leash.binding.LeashLibrary;
import org.leash.device.DType;

/**
 * What the machine code of a CUDA variant takes of a multiprocessor's units, from the table {@code
 * machine_code.csv} of the native library: the kernels of the variant together.
 *
 * @param kernels launches of a call
 * @param slots issue slots of a warp for a vector of 16 bytes in every thread
 * @param alu of these, on the unit for integers, comparisons and conversions, at half rate
 * @param mufu of these, on the unit for exponentials, at an eighth of the rate
 * @param f64 instructions in f64, which one thread executes for a row, about a third of them
 */
record MachineCode(int kernels, double slots, double alu, double mufu, double f64) {
  private static final List<CSVRecord> TABLE = read();

  private static List<CSVRecord> read() {
    CSVFormat format =
        CSVFormat.RFC4180
            .builder()
            .setCommentMarker('#')
            .setHeader()
            .setSkipHeaderRecord(true)
            .get();
    try (Reader file =
        new InputStreamReader(
            LeashLibrary.class.getResourceAsStream("machine_code.csv"), StandardCharsets.UTF_8)) {
      return format.parse(file).getRecords();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The code of a variant.
   *
   * @param variant without its provider, such as "resident"
   */
  static MachineCode of(Contract contract, String variant, DType dtype) {
    // Entropy is a column of token_statistics.
    Contract computed = contract == Contract.ENTROPY ? Contract.TOKEN_STATISTICS : contract;
    String name =
        "leash_%s_%s(_sums|_finish|_output)?_%s"
            .formatted(computed.operationId(), variant, dtype.toString().toLowerCase(Locale.ROOT));
    MachineCode sum = new MachineCode(0, 0, 0, 0, 0);
    for (CSVRecord kernel : TABLE) {
      if (kernel.get("kernel").matches(name)) {
        sum = sum.plus(kernel);
      }
    }
    return sum;
  }

  private MachineCode plus(CSVRecord kernel) {
    return new MachineCode(
        kernels + 1,
        slots + number(kernel, "sums_slots") + number(kernel, "output_slots"),
        alu + number(kernel, "sums_alu") + number(kernel, "output_alu"),
        mufu + number(kernel, "sums_mufu") + number(kernel, "output_mufu"),
        f64 + number(kernel, "f64"));
  }

  private static double number(CSVRecord kernel, String column) {
    String text = kernel.get(column);
    return text.isEmpty() ? 0 : Double.parseDouble(text);
  }

  /**
   * Cycles of a scheduler for a vector in every thread of a warp, by the unit that takes longest.
   */
  double cycles() {
    return Math.max(slots, Math.max(2 * alu, 8 * mufu));
  }
}
