package org.leash.benchmarks.run;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.leash.benchmarks.data.Sensors;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.input.Expected;
import org.leash.device.Device;
import org.leash.kernel.Arguments;
import org.leash.kernel.Operation;
import org.leash.kernel.panama.BlockTimer;

/** A native variant, timed by its device's events on the copies of a workload in turn. */
final class DeviceContender implements Contender {
  private final Identity identity;
  private final DeviceWorkload workload;
  private final Expected expected;
  private final BlockTimer timer;
  private int overwritten;

  DeviceContender(
      String variant, Role role, Device device, DeviceWorkload workload, Expected expected) {
    identity = new Identity(variant, implementation(device), role);
    this.workload = workload;
    this.expected = expected;
    timer = timer(device, workload.task().operation(), variant, workload);
  }

  private static String implementation(Device device) {
    return switch (device.properties().kind()) {
      case CPU -> "c_cpu";
      case CUDA -> "cuda";
    };
  }

  private static <A extends Arguments> BlockTimer timer(
      Device device, Operation<A> operation, String variant, DeviceWorkload workload) {
    List<A> calls =
        IntStream.range(0, workload.copies())
            .mapToObj(workload::arguments)
            .map(operation.arguments()::cast)
            .toList();
    return BlockTimer.of(device, operation, variant, calls);
  }

  @Override
  public Identity identity() {
    return identity;
  }

  @Override
  public int launchesPerBlock() {
    return workload.inPlace()
        ? Math.min(workload.copies(), BlockTimer.MOST_LAUNCHES)
        : BlockTimer.MOST_LAUNCHES;
  }

  @Override
  public void poison() {
    workload.poison();
  }

  @Override
  public void launch() {
    time(1);
  }

  @Override
  public double time(int launches) {
    overwritten += launches;
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
  public void restore() {
    if (workload.inPlace()) {
      for (int i = 1; i <= Math.min(overwritten, workload.copies()); i++) {
        workload.restore(Math.floorMod(timer.next() - i, workload.copies()));
      }
    }
    overwritten = 0;
  }

  @Override
  public List<Check> check() {
    int latest = Math.floorMod(timer.next() - 1, workload.copies());
    List<Check> checks = new ArrayList<>();
    for (int firstRow : workload.repetitions()) {
      checks.addAll(expected.compare(workload.outputs(latest, firstRow), Expected.Tolerance.OURS));
    }
    return checks;
  }

  @Override
  public void close() {
    timer.close();
  }
}
