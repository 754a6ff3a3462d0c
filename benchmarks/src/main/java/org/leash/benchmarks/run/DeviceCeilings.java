package org.leash.benchmarks.run;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Table;
import org.leash.benchmarks.input.Case;
import org.leash.benchmarks.input.Distribution;
import org.leash.binding.Status;
import org.leash.binding.generated.Leash;
import org.leash.binding.generated.leash_ceiling_args;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.Matrix;

/**
 * What a GPU's memory can do at most, measured by kernels of the native library that do nothing
 * else, on random data, and the least time between two events, with an empty kernel between them.
 */
final class DeviceCeilings {
  private static final int ROW = 1 << 14;

  /** Rows of random numbers that are repeated: 32 MiB. */
  private static final int DRAWN_ROWS = 512;

  /** The size of a step's logits, many times any cache; less on a GPU of less memory. */
  private static final long MOST_BYTES = 1L << 31;

  private static final int SHARE_OF_MEMORY = 64;

  private static final int REPETITIONS = 40;

  private final Device device;
  private final String params;
  private final int fork;
  private final Sink sink;

  private DeviceCeilings(Device device, String params, int fork, Sink sink) {
    this.device = device;
    this.params = params;
    this.fork = fork;
    this.sink = sink;
  }

  /**
   * Measures reading, copying, updating in place, and the floor of events.
   *
   * @param params as in the keys of the cases that the ceilings bound
   */
  static void measure(Device device, String params, int fork, Sink sink) {
    new DeviceCeilings(device, params, fork, sink).measure(MOST_BYTES);
  }

  static void measure(Device device, String params, int fork, Sink sink, long bytes) {
    new DeviceCeilings(device, params, fork, sink).measure(bytes);
  }

  private void measure(long mostBytes) {
    long bytes = Math.min(mostBytes, device.properties().memoryBytes() / SHARE_OF_MEMORY);
    long rows = Math.max(1, bytes / (4L * ROW));
    try (Matrix data = device.matrix(rows, ROW, DType.F32)) {
      fill(data);
      append("read", Leash.LEASH_CEILING_READ(), data, 1);
      append("copy", Leash.LEASH_CEILING_COPY(), data, 1);
      append("update", Leash.LEASH_CEILING_UPDATE(), data, 2);
      double[] floor = nanos(Leash.LEASH_CEILING_LAUNCH(), MemorySegment.NULL, 0);
      sink.append(row("event_floor", 0, floor).set("rate", floor[1]).set("unit", "ns"));
    }
  }

  private void fill(Matrix data) {
    long drawn = Math.min(DRAWN_ROWS, data.rows());
    float[] values = new float[ROW];
    for (int row = 0; row < drawn; row++) {
      Distribution.NORMAL.fill(values, new SplittableRandom(Case.SEED + row));
      data.fillRow(row, values);
    }
    for (long first = drawn; first < data.rows(); first += drawn) {
      long count = Math.min(drawn, data.rows() - first);
      device.copy(data.slice(0, count, ROW, ROW), data.slice(first * ROW, count, ROW, ROW));
    }
  }

  /**
   * @param passes over every byte: 2 where it is read and written
   */
  private void append(String kind, int abi, Matrix data, int passes) {
    long bytes = data.byteSize();
    double[] nanos = nanos(abi, data.location(), bytes);
    sink.append(row(kind, bytes, nanos).set("rate", passes * bytes / nanos[0]).set("unit", "GB/s"));
  }

  private Row row(String kind, long bytes, double[] nanos) {
    return Row.of(Table.CEILINGS)
        .set("fork", fork)
        .set("params", params)
        .set("kind", kind)
        .set("bytes", bytes)
        .set("repetitions", REPETITIONS)
        .set("best_ns", nanos[0])
        .set("median_ns", nanos[1]);
  }

  /** The best and the median time. */
  private double[] nanos(int abi, MemorySegment memory, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment args = leash_ceiling_args.allocate(arena);
      leash_ceiling_args.size(args, args.byteSize());
      leash_ceiling_args.kind(args, abi);
      leash_ceiling_args.repetitions(args, REPETITIONS);
      leash_ceiling_args.memory(args, memory);
      leash_ceiling_args.bytes(args, bytes);
      leash_ceiling_args.variant(args, Leash.LEASH_VARIANT_AUTO());
      device.enter();
      try {
        Status.check(
            Leash.leash_measure_ceiling(device.nativeDevice().orElseThrow().handle(), args));
      } finally {
        device.exit();
      }
      return new double[] {leash_ceiling_args.best_ns(args), leash_ceiling_args.median_ns(args)};
    }
  }
}
