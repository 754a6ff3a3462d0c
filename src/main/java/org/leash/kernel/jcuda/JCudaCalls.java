package org.leash.kernel.jcuda;

import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
 * The CUDA driver through JCuda, in the stream of a device and in the GPU's primary context, which
 * the native library uses as well, so that both share memory. A call leaves the thread's current
 * context as it was. Errors of the driver are {@link IllegalStateException}s.
 */
final class JCudaCalls implements Driver {
  private static final List<String> FILES =
      List.of("log_softmax", "token_statistics", "logits_gradient", "policy_gradient");

  private static final Map<Integer, Gpu> GPUS = new ConcurrentHashMap<>();

  /**
   * A GPU's primary context and what is loaded into it, once for all launchers: a module for each
   * file. They stay until the process ends, as those of the runtime API do.
   */
  private static final class Gpu {
    final CUcontext context = new CUcontext();
    private final Map<String, CUmodule> modules = new HashMap<>();
    private final Map<String, Loaded> kernels = new HashMap<>();

    Gpu(int ordinal) {
      CUdevice device = new CUdevice();
      check(JCudaDriver.cuDeviceGet(device, ordinal), "cuDeviceGet");
      check(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain");
    }

    /** With the context current. */
    synchronized Loaded kernel(String name) {
      Loaded kernel = kernels.get(name);
      if (kernel == null) {
        CUfunction function = new CUfunction();
        check(
            JCudaDriver.cuModuleGetFunction(function, module(fileOf(name)), name),
            "cuModuleGetFunction " + name);
        kernel = new Loaded(function);
        kernels.put(name, kernel);
      }
      return kernel;
    }

    private CUmodule module(String file) {
      CUmodule module = modules.get(file);
      if (module == null) {
        module = new CUmodule();
        check(
            JCudaDriver.cuModuleLoadData(module, LeashLibrary.resource(file + ".fatbin")),
            "cuModuleLoadData of " + file);
        modules.put(file, module);
      }
      return module;
    }
  }

  private final Gpu gpu;
  private final CUstream stream;
  private final CUcontext left = new CUcontext();

  JCudaCalls(Device device) {
    gpu = GPUS.computeIfAbsent(device.properties().ordinal(), Gpu::new);
    stream = stream(device.nativeDevice().orElseThrow().stream());
  }

  @Override
  public Loaded load(String kernel) {
    enter();
    try {
      return gpu.kernel(kernel);
    } finally {
      leave();
    }
  }

  /** The fat binary that holds a kernel. */
  static String fileOf(String kernel) {
    return FILES.stream()
        .filter(file -> kernel.startsWith("leash_" + file + "_"))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no fat binary contains " + kernel));
  }

  @Override
  public void set(CUfunction function, int attribute, int value) {
    enter();
    try {
      check(JCudaDriver.cuFuncSetAttribute(function, attribute, value), "cuFuncSetAttribute");
    } finally {
      leave();
    }
  }

  @Override
  public void launch(CUfunction function, Planner<?> planner, int launch, Pointer parameters) {
    enter();
    try {
      check(
          JCudaDriver.cuLaunchKernel(
              function,
              planner.blocks(launch),
              1,
              1,
              planner.threads(launch),
              1,
              1,
              planner.sharedBytes(launch),
              stream,
              parameters,
              null),
          "cuLaunchKernel");
    } finally {
      leave();
    }
  }

  /** Makes the context current: any thread may launch. */
  private void enter() {
    check(JCudaDriver.cuCtxPushCurrent(gpu.context), "cuCtxPushCurrent");
  }

  private void leave() {
    check(JCudaDriver.cuCtxPopCurrent(left), "cuCtxPopCurrent");
  }

  /** Wraps an existing stream, for which JCuda has no public constructor. */
  private static CUstream stream(long address) {
    try {
      CUstream stream = new CUstream();
      Field pointer = NativePointerObject.class.getDeclaredField("nativePointer");
      pointer.setAccessible(true);
      pointer.setLong(stream, address);
      return stream;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "this version of JCuda has other fields for pointers; use org.jcuda:jcuda:12.6.0", e);
    }
  }

  private static void check(int result, String what) {
    if (result != 0) {
      throw new IllegalStateException(what + ": " + describe(result));
    }
  }

  static String describe(int result) {
    String[] text = {null};
    JCudaDriver.cuGetErrorString(result, text);
    return "CUDA error " + result + " (" + text[0] + ")";
  }
}
