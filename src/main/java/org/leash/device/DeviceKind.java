package org.leash.device;

/** Kinds of devices that kernels run on. */
public enum DeviceKind {
  /** The processors that the JVM runs on. */
  CPU,
  /** An NVIDIA GPU. */
  CUDA
}
