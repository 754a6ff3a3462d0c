package org.leash.device;

/** Kinds of devices that kernels run on. */
public enum DeviceKind {
  /** The processors that the JVM runs on. */
  CPU(0),
  /** An NVIDIA GPU. */
  CUDA(1);

  private final int abi;

  DeviceKind(int abi) {
    this.abi = abi;
  }

  /** The constant {@code LEASH_DEVICE_*} of the C interface. */
  public int abi() {
    return abi;
  }
}
