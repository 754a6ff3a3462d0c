package org.leash.kernel.jcuda;

import jcuda.Pointer;
import jcuda.driver.CUfunction;
import org.leash.kernel.panama.Planner;

/** What launching asks of the driver. */
interface Driver {
  /** The kernel of a name in the library's fat binaries. */
  CUfunction load(String kernel);

  /**
   * Tells the driver something about a kernel.
   *
   * @param attribute one of {@link jcuda.driver.CUfunction_attribute}
   */
  void set(CUfunction function, int attribute, int value);

  /**
   * Launches one of the launches of a plan.
   *
   * @param parameters to the address of the kernel's only parameter
   */
  void launch(CUfunction function, Planner<?> planner, int launch, Pointer parameters);
}
