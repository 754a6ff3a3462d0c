package org.leash.benchmarks.measure;

import java.util.List;
import java.util.stream.IntStream;
import org.leash.benchmarks.csv.Sensors;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Workload;
import org.leash.benchmarks.plan.Identity;
import org.leash.device.Device;
import org.leash.device.DeviceKind;
import org.leash.kernel.Arguments;
import org.leash.kernel.Operation;
import org.leash.kernel.panama.BlockTimer;

/** A native variant, timed by events of its device. */
final class DeviceTimedContender extends KernelContender {
  private final BlockTimer timer;

  DeviceTimedContender(
      String variant, Identity.Role role, Device device, Workload workload, Expected expected) {
    super(new Identity(variant, implementation(device), role), workload, expected);
    timer = timer(device, workload.kernelCase().contract().operation(), variant, workload);
  }

  private static String implementation(Device device) {
    return device.properties().kind() == DeviceKind.CPU ? "c_cpu" : "cuda";
  }

  private static <A extends Arguments> BlockTimer timer(
      Device device, Operation<A> operation, String variant, Workload workload) {
    List<A> calls =
        IntStream.range(0, workload.copies())
            .mapToObj(workload::arguments)
            .map(operation.arguments()::cast)
            .toList();
    return BlockTimer.of(device, operation, variant, calls);
  }

  @Override
  public int launchesPerBlock() {
    return Math.min(super.launchesPerBlock(), BlockTimer.MOST_LAUNCHES);
  }

  @Override
  public void launch() {
    time(1);
  }

  @Override
  public double time(int launches) {
    launched(launches);
    return timer.time(launches);
  }

  @Override
  public Sensors sensors() {
    BlockTimer.Readings readings = timer.readings();
    return new Sensors(
        readings.smClockMhz(),
        readings.memoryClockMhz(),
        readings.temperatureC(),
        readings.powerW(),
        readings.throttleReasons());
  }

  @Override
  public void close() {
    timer.close();
  }
}
