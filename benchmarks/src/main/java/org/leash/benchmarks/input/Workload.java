package org.leash.benchmarks.input;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.device.Buffer;
import org.leash.device.Device;
import org.leash.device.DeviceKind;
import org.leash.device.FloatColumn;
import org.leash.device.Matrix;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Kernel;
import org.leash.operation.Arguments;
import org.leash.operation.Entropy;
import org.leash.operation.LogSoftmax;
import org.leash.operation.LogitsGradient;
import org.leash.operation.Operation;
import org.leash.operation.PolicyGradient;
import org.leash.operation.TokenStatistics;

/**
 * A case's inputs and outputs in memory of a device. There are several copies of the logits, so
 * that a launch finds its own in memory and not in a cache; all copies share the columns. The
 * contenders of a case take turns on one workload.
 */
public final class Workload implements AutoCloseable {
  /** Copies whose total is this many last-level caches leave no copy in the cache. */
  public static final int COLD = 3;

  /** System property: bytes to take for a last-level cache instead of those the device reports. */
  private static final String CACHE_PROPERTY = "leash.bench.cache";

  private static final long UNKNOWN_CACHE = 32L << 20;

  /** Elements to which each copy is aligned: at least 128 bytes. */
  private static final long ALIGNMENT = 64;

  private final Device device;
  private final KernelCase kernelCase;
  private final boolean inPlace;
  private final Matrix drawn;
  private final InputColumns columns;
  private final List<Matrix> copies;
  private final List<Matrix> results;
  private final Map<String, FloatColumn> outputs = new LinkedHashMap<>();
  private final float[] nan;
  private final List<Buffer> owned = new ArrayList<>();

  private Workload(
      Device device, KernelCase kernelCase, Inputs inputs, int count, boolean inPlace) {
    this.device = device;
    this.kernelCase = kernelCase;
    this.inPlace = inPlace && kernelCase.contract().writesMatrix();
    int rows = kernelCase.rows();
    if (rows > inputs.rows() && rows % inputs.rows() != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%d rows are not a multiple of the %d drawn rows", rows, inputs.rows()));
    }
    nan = new float[rows];
    Arrays.fill(nan, Float.NaN);
    drawn = device.properties().kind() == DeviceKind.CPU ? inputs.logits() : onDevice(inputs);
    columns = inputs.columns().repeated(device, rows);
    for (String name : kernelCase.contract().columns()) {
      outputs.put(name, own(device.floats(rows)));
    }
    copies = matrices(count);
    results = this.inPlace || !kernelCase.contract().writesMatrix() ? copies : matrices(count);
    for (int copy = 0; copy < count; copy++) {
      restore(copy);
    }
    device.synchronize();
  }

  private Matrix onDevice(Inputs inputs) {
    Matrix copy = own(device.matrix(inputs.rows(), kernelCase.vocab(), kernelCase.dtype()));
    device.copy(inputs.logits(), copy);
    return copy;
  }

  private List<Matrix> matrices(int count) {
    long pitch = Math.ceilDiv(kernelCase.elements(), ALIGNMENT) * ALIGNMENT;
    Matrix all = own(device.matrix(count * (pitch / ALIGNMENT), ALIGNMENT, kernelCase.dtype()));
    List<Matrix> matrices = new ArrayList<>();
    int vocab = kernelCase.vocab();
    for (int copy = 0; copy < count; copy++) {
      matrices.add(all.slice(copy * pitch, kernelCase.rows(), vocab, vocab));
    }
    return matrices;
  }

  private <B extends Buffer> B own(B buffer) {
    owned.add(buffer);
    return buffer;
  }

  /**
   * Copies inputs to a device.
   *
   * @param inputs drawn for the case; rows beyond theirs repeat them
   * @param caches total size of the copies in last-level caches; at least one copy is made
   * @param inPlace whether a matrix output overwrites the logits
   * @throws IllegalArgumentException the case has more rows than the inputs, but not a multiple
   */
  public static Workload of(
      Device device, KernelCase kernelCase, Inputs inputs, int caches, boolean inPlace) {
    long bytes = bytesBeyondCaches(device, caches);
    int copies = Math.toIntExact(Math.max(1, Math.ceilDiv(bytes, kernelCase.matrixBytes())));
    return new Workload(device, kernelCase, inputs, copies, inPlace);
  }

