package org.leash.benchmarks.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.leash.benchmarks.input.Case;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Outputs;
import org.leash.benchmarks.input.Task;
import org.leash.device.Buffer;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.Matrix;
import org.leash.kernel.Arguments;

/**
 * A case's inputs in memory of a device: the drawn rows over and over, in so many copies that a
 * launch finds none of its own in a cache. Results take the place of the logits, where there are
 * any; all launches share the columns.
 *
 * <p>The twin of {@link Workload} for memory that the host cannot read.
 */
final class DeviceWorkload implements AutoCloseable {
  /** Elements to which the beginning of each copy is aligned: 128 bytes and more. */
  private static final long ALIGNMENT = 64;

  private final Device device;
  private final Case described;
  private final Matrix drawn;
  private final Matrix all;
  private final InputColumns columns;
  private final Map<String, FloatColumn> outputs = new LinkedHashMap<>();
  private final List<Matrix> copies = new ArrayList<>();
  private final float[] poison;

  /**
   * Copies the inputs to the device.
   *
   * @param inputs of {@link Case#drawn()}; rows of the case beyond them are a multiple of them
   */
  DeviceWorkload(Device device, Case described, Inputs inputs) {
    this.device = device;
    this.described = described;
    int rows = described.rows();
    if (rows > inputs.rows() && rows % inputs.rows() != 0) {
      throw new IllegalArgumentException(
          "%d rows are no multiple of the %d that are drawn".formatted(rows, inputs.rows()));
    }
    long pitch = Math.ceilDiv(described.elements(), ALIGNMENT) * ALIGNMENT;
    long wanted = Ceilings.bytesBeyondCaches(device, Workload.COLD);
    int count = Math.toIntExact(Math.max(1, Math.ceilDiv(wanted, described.matrixBytes())));
    poison = new float[rows];
    Arrays.fill(poison, Float.NaN);
    drawn = device.matrix(inputs.rows(), described.vocab(), described.dtype());
    device.copy(inputs.logits(), drawn);
    all = device.matrix(count * (pitch / ALIGNMENT), ALIGNMENT, described.dtype());
    columns = InputColumns.on(device, inputs, rows);
    for (String name : described.task().columns()) {
      outputs.put(name, device.floats(rows));
    }
    for (int slot = 0; slot < count; slot++) {
      copies.add(all.slice(slot * pitch, rows, described.vocab(), described.vocab()));
      restore(slot);
    }
    device.synchronize();
  }

  int copies() {
    return copies.size();
  }

  boolean inPlace() {
    return described.task().writesMatrix();
  }

  /** The arguments over one copy. */
  Arguments arguments(int slot) {
    Matrix copy = copies.get(slot);
    return TaskArguments.of(described.task(), copy, copy, columns, outputs);
  }

  Task task() {
    return described.task();
  }

  /** Copies the drawn rows over one copy again; enqueued. */
  void restore(int slot) {
    Matrix copy = copies.get(slot);
    long vocab = described.vocab();
    for (long first = 0; first < copy.rows(); first += drawn.rows()) {
      long rows = Math.min(drawn.rows(), copy.rows() - first);
      device.enqueueCopy(
          drawn.slice(0, rows, vocab, vocab), copy.slice(first * vocab, rows, vocab, vocab));
    }
  }

  /** Fills the columns with NaN. */
  void poison() {
    outputs.values().forEach(column -> column.copyFrom(poison));
  }

  /** Rows at which repetitions of the drawn rows begin, of which the first and the last suffice. */
  List<Integer> repetitions() {
    int last = (int) ((Math.max(described.rows(), drawn.rows()) / drawn.rows() - 1) * drawn.rows());
    return last == 0 ? List.of(0) : List.of(0, last);
  }

  /** What the latest launch computed, in the rows from one on, its matrix being that of a copy. */
  Outputs outputs(int slot, int firstRow) {
    Map<String, float[]> values = new LinkedHashMap<>();
    outputs.forEach((name, column) -> values.put(name, column.toArray()));
    Matrix matrix = copies.get(slot);
    long vocab = described.vocab();
    return new Outputs() {
      @Override
      public float column(String name, int row) {
        return values.get(name)[firstRow + row];
      }

      @Override
      public void matrixRow(int row, float[] result) {
        Matrix one = matrix.slice((firstRow + row) * vocab, 1, vocab, vocab);
        System.arraycopy(one.toFloats(), 0, result, 0, result.length);
      }
    };
  }

  @Override
  public void close() {
    outputs.values().forEach(Buffer::close);
    columns.close();
    all.close();
    drawn.close();
  }
}
