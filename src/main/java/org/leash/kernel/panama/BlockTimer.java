package org.leash.kernel.panama;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.leash.binding.Status;
import org.leash.binding.generated.Leash;
import org.leash.binding.generated.leash_block;
import org.leash.device.Device;
import org.leash.kernel.Catalogue;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;

/**
 * Times calls of one native variant by its device's own events: on a GPU, how long the GPU works,
 * without the host's part. The native library launches the calls one after the other, over several
 * sets of arguments in turn, so that none finds its inputs in a cache.
 *
 * <p>Until it is closed, it keeps the memory of the arguments open. For one thread at a time.
 */
public final class BlockTimer implements AutoCloseable {
  /** The most launches of a block, all enqueued before the wait for the GPU. */
  public static final int MOST_LAUNCHES = Leash.LEASH_MAX_BLOCK_LAUNCHES();

  private final Device device;
  private final MemorySegment handle;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment block = leash_block.allocate(arena);

  /** Whose structs the block refers to; they hold the arguments' memory. */
  private final List<NativeKernel<?>> kernels = new ArrayList<>();

  /** Sensor readings while a block ran; NaN, and -1 for the bits, if unknown. */
  public record Readings(
      double smClockMhz,
      double memoryClockMhz,
      double temperatureC,
      double powerW,
      long throttleReasons) {}

  private BlockTimer(Device device, int operation) {
    this.device = device;
    handle = NativeProvider.handle(device);
    leash_block.operation(block, operation);
  }

  /**
   * A timer of calls.
   *
   * @param variant its name in the catalogue, of a native variant
   * @param calls at least one, all of them legal
   * @throws IllegalArgumentException no native variant has the name, or a call is not legal
   * @throws org.leash.UnavailableException the variant does not run on the device
   */
  public static <A extends Arguments> BlockTimer of(
      Device device, Operation<A> operation, String variant, List<A> calls) {
    if (calls.isEmpty()) {
      throw new IllegalArgumentException("calls is empty; a block needs at least one");
    }
    BlockTimer timer = new BlockTimer(device, Ids.of(operation));
    try {
      Catalogue catalogue = Catalogue.of(device);
      MemorySegment structs = timer.arena.allocate(Leash.C_POINTER, calls.size());
      for (int i = 0; i < calls.size(); i++) {
        if (!(catalogue.kernel(operation, variant) instanceof NativeKernel<A> kernel)) {
          throw new IllegalArgumentException(
              "\"" + variant + "\" is not a native variant; only native variants can be timed");
        }
        timer.kernels.add(kernel);
        structs.setAtIndex(Leash.C_POINTER, i, kernel.marshalled(calls.get(i)));
      }
      leash_block.calls(timer.block, structs);
      leash_block.count(timer.block, calls.size());
      return timer;
    } catch (RuntimeException e) {
      timer.close();
      throw e;
    }
  }

  /**
   * Launches calls, from the one after the last that was launched, and waits for their end.
   *
   * @param launches at least 1, at most {@link #MOST_LAUNCHES}
   * @return nanoseconds of all of them together
   */
  public double time(int launches) {
    if (launches < 1 || launches > MOST_LAUNCHES) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "launches is %d; must be in [1, %d]", launches, MOST_LAUNCHES));
    }
    device.enter();
    try {
      leash_block.launches(block, launches);
      Status.check(Leash.leash_measure_block(handle, block));
    } finally {
      device.exit();
    }
    leash_block.first(block, (leash_block.first(block) + launches) % leash_block.count(block));
    return leash_block.elapsed_ns(block);
  }

  /** The set of arguments that is launched next, counted from 0. */
  public int next() {
    return (int) leash_block.first(block);
  }

  /** What the device said while the latest block ran. */
  public Readings readings() {
    return new Readings(
        leash_block.sm_clock_mhz(block),
        leash_block.memory_clock_mhz(block),
        leash_block.temperature_c(block),
        leash_block.power_w(block),
        leash_block.throttle_reasons(block));
  }

  @Override
  public void close() {
    arena.close();
    kernels.forEach(NativeKernel::letGo);
    kernels.clear();
  }
}
