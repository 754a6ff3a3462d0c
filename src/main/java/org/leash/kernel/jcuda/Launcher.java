package org.leash.kernel.jcuda;

import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED;
import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_DEPTH;
import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_HEIGHT;
import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jcuda.Pointer;
import org.leash.kernel.panama.Planner;

/**
 * Runs the launches of a plan: loads kernels on first use, sets their attributes, and launches
 * them. Allocates only for new kernels. Serves a single planner; not thread-safe.
 */
final class Launcher {
  /** The most blocks of a cluster that every GPU with clusters can hold. */
  private static final int PORTABLE_CLUSTER = 8;

  /** A kernel, found by the address of its name in a plan. */
  private record Known(long address, Loaded kernel) {}

  private final Driver driver;
  private final List<Known> known = new ArrayList<>();
  private Pointer[] parameters = {};

  Launcher(Driver driver) {
    this.driver = driver;
  }

  /** Runs a launch of the planner's last plan. */
  void launch(Planner<?> planner, int launch) {
    Loaded kernel = kernel(planner, launch);
    synchronized (kernel) {
      allowSharedMemory(kernel, planner.sharedBytes(launch));
      requireCluster(kernel, planner.cluster(launch));
      driver.launch(kernel.function, planner, launch, parameter(planner, launch));
    }
  }

  private Loaded kernel(Planner<?> planner, int launch) {
    long address = planner.kernelAddress(launch);
    for (int i = 0; i < known.size(); i++) {
      if (known.get(i).address() == address) {
        return known.get(i).kernel();
      }
    }
    Loaded kernel = driver.load(planner.kernel(launch));
    known.add(new Known(address, kernel));
    return kernel;
  }

  private void allowSharedMemory(Loaded kernel, int bytes) {
    if (bytes > kernel.sharedBytes) {
      driver.set(kernel.function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes);
      kernel.sharedBytes = bytes;
    }
  }

  /**
   * Sets the cluster size as attributes of the kernel, as JCuda lacks cuLaunchKernelEx. The driver
   * checks at a launch that all three are positive, or none is.
   */
  private void requireCluster(Loaded kernel, int cluster) {
    if (cluster != kernel.cluster) {
      // If one of them fails, the next launch sets all again.
      kernel.cluster = Loaded.UNKNOWN;
      driver.set(
          kernel.function,
          CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED,
          cluster > PORTABLE_CLUSTER ? 1 : 0);
      driver.set(kernel.function, CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH, cluster);
      driver.set(kernel.function, CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_HEIGHT, 1);
      driver.set(kernel.function, CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_DEPTH, 1);
      kernel.cluster = cluster;
    }
  }

  /** The parameter array of a launch, with one entry whose address is the same in every plan. */
  private Pointer parameter(Planner<?> planner, int launch) {
    while (parameters.length <= launch) {
      Pointer[] more = Arrays.copyOf(parameters, parameters.length + 1);
      more[parameters.length] = Pointer.to(Pointer.toBuffer(planner.parameter(parameters.length)));
      parameters = more;
    }
    return parameters[launch];
  }
}
