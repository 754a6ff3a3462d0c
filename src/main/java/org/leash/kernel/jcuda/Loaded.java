package org.leash.kernel.jcuda;

import jcuda.driver.CUfunction;

/**
 * A kernel on a GPU with its current attributes, which hold for all launches; its lock is held from
 * setting them to the launch.
 */
final class Loaded {
  /** No number of blocks. */
  static final int UNKNOWN = 0;

  final CUfunction function;
  int sharedBytes;
  int cluster = 1;

  Loaded(CUfunction function) {
    this.function = function;
  }
}
