package org.leash.kernel;

import java.util.Arrays;
import org.leash.device.Buffer;
import org.leash.device.Device;
import org.leash.device.Matrix;
import org.leash.loss.PolicyLoss;
import org.leash.operation.Arguments;

/**
 * Checks the arguments of a kernel's calls before they start, for every provider. Allocates only
 * during the first call and when it throws.
 */
final class ArgumentChecks implements Arguments.Visitor {
  private final Device device;
  private final Variant variant;

  // The buffers of the call, logits first; as long as the largest number in a call so far.
  private String[] names = {};
  private Buffer[] buffers = {};
  private boolean[] written = {};
  private int count;

  private Matrix logits;

  ArgumentChecks(Device device, Variant variant) {
    this.device = device;
    this.variant = variant;
  }

  /**
   * Checks everything except the values in columns.
   *
   * @throws IllegalArgumentException the arguments are invalid, or not supported by this kernel
   * @throws IllegalStateException memory is closed
   * @throws WrongThreadException memory belongs to another thread
   */
  void check(Arguments arguments) {
    logits = arguments.logits();
    try {
      add("logits", logits, false);
      checkVariant();
      if (arguments.temperatures() == null) {
        checkTemperature(arguments.temperature());
      }
      input("temperatures", arguments.temperatures(), false);
      input("mask", arguments.mask(), false);
      arguments.accept(this);
      checkOverlaps();
    } finally {
      logits = null;
      Arrays.fill(buffers, 0, count, null);
      count = 0;
    }
  }

  private void checkVariant() {
    if (!variant.dtypes().contains(logits.dtype())) {
      throw new IllegalArgumentException(
          "logits are %s; %s takes %s".formatted(logits.dtype(), variant.name(), variant.dtypes()));
    }
    if (logits.vocab() > variant.maxVocab()) {
      throw new IllegalArgumentException(
          "vocab is %d; %s takes at most %d"
              .formatted(logits.vocab(), variant.name(), variant.maxVocab()));
    }
  }

  private static void checkTemperature(float temperature) {
    if (!(temperature > 0 && temperature < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "temperature is %s; must be finite and greater than 0".formatted(temperature));
    }
  }

  @Override
  public void input(String name, Buffer column, boolean required) {
    if (column != null) {
      checkRows(name, column);
      add(name, column, false);
    } else if (required) {
      throw missing(name);
    }
  }

  @Override
  public void output(String name, Buffer column, boolean required) {
    if (column != null) {
      checkRows(name, column);
      checkWritable(name, column);
      add(name, column, true);
    } else if (required) {
      throw missing(name);
    }
  }

  @Override
  public void outputMatrix(String name, Matrix matrix, boolean required) {
    if (matrix == null) {
      if (required) {
        throw new IllegalArgumentException(
            "%s is null; set %s(matrix), or inPlace() to overwrite the logits"
                .formatted(name, name));
      }
      return;
    }
    checkRows(name, matrix);
    if (matrix.vocab() != logits.vocab() || matrix.dtype() != logits.dtype()) {
      throw new IllegalArgumentException(
          "%s is a %s; it needs the shape and type of the logits, a %s"
              .formatted(name, matrix, logits));
    }
    checkWritable(name, matrix);
    if (!isInPlace(matrix)) {
      add(name, matrix, true);
      return;
    }
    written[0] = true;
  }

  @Override
  public void policy(String name, PolicyLoss policy) {
    if (policy == null) {
      throw new IllegalArgumentException("%s is null; set a PolicyLoss".formatted(name));
    }
  }

  private IllegalArgumentException missing(String name) {
    return new IllegalArgumentException(
        "%s is null; %s needs it here: set %s(...)"
            .formatted(name, variant.operation().id(), name));
  }

  /** No output may overlap anything else. */
  private void checkOverlaps() {
    for (int i = 1; i < count; i++) {
      for (int j = 0; j < i; j++) {
        if ((written[i] || written[j])
            && overlap(buffers[i], buffers[j])
            && !interleaved(buffers[i], buffers[j])) {
          throw new IllegalArgumentException(
              "%s (%s) overlaps %s (%s); use separate memory for every output"
                  .formatted(names[i], buffers[i], names[j], buffers[j]));
        }
      }
    }
  }

  private boolean isInPlace(Matrix matrix) {
    return matrix == logits
        || (matrix.rowStride() == logits.rowStride()
            && matrix.location().address() == logits.location().address()
            && matrix.isHeap() == logits.isHeap()
            && overlap(matrix, logits));
  }

  private static boolean overlap(Buffer a, Buffer b) {
    if (a.isHeap() || b.isHeap()) {
      return a.location().asOverlappingSlice(b.location()).isPresent();
    }
    long aBegin = a.location().address();
    long bBegin = b.location().address();
    return aBegin < bBegin + b.byteSize() && bBegin < aBegin + a.byteSize();
  }

  /** Whether the rows of each matrix lie in the padding of the other; both have the same shape. */
  private static boolean interleaved(Buffer a, Buffer b) {
    if (!(a instanceof Matrix one && b instanceof Matrix other)
        || one.rowStride() != other.rowStride()
        || one.rows() == 1) {
      return false;
    }
    long row = one.vocab() * one.dtype().bytes();
    long stride = one.rowStride() * one.dtype().bytes();
    long shift = Math.abs(one.location().address() - other.location().address()) % stride;
    return shift >= row && shift <= stride - row;
  }

  private void checkRows(String name, Buffer buffer) {
    if (buffer.rows() != logits.rows()) {
      throw new IllegalArgumentException(
          "%s has %d rows; the logits have %d".formatted(name, buffer.rows(), logits.rows()));
    }
  }

  private static void checkWritable(String name, Buffer buffer) {
    if (buffer.location().isReadOnly()) {
      throw new IllegalArgumentException(
          "%s (%s) is read-only memory; an output needs writable memory".formatted(name, buffer));
    }
  }

  /** The messages are made elsewhere, so that this is small enough to be inlined. */
  private void add(String name, Buffer buffer, boolean output) {
    if (!buffer.location().scope().isAlive()
        || !buffer.location().isAccessibleBy(Thread.currentThread())
        || (buffer.isHeap() && !variant.takesArrays())
        || !buffer.isReachableFrom(device)) {
      throw unusable(name, buffer);
    }
    if (count == names.length) {
      grow();
    }
    names[count] = name;
    buffers[count] = buffer;
    written[count++] = output;
  }

  private RuntimeException unusable(String name, Buffer buffer) {
    if (!buffer.location().scope().isAlive()) {
      return new IllegalStateException(
          "%s (%s) is closed; keep it, its device and its arena open until the call has returned"
              .formatted(name, buffer));
    }
    if (!buffer.location().isAccessibleBy(Thread.currentThread())) {
      return new WrongThreadException(
          "%s (%s) belongs to another thread; use memory of a Device or of a shared arena"
              .formatted(name, buffer));
    }
    if (buffer.isHeap() && !variant.takesArrays()) {
      return new IllegalArgumentException(
          "%s (%s) is a Java array, which %s cannot use; copy it into memory of a Device, or use"
                  .formatted(name, buffer, variant.name())
              + " the variant found by Catalogue.best(arguments)");
    }
    return new IllegalArgumentException(
        "%s (%s) lies in %s; %s runs on %s: copy it into memory of that device"
            .formatted(name, buffer, buffer.whereabouts(), variant.name(), device));
  }

  private void grow() {
    names = Arrays.copyOf(names, count + 1);
    buffers = Arrays.copyOf(buffers, count + 1);
    written = Arrays.copyOf(written, count + 1);
  }
}
