package org.leash.benchmarks.plan;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.leash.device.DType;
import org.leash.device.DeviceId;
import org.leash.device.DeviceKind;
import org.leash.kernel.Variant;
import org.leash.kernel.panama.Choice;
import org.leash.kernel.panama.NativeProvider;

/**
 * A contract to be fulfilled on inputs of one shape.
 *
 * @param rows token positions
 * @param vocab logits per row
 * @param threads available to a call, or {@link #ON_GPU}
 */
public record KernelCase(
    Contract contract,
    DType dtype,
    int rows,
    int vocab,
    LogitDistribution distribution,
    int threads)
    implements Case {

  /** Seed of all inputs. */
  public static final long SEED = 20250714;

  /** In place of a thread count: the case runs on a GPU. */
  public static final int ON_GPU = 0;

  /** The GPU that such cases run on. */
  public static final DeviceId GPU = new DeviceId(DeviceKind.CUDA, 0);

  private static final List<Variant> NATIVE = new NativeProvider().variants();

  /** Rows drawn for GPUs: enough that no cache holds one row for all of its repetitions. */
  private static final int DRAWN_ROWS = 128;

  public boolean isOnGpu() {
    return threads == ON_GPU;
  }

  /** The case whose inputs this one repeats if it has more rows, or takes the first of. */
  public KernelCase drawn() {
    return withRows(DRAWN_ROWS);
  }

  public KernelCase withRows(int count) {
    return new KernelCase(contract, dtype, count, vocab, distribution, threads);
  }

  public long elements() {
    return (long) rows * vocab;
  }

  /** Bytes of the logits. */
  public long matrixBytes() {
    return elements() * dtype.bytes();
  }

  /** Least traffic of the contract in bytes, read and written. */
  public long leastBytes() {
    return contract.writesMatrix() ? 2 * matrixBytes() : matrixBytes();
  }

  /**
   * The CUDA variants that there are for the case, the plain one first; none without the native
   * library. {@code native-auto}, whose reads depend on the call, is not among them.
   */
  public List<Variant> cudaVariants() {
    return NATIVE.stream()
        .filter(each -> each.device() == DeviceKind.CUDA && each.reads() > 0)
        .filter(each -> each.operation() == contract.operation())
        .filter(each -> each.dtypes().contains(dtype))
        .filter(each -> each.maxVocab() >= vocab)
        .toList();
  }

  /**
   * The entry by which native-auto of a GPU chooses for the case; empty without the native library.
   *
   * @param sharedBytesPerBlock the most shared memory that a kernel can ask for there
   * @param maxCluster the most blocks of a cluster there
   */
  public Optional<Choice> choice(int computeCapability, long sharedBytesPerBlock, int maxCluster) {
    return Choice.of(
        contract.operation(),
        dtype,
        rows,
        vocab,
        computeCapability,
        sharedBytesPerBlock,
        maxCluster);
  }

  /** Whether two cases work on the same logits. */
  public boolean sharesInputs(KernelCase other) {
    return dtype == other.dtype
        && rows == other.rows
        && vocab == other.vocab
        && distribution == other.distribution;
  }

  /** Why a variant of the operation cannot run this case here; empty if it can. */
  public Optional<String> obstacle(Variant variant) {
    if (!variant.available()) {
      return Optional.of(variant.reason());
    }
    if (!variant.dtypes().contains(dtype)) {
      return Optional.of("takes " + variant.dtypes() + ", not " + dtype);
    }
    if (variant.maxVocab() < vocab) {
      return Optional.of("takes rows of at most " + variant.maxVocab());
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s %s %dx%d %s, %s",
        contract.operationId(),
        dtype.name().toLowerCase(Locale.ROOT),
        rows,
        vocab,
        distribution.id(),
        isOnGpu() ? "gpu" : threads + (threads == 1 ? " thread" : " threads"));
  }
}
