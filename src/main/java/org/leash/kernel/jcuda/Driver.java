package org.leash.kernel.jcuda;

import jcuda.Pointer;
import jcuda.driver.CUfunction;
import org.leash.kernel.panama.Planner;

/** The driver calls needed to launch kernels. */
interface Driver {
  /** Loads a kernel from the library's fat binaries, by name; the same one at every call. */
  Loaded load(String kernel);

  /**
   * Sets an attribute of a kernel.
   *
   * @param attribute one of {@link jcuda.driver.CUfunction_attribute}
   */
  void set(CUfunction function, int attribute, int value);

  /**
   * Runs a launch of the current plan.
   *
   * @param launch the index of the launch in the plan
   * @param parameters an array with the address of the kernel's only parameter
   */
  void launch(CUfunction function, Planner<?> planner, int launch, Pointer parameters);
}
