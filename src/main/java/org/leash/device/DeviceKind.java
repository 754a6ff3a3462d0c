package org.leash.device;

/** Kinds of devices. */
public enum DeviceKind {
  /** The processors available to the JVM. */
  CPU,
  /** An NVIDIA GPU. */
  CUDA
}
