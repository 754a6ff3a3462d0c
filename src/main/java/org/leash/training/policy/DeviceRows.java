package org.leash.training.policy;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.leash.device.Buffer;
import org.leash.device.ByteColumn;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.DeviceKind;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.device.StatisticsColumn;
import org.leash.training.Contexts;

/**
 * Rows of f32 logits with the columns that the kernels read and write, in the memory of a device.
 * Batches pass through it in chunks of at most {@link #capacity} rows; the unused rows of a chunk
 * are masked. Not thread-safe.
 */
final class DeviceRows implements AutoCloseable {
  private static final long MOST_BYTES = 256L << 20;

  private final Device device;
  private final List<Buffer> buffers = new ArrayList<>();
  final int capacity;
  final Matrix logits;
  final IntColumn targets;
  final ByteColumn mask;
  final ByteColumn flags;
  final FloatColumn advantage;
  final FloatColumn old;
  final FloatColumn reference;
  final FloatColumn rollout;
  final FloatColumn weight;
  final FloatColumn loss;
  final FloatColumn logprob;
  final FloatColumn entropy;
  final FloatColumn collision;
  final FloatColumn ratio;
  final FloatColumn kl;
  final FloatColumn gradLogprob;
  final FloatColumn gradEntropy;
  final StatisticsColumn statistics;

  /** The logits as the host sees them: those of a CPU device themselves, else a staged copy. */
  private final FloatBuffer host;

  /**
   * Allocates.
   *
   * @param rows of a batch; a chunk has at most as many, and at most 256 MiB of logits
   */
  DeviceRows(Device device, int vocab, int rows) {
    this.device = device;
    this.capacity = Math.clamp(MOST_BYTES / (4L * vocab), 1, Math.max(rows, 1));
    this.logits = owned(device.matrix(capacity, vocab, DType.F32));
    this.host =
        isDirect()
            ? logits.memory().asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer()
            : FloatBuffer.allocate(Math.multiplyExact(capacity, vocab));
    this.targets = owned(device.ints(capacity));
    this.mask = owned(device.bytes(capacity));
    this.flags = owned(device.bytes(capacity));
    this.advantage = floats();
    this.old = floats();
    this.reference = floats();
    this.rollout = floats();
    this.weight = floats();
    this.loss = floats();
    this.logprob = floats();
    this.entropy = floats();
    this.collision = floats();
    this.ratio = floats();
    this.kl = floats();
    this.gradLogprob = floats();
    this.gradEntropy = floats();
    this.statistics = owned(device.statistics(capacity));
  }

  private boolean isDirect() {
    return device.properties().kind() == DeviceKind.CPU;
  }

  private FloatColumn floats() {
    return owned(device.floats(capacity));
  }

  private <B extends Buffer> B owned(B buffer) {
    buffers.add(buffer);
    return buffer;
  }

  /**
   * Loads the rows [from, to) of a batch: logits, targets and mask.
   *
   * @param rows which rows take part, or null for all
   */
  void load(Policy policy, Contexts contexts, int[] tokens, int from, int to, boolean[] rows) {
    policy.logits(contexts, from, to, host.clear());
    if (!isDirect()) {
      logits.copyFrom(host.array());
    }
    int[] chunk = new int[capacity];
    System.arraycopy(tokens, from, chunk, 0, to - from);
    targets.copyFrom(chunk);
    byte[] used = new byte[capacity];
    for (int row = from; row < to; row++) {
      used[row - from] = (byte) (rows == null || rows[row] ? 1 : 0);
    }
    mask.copyFrom(used);
  }

  /** Loads the rows [from, to) of a column; null leaves the column as it is. */
  void load(double[] values, FloatColumn column, int from, int to) {
    if (values != null) {
      float[] chunk = new float[capacity];
      for (int row = from; row < to; row++) {
        chunk[row - from] = (float) values[row];
      }
      column.copyFrom(chunk);
    }
  }

  /** Stores the rows [from, to) of a column. */
  static void store(FloatColumn column, double[] values, int from, int to) {
    float[] chunk = column.toArray();
    for (int row = from; row < to; row++) {
      values[row] = chunk[row - from];
    }
  }

  /** The logits, or the gradient in their place, for the host to read from the first row on. */
  FloatBuffer read() {
    if (!isDirect()) {
      host.clear().put(logits.toArray());
    }
    return host.clear();
  }

  @Override
  public void close() {
    buffers.forEach(Buffer::close);
  }
}
