package org.leash.benchmarks.run;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.SplittableRandom;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Table;
import org.leash.benchmarks.input.Case;
import org.leash.benchmarks.input.Distribution;
import org.leash.binding.NativeDevice;
import org.leash.binding.Status;
import org.leash.binding.generated.Leash;
import org.leash.binding.generated.leash_ceiling_args;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.Matrix;

/**
 * What the machine can do at most, measured by the native library in the process that is timed,
 * with as many threads, on random data in memory of the same kind. Needs the native library.
 */
final class Ceilings {
  /** Times the last-level cache, so that it holds little of the data. */
  private static final int CACHES = 4;

  private static final long UNKNOWN_CACHE = 32L << 20;
  private static final int ROW = 1 << 14;
  private static final int REPETITIONS = 12;

  private Ceilings() {}

  enum Kind {
    /** One read of every byte, with a sum that is little work. */
    READ(Leash.LEASH_CEILING_READ(), "GB/s"),
    /** One half read, the other written. */
    COPY(Leash.LEASH_CEILING_COPY(), "GB/s"),
    /** Every byte read and written in place. */
    UPDATE(Leash.LEASH_CEILING_UPDATE(), "GB/s"),
    /** Exponentials of data in the first-level cache, by the best instruction set. */
    EXP(Leash.LEASH_CEILING_EXP(), "Gexp/s");

    private final int abi;
    private final String unit;

    Kind(int abi, String unit) {
      this.abi = abi;
      this.unit = unit;
    }

    String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Units of 10⁹ that pass per second: bytes read plus bytes written, or exponentials. */
    private double rate(long bytes, double nanos) {
      return switch (this) {
        case READ, COPY -> bytes / nanos;
        case UPDATE -> 2.0 * bytes / nanos;
        case EXP -> bytes / 4.0 / nanos;
      };
    }
  }

  /** Bytes of matrices that together overflow the caches of a device several times. */
  static long bytesBeyondCaches(Device device, int times) {
    long cache = device.properties().lastLevelCacheBytes();
    return times * (cache > 0 ? cache : UNKNOWN_CACHE);
  }

  /** Measures all kinds with a number of threads. */
  static void measure(Device home, int threads, String params, int fork, Sink sink) {
    int rows = Math.toIntExact(bytesBeyondCaches(home, CACHES) / 4 / ROW);
    NativeDevice device = NativeDevice.open(Leash.LEASH_DEVICE_CPU(), 0, threads);
    try (Matrix data = home.matrix(rows, ROW, DType.F32)) {
      float[] values = new float[ROW];
      for (int row = 0; row < rows; row++) {
        Distribution.NORMAL.fill(values, new SplittableRandom(Case.SEED + row));
        data.fillRow(row, values);
      }
      for (Kind kind : Kind.values()) {
        sink.append(
            measure(device, kind, data.memory())
                .set("fork", fork)
                .set("threads", threads)
                .set("params", params));
      }
    } finally {
      device.close();
    }
  }

  private static Row measure(NativeDevice device, Kind kind, MemorySegment memory) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment args = leash_ceiling_args.allocate(arena);
      leash_ceiling_args.size(args, args.byteSize());
      leash_ceiling_args.kind(args, kind.abi);
      leash_ceiling_args.repetitions(args, REPETITIONS);
      leash_ceiling_args.memory(args, memory);
      leash_ceiling_args.bytes(args, memory.byteSize());
      leash_ceiling_args.variant(args, Leash.LEASH_VARIANT_AUTO());
      Status.check(Leash.leash_measure_ceiling(device.handle(), args));
      double best = leash_ceiling_args.best_ns(args);
      return Row.of(Table.CEILINGS)
          .set("kind", kind.id())
          .set("bytes", memory.byteSize())
          .set("repetitions", REPETITIONS)
          .set("best_ns", best)
          .set("median_ns", leash_ceiling_args.median_ns(args))
          .set("rate", kind.rate(memory.byteSize(), best))
          .set("unit", kind.unit);
    }
  }
}
