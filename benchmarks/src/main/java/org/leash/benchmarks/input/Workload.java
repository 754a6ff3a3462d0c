package org.leash.benchmarks.run;

import java.util.ArrayList;
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
import org.leash.kernel.Catalogue;
import org.leash.kernel.Kernel;
import org.leash.kernel.Operation;

/**
 * A task as the library takes it: arguments over several copies of the logits, so that a launch
 * finds its logits in memory and not in a cache, and outputs that all copies share. Kernels of all
 * variants take turns on one workload.
 */
public final class Workload implements AutoCloseable {
  /** With copies that together are so many times the last-level cache, launches find none in it. */
  public static final int COLD = 3;

  private final Inputs inputs;
  private final Task task;
  private final List<Buffer> owned = new ArrayList<>();
  private final List<Matrix> logits = new ArrayList<>();
  private final List<Matrix> results = new ArrayList<>();
  private final List<Arguments> arguments = new ArrayList<>();
  private final Map<String, FloatColumn> columns = new LinkedHashMap<>();
  private final boolean inPlace;

  private Workload(Device device, Case described, Inputs inputs, int copies, boolean inPlace) {
    this.inputs = inputs;
    this.task = described.task();
    this.inPlace = inPlace && task.writesMatrix();
    for (String name : task.columns()) {
      columns.put(name, own(device.floats(described.rows())));
    }
    for (int slot = 0; slot < copies; slot++) {
      Matrix copy = own(device.matrix(described.rows(), described.vocab(), described.dtype()));
      logits.add(copy);
      results.add(resultOf(device, copy));
      restore(slot);
      arguments.add(arguments(slot));
    }
  }

  private Matrix resultOf(Device device, Matrix copy) {
    return inPlace || !task.writesMatrix()
        ? copy
        : own(device.matrix(copy.rows(), copy.vocab(), copy.dtype()));
  }

  private <B extends Buffer> B own(B buffer) {
    owned.add(buffer);
    return buffer;
  }

  /**
   * Copies the inputs.
   *
   * @param caches at least one copy, and so many that together they are this many times the
   *     last-level cache
   * @param inPlace whether a task that writes a matrix overwrites its logits
   */
  public static Workload of(
      Device device, Case described, Inputs inputs, int caches, boolean inPlace) {
    long bytes = Ceilings.bytesBeyondCaches(device, caches);
    int copies = Math.toIntExact(Math.max(1, Math.ceilDiv(bytes, described.matrixBytes())));
    return new Workload(device, described, inputs, copies, inPlace);
  }

  private Arguments arguments(int slot) {
    return TaskArguments.of(
        task, logits.get(slot), results.get(slot), InputColumns.of(inputs), columns);
  }

  /** Number of copies. */
  public int copies() {
    return arguments.size();
  }

  /** One copy of the logits. */
  public Matrix logits(int slot) {
    return logits.get(slot);
  }

  public boolean inPlace() {
    return inPlace;
  }

  /** What launches the variant on one copy. Running it allocates nothing. */
  public Runnable launcher(Catalogue catalogue, String variant, int slot) {
    return launcher(catalogue, task.operation(), variant, slot);
  }

  private <A extends Arguments> Runnable launcher(
      Catalogue catalogue, Operation<A> operation, String variant, int slot) {
    Kernel<A> kernel = catalogue.kernel(operation, variant);
    A typed = operation.arguments().cast(arguments.get(slot));
    return () -> kernel.run(typed);
  }

  /** Copies the logits again. */
  public void restore(int slot) {
    logits.get(slot).memory().copyFrom(inputs.logits().memory());
  }

  /**
   * Fills the per-row outputs, and the matrix of a copy where it is not the logits themselves, with
   * NaN.
   */
  public void poison(int slot) {
    columns.values().forEach(column -> column.memory().fill((byte) 0xff));
    if (!inPlace && task.writesMatrix()) {
      results.get(slot).memory().fill((byte) 0xff);
    }
  }

  /** What the latest launch computed, the matrix being that of one copy. */
  public Outputs outputs(int slot) {
    Matrix result = results.get(slot);
    return new Outputs() {
      @Override
      public float column(String name, int row) {
        return columns.get(name).get(row);
      }

      @Override
      public void matrixRow(int row, float[] values) {
        for (int j = 0; j < values.length; j++) {
          values[j] = result.get(row, j);
        }
      }
    };
  }

  @Override
  public void close() {
    owned.forEach(Buffer::close);
  }
}
