package org.leash.kernel.panama;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.leash.binding.Status;
import org.leash.binding.generated.Leash;
import org.leash.binding.generated.leash_ceiling_args;
import org.leash.device.Buffer;
import org.leash.device.Device;
import org.leash.kernel.Holds;

/**
 * A limit of a device, measured with all of its threads by kernels of the native library that do
 * nothing else. Needs the native library.
 */
public enum DeviceCeiling {
  /** Reads every byte once. */
  READ(Leash.LEASH_CEILING_READ()),
  /** Reads the first half of the bytes and writes the second. */
  COPY(Leash.LEASH_CEILING_COPY()),
  /** Reads and writes every byte in place. */
  UPDATE(Leash.LEASH_CEILING_UPDATE()),
  /** CPU: exponentials of f32 values in the first-level cache, by the best instruction set. */
  EXP(Leash.LEASH_CEILING_EXP()),
  /** CUDA: an empty kernel between two events; uses no memory. */
  LAUNCH(Leash.LEASH_CEILING_LAUNCH());

  private final int abi;

  DeviceCeiling(int abi) {
    this.abi = abi;
  }

  /** Durations of the fastest repetition and of the median one, in nanoseconds. */
  public record Nanos(double best, double median) {}

  /**
   * Measures the limit; returns when it is done.
   *
   * @param data memory of the device, a multiple of 4096 bytes, overwritten by COPY and UPDATE; not
   *     used by LAUNCH
   * @param repetitions at least 1
   * @throws IllegalArgumentException the device does not have this limit, or the memory does not
   *     suit
   * @throws IllegalStateException the device or the memory is closed
   */
  public Nanos measure(Device device, Buffer data, int repetitions) {
    Holds holds = new Holds(device, "the ceiling " + id(), true);
    device.enter();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment args = leash_ceiling_args.allocate(arena);
      leash_ceiling_args.kind(args, abi);
      leash_ceiling_args.repetitions(args, repetitions);
      if (this != LAUNCH) {
        holds.add("data", data);
        leash_ceiling_args.memory(args, data.location());
        leash_ceiling_args.bytes(args, data.byteSize());
      }
      leash_ceiling_args.variant(args, Leash.LEASH_VARIANT_AUTO());
      Status.check(Leash.leash_measure_ceiling(device.nativeDevice().orElseThrow().handle(), args));
      return new Nanos(leash_ceiling_args.best_ns(args), leash_ceiling_args.median_ns(args));
    } finally {
      holds.release();
      device.exit();
    }
  }

  /** Units of work on some bytes: bytes read plus bytes written, exponentials, or launches. */
  public double work(long bytes) {
    return switch (this) {
      case READ, COPY -> bytes;
      case UPDATE -> 2.0 * bytes;
      case EXP -> bytes / (double) Float.BYTES;
      case LAUNCH -> 1;
    };
  }

  /** The name in lower case. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