  /** Size of some last-level caches of a device, in bytes. */
  public static long bytesBeyondCaches(Device device, int caches) {
    long cache = Long.getLong(CACHE_PROPERTY, device.properties().lastLevelCacheBytes());
    return caches * (cache > 0 ? cache : UNKNOWN_CACHE);
  }

  /** Number of copies. */
  public int copies() {
    return copies.size();
  }

  /** One copy of the logits. */
  public Matrix logits(int copy) {
    return copies.get(copy);
  }

  public boolean inPlace() {
    return inPlace;
  }

  public KernelCase kernelCase() {
    return kernelCase;
  }

  /** Arguments of a launch on one copy. */
  public Arguments arguments(int copy) {
    Matrix in = copies.get(copy);
    Matrix out = results.get(copy);
    return switch (kernelCase.contract()) {
      case LOG_SOFTMAX -> LogSoftmax.of(in).logprobs(out);
      case ENTROPY -> Entropy.of(in).entropy(outputs.get("entropy"));
      case TOKEN_STATISTICS ->
          TokenStatistics.of(in)
              .targets(columns.targets())
              .logprob(outputs.get("logprob"))
              .entropy(outputs.get("entropy"));
      case LOGITS_GRADIENT ->
          LogitsGradient.of(in)
              .targets(columns.targets())
              .statistics(columns.statistics())
              .gradLogprob(columns.gradLogprob())
              .gradEntropy(columns.gradEntropy())
              .gradient(out);
      case POLICY_GRADIENT ->
          PolicyGradient.of(in)
              .policy(Inputs.LOSS)
              .targets(columns.targets())
              .advantage(columns.advantage())
              .oldLogprob(columns.oldLogprob())
              .weight(columns.weight())
              .loss(outputs.get("loss"))
              .logprob(outputs.get("logprob"))
              .entropy(outputs.get("entropy"))
              .gradient(out);
    };
  }

  /** Launches a variant on one copy when run, which allocates nothing. */
  public Runnable launcher(Catalogue catalogue, String variant, int copy) {
    return launcher(catalogue, kernelCase.contract().operation(), variant, copy);
  }

  private <A extends Arguments> Runnable launcher(
      Catalogue catalogue, Operation<A> operation, String variant, int copy) {
    Kernel<A> kernel = catalogue.kernel(operation, variant);
    A typed = operation.arguments().cast(arguments(copy));
    return () -> kernel.run(typed);
  }

  /** Copies the logits again; enqueued. */
  public void restore(int copy) {
    Matrix to = copies.get(copy);
    long vocab = kernelCase.vocab();
    for (long first = 0; first < to.rows(); first += drawn.rows()) {
      long rows = Math.min(drawn.rows(), to.rows() - first);
      device.enqueueCopy(
          drawn.slice(0, rows, vocab, vocab), to.slice(first * vocab, rows, vocab, vocab));
    }
  }

  /** Fills the output columns, and a copy's result matrix unless it holds the logits, with NaN. */
  public void poison(int copy) {
    outputs.values().forEach(column -> column.copyFrom(nan));
    if (!inPlace && kernelCase.contract().writesMatrix()) {
      results.get(copy).memory().fill((byte) 0xff);
    }
  }

  /** First rows of the first and the last repetition of the drawn rows. */
  public List<Integer> repetitions() {
    int repetitions = (int) Math.max(1, kernelCase.rows() / drawn.rows());
    return repetitions == 1 ? List.of(0) : List.of(0, (int) ((repetitions - 1) * drawn.rows()));
  }

  /** Results of the latest launch, which was on one copy, from some row on. */
  public Outputs outputs(int copy, int firstRow) {
    Map<String, float[]> values = new LinkedHashMap<>();
    outputs.forEach((name, column) -> values.put(name, column.toArray()));
    Matrix result = results.get(copy);
    long vocab = kernelCase.vocab();
    return new Outputs() {
      @Override
      public float column(String name, int row) {
        return values.get(name)[firstRow + row];
      }

      @Override
      public void matrixRow(int row, float[] to) {
        Matrix one = result.slice((firstRow + row) * vocab, 1, vocab, vocab);
        System.arraycopy(one.toArray(), 0, to, 0, to.length);
      }
    };
  }

  @Override
  public void close() {
    owned.forEach(Buffer::close);
    columns.close();
  }
}
