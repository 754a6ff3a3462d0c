package org.leash.kernel;

import java.util.Arrays;
import java.util.Locale;
import org.leash.device.Buffer;
import org.leash.device.Device;
import org.leash.device.Matrix;
import org.leash.loss.PolicyLoss;
import org.leash.operation.Arguments;

/**
 * Checks the arguments of a kernel's calls before they start, for every provider, and holds their
 * memory until they end. Allocates only during the first call and when it throws.
 */
final class ArgumentChecks implements Arguments.Visitor {
  private final Variant variant;

  /** The buffers of the call, logits first. */
  private final Holds holds;

  /** Whether the call writes a buffer; as long as the largest number in a call so far. */
  private boolean[] written = {};

  private Matrix logits;

  ArgumentChecks(Device device, Variant variant) {
    this.variant = variant;
    holds =
        new Holds(
            device,
            "%s by %s".formatted(variant.operation(), variant.name()),
            !variant.takesArrays());
  }

  /**
   * Checks everything except the values in columns. Memory is held until {@link #release()}, which
   * is due even if this throws.
   *
   * @throws IllegalArgumentException the arguments are invalid, or not supported by this kernel
   * @throws IllegalStateException memory is closed
   * @throws WrongThreadException memory belongs to another thread
   */
  void check(Arguments arguments) {
    logits = arguments.logits();
    add("logits", logits, false);
    checkVariant();
    if (arguments.temperatures() == null) {
      checkTemperature(arguments.temperature());
    }
    input("temperatures", arguments.temperatures(), false);
    input("mask", arguments.mask(), false);
    arguments.accept(this);
    checkOverlaps();
  }

  /** Lets go of the memory. */
  void release() {
    holds.release();
    logits = null;
  }

  /** See {@link Holds#explain}. */
  IllegalStateException explain(IllegalStateException error) {
    return holds.explain(error);
  }

  private void checkVariant() {
    if (!variant.dtypes().contains(logits.dtype())) {
      throw new IllegalArgumentException(
          "logits are %s; %s takes %s".formatted(logits.dtype(), variant.name(), variant.dtypes()));
    }
    if (logits.vocab() > variant.maxVocab()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "vocab is %d; %s takes at most %d",
              logits.vocab(),
              variant.name(),
              variant.maxVocab()));
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
    for (int i = 1; i < holds.count(); i++) {
      Buffer one = holds.buffer(i);
      for (int j = 0; j < i; j++) {
        Buffer other = holds.buffer(j);
        if ((written[i] || written[j]) && overlap(one, other) && !interleaved(one, other)) {
          throw new IllegalArgumentException(
              "%s (%s) overlaps %s (%s); use separate memory for every output"
                  .formatted(holds.name(i), one, holds.name(j), other));
        }
      }
    }
  }

  private boolean isInPlace(Matrix matrix) {
    return matrix == logits
        || (matrix.rowStride() == logits.rowStride()
            && matrix.location().address() == logits.location().address()
            && matrix.isHeap() == logits.isHeap()
            // Not closed memory, the address of which has become that of the logits.
            && matrix.location().scope().equals(logits.location().scope())
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
          String.format(
              Locale.ROOT,
              "%s has %d rows; the logits have %d",
              name,
              buffer.rows(),
              logits.rows()));
    }
  }

  private static void checkWritable(String name, Buffer buffer) {
    if (buffer.location().isReadOnly()) {
      throw new IllegalArgumentException(
          "%s (%s) is read-only memory; an output needs writable memory".formatted(name, buffer));
    }
  }

  private void add(String name, Buffer buffer, boolean output) {
    int next = holds.count();
    holds.add(name, buffer);
    if (next == written.length) {
      written = Arrays.copyOf(written, next + 1);
    }
    written[next] = output;
  }
}
