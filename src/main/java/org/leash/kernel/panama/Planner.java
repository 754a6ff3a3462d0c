package org.leash.kernel.panama;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.leash.binding.Status;
import org.leash.binding.generated.Leash;
import org.leash.binding.generated.leash_launch;
import org.leash.binding.generated.leash_plan;
import org.leash.device.Device;
import org.leash.kernel.Variant;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;

/**
 * The launches that the native library would make for a call, for callers that launch the same
 * kernels themselves. The plan is overwritten by the next call, without allocating; not
 * thread-safe.
 *
 * @param <A> arguments of the operation
 */
public final class Planner<A extends Arguments> {
  private final MemorySegment device;
  private final Call<A> call;
  private final MemorySegment plan = Arena.ofAuto().allocate(leash_plan.layout());
  private final MemorySegment[] launches = new MemorySegment[Leash.LEASH_MAX_LAUNCHES()];

  /**
   * A planner of calls.
   *
   * @param variant one of {@link NativeProvider}'s for CUDA devices, of this operation
   */
  public Planner(Device device, Operation<A> operation, Variant variant) {
    this.device = NativeProvider.handle(device);
    this.call = new Call<>(operation, NativeProvider.id(variant));
    for (int i = 0; i < launches.length; i++) {
      launches[i] = leash_plan.launch(plan, i);
    }
  }

  /**
   * Plans a call whose arguments have been checked and whose memory is held, until after the last
   * launch.
   *
   * @return how many launches there are, one after the other
   */
  public int plan(A arguments) {
    Status.check(call.plan(device, arguments, plan));
    return leash_plan.launches(plan);
  }

  /** Address of the kernel's name, which identifies the kernel for the life of the process. */
  public long kernelAddress(int launch) {
    return leash_launch.kernel(launches[launch]).address();
  }

  /** Name of the kernel in the library's cubins. */
  public String kernel(int launch) {
    return leash_launch.kernel(launches[launch]).getString(0);
  }

  /** Blocks of the grid. */
  public int blocks(int launch) {
    return leash_launch.blocks(launches[launch]);
  }

  /** Threads of a block. */
  public int threads(int launch) {
    return leash_launch.threads(launches[launch]);
  }

  /** Blocks of a cluster; 1: none. */
  public int cluster(int launch) {
    return leash_launch.cluster(launches[launch]);
  }

  /** Dynamic shared memory of a block. */
  public int sharedBytes(int launch) {
    return leash_launch.shared_bytes(launches[launch]);
  }

  /** Bytes of {@link #parameter} that the kernel takes. */
  public int parameterBytes(int launch) {
    return leash_launch.parameter_bytes(launches[launch]);
  }

  /** Where the only parameter of the launch lies, in every plan. */
  public ByteBuffer parameter(int launch) {
    return leash_launch.parameter(launches[launch]).asByteBuffer();
  }
}
