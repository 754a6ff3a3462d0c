package org.leash.cli;

import org.leash.device.Device;
import org.leash.device.DeviceId;
import org.leash.device.DeviceKind;
import picocli.CommandLine.Option;

/** The options for the device and variant of the kernels. */
final class DeviceOptions {
  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cpu",
      description = "cpu, or cuda:0 for the first GPU (default: ${DEFAULT-VALUE})")
  private DeviceId device;

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description =
          "variant of the kernels, such as native-avx2 or java-scalar (default: the best)")
  private String variant;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "threads of a kernel on the CPU; 0: all (default: ${DEFAULT-VALUE})")
  private int threads;

  Device open() {
    return threads != 0 && device.kind() == DeviceKind.CPU ? Device.cpu(threads) : device.open();
  }

  /** Opens the device, by default with one thread on the CPU, for callers that run in parallel. */
  Device openSingle() {
    return device.kind() == DeviceKind.CPU ? Device.cpu(Math.max(1, threads)) : device.open();
  }

  /** The device's name. */
  String name() {
    return device.toString();
  }

  /** The variant's name, or null for the best. */
  String variant() {
    return variant;
  }
}
