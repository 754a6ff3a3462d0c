package org.leash.kernel.jcuda;

import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_DEPTH;
import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_HEIGHT;
import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.leash.binding.LeashLibrary;
import org.leash.device.Device;
import org.leash.kernel.panama.Planner;

/**
 * Launches through the driver, in the stream of a device and in the context that the native library
 * uses too (the GPU's primary one), so that both share memory. For one planner; not thread-safe.
 */
final class DriverLauncher implements Launcher {
  private static final List<String> FILES =
      List.of("log_softmax", "token_statistics", "logits_gradient", "policy_gradient");

  /** A kernel, once loaded, and what the driver has been told of it. */
  private static final class Loaded {
    final long address;
    final CUfunction function;
    int sharedBytes;
    int cluster = 1;

    Loaded(long address, CUfunction function) {
      this.address = address;
      this.function = function;
    }
  }

  private final CUcontext context = new CUcontext();
  private final CUstream stream;
  private final List<Loaded> loaded = new ArrayList<>();
  private Pointer[] parameters = {};

  DriverLauncher(Device device) {
    CUdevice gpu = new CUdevice();
    Driver.check(JCudaDriver.cuDeviceGet(gpu, device.properties().ordinal()), "cuDeviceGet");
    Driver.check(JCudaDriver.cuDevicePrimaryCtxRetain(context, gpu), "cuDevicePrimaryCtxRetain");
    stream = stream(device.nativeDevice().orElseThrow().stream());
  }

  @Override
  public void launch(Planner<?> planner, int launch) {
    Driver.check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
    Loaded kernel = loaded(planner, launch);
    allowSharedMemory(kernel, planner.sharedBytes(launch));
    requireCluster(kernel, planner.cluster(launch));
    Driver.check(
        JCudaDriver.cuLaunchKernel(
            kernel.function,
            planner.blocks(launch),
            1,
            1,
            planner.threads(launch),
            1,
            1,
            planner.sharedBytes(launch),
            stream,
            parameter(planner, launch),
            null),
        "cuLaunchKernel");
  }

  private Loaded loaded(Planner<?> planner, int launch) {
    long address = planner.kernelAddress(launch);
    for (int i = 0; i < loaded.size(); i++) {
      if (loaded.get(i).address == address) {
        return loaded.get(i);
      }
    }
    Loaded found = new Loaded(address, load(planner.kernel(launch)));
    loaded.add(found);
    return found;
  }

  private static CUfunction load(String kernel) {
    String file = fileOf(kernel);
    CUmodule module = new CUmodule();
    Driver.check(
        JCudaDriver.cuModuleLoadData(module, LeashLibrary.resource(file + ".fatbin")),
        "cuModuleLoadData of " + file);
    CUfunction function = new CUfunction();
    Driver.check(
        JCudaDriver.cuModuleGetFunction(function, module, kernel), "cuModuleGetFunction " + kernel);
    return function;
  }

  /** The fat binary that holds a kernel. */
  static String fileOf(String kernel) {
    return FILES.stream()
        .filter(file -> kernel.startsWith("leash_" + file + "_"))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no fat binary holds " + kernel));
  }

  private static void allowSharedMemory(Loaded kernel, int bytes) {
    if (bytes > kernel.sharedBytes) {
      set(kernel, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes);
      kernel.sharedBytes = bytes;
    }
  }

  /** JCuda has no cuLaunchKernelEx; a function that requires a cluster is launched in clusters. */
  private static void requireCluster(Loaded kernel, int cluster) {
    if (cluster != kernel.cluster) {
      set(kernel, CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH, cluster);
      set(kernel, CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_HEIGHT, 1);
      set(kernel, CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_DEPTH, 1);
      kernel.cluster = cluster;
    }
  }

  private static void set(Loaded kernel, int attribute, int value) {
    Driver.check(
        JCudaDriver.cuFuncSetAttribute(kernel.function, attribute, value), "cuFuncSetAttribute");
  }

  /** The array of parameters of a launch, which has one; a plan always has it in the same place. */
  private Pointer parameter(Planner<?> planner, int launch) {
    while (parameters.length <= launch) {
      Pointer[] more = java.util.Arrays.copyOf(parameters, parameters.length + 1);
      more[parameters.length] = Pointer.to(Pointer.toBuffer(planner.parameter(parameters.length)));
      parameters = more;
    }
    return parameters[launch];
  }

  /** JCuda makes streams of its own alone; this gives it the address of one that there is. */
  private static CUstream stream(long address) {
    try {
      CUstream stream = new CUstream();
      Field pointer = NativePointerObject.class.getDeclaredField("nativePointer");
      pointer.setAccessible(true);
      pointer.setLong(stream, address);
      return stream;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "this JCuda keeps its pointers elsewhere; take org.jcuda:jcuda:12.6.0", e);
    }
  }
}
