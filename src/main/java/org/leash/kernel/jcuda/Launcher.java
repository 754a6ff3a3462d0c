package org.leash.kernel.jcuda;

import org.leash.kernel.panama.Planner;

/** Launches what has been planned. */
interface Launcher {
  /** Launches one of the launches of the planner's last plan. Allocates nothing but at first. */
  void launch(Planner<?> planner, int launch);
}
