package org.leash.benchmarks.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.leash.benchmarks.csv.Sensors;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Workload;
import org.leash.benchmarks.plan.Candidates;
import org.leash.benchmarks.plan.Identity;
import org.leash.device.Device;
import org.leash.device.DeviceKind;
import org.leash.kernel.Catalogue;
import org.leash.kernel.panama.BlockTimer;
import org.leash.kernel.panama.Choice;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;

/** A variant of the library, launched on the copies of a workload in turn. */
abstract sealed class KernelContender implements Contender {
  private final Identity identity;
  private final Workload workload;
  private final Expected expected;
  private int next;
  private int overwritten;

  KernelContender(Identity identity, Workload workload, Expected expected) {
    this.identity = identity;
    this.workload = workload;
    this.expected = expected;
  }

  /** The copy of the next launch. */
  final int next() {
    return next;
  }

  /** Notes launches on the next copies. */
  final void launched(int launches) {
    next = (next + launches) % workload.copies();
    overwritten += launches;
  }

  @Override
  public final Identity identity() {
    return identity;
  }

  @Override
  public int launchesPerBlock() {
    return workload.inPlace() ? workload.copies() : Integer.MAX_VALUE;
  }

  @Override
  public final void poison() {
    workload.poison(next);
  }

  @Override
  public final void restore() {
    if (workload.inPlace()) {
      for (int i = 1; i <= Math.min(overwritten, workload.copies()); i++) {
        workload.restore(Math.floorMod(next - i, workload.copies()));
      }
    }
    overwritten = 0;
  }

  @Override
  public final List<Check> check() {
    int latest = Math.floorMod(next - 1, workload.copies());
    List<Check> checks = new ArrayList<>();
    for (int firstRow : workload.repetitions()) {
      checks.addAll(expected.compare(workload.outputs(latest, firstRow), Expected.Tolerance.OURS));
    }
    return checks;
  }

  /** A variant on the CPU, timed by the clock on the wall. */
  static final class TimedByHost extends KernelContender {
    private final List<Runnable> launchers;

    TimedByHost(
        String variant,
        Identity.Role role,
        Catalogue catalogue,
        Workload workload,
        Expected expected) {
      super(new Identity(variant, implementation(variant), role), workload, expected);
      launchers =
          IntStream.range(0, workload.copies())
              .mapToObj(copy -> workload.launcher(catalogue, variant, copy))
              .toList();
    }

    private static String implementation(String variant) {
      return variant.startsWith("native-") ? "c_cpu" : variant.replace('-', '_');
    }

    @Override
    public void launch() {
      launchers.get(next()).run();
      launched(1);
    }
  }

  /** A native variant, timed by events of its device. */
  static sealed class TimedByDevice extends KernelContender {
    private final BlockTimer timer;

    TimedByDevice(
        String variant, Identity.Role role, Device device, Workload workload, Expected expected) {
      this(variant, variant, role, device, workload, expected);
    }

    private TimedByDevice(
        String label,
        String variant,
        Identity.Role role,
        Device device,
        Workload workload,
        Expected expected) {
      super(new Identity(label, implementation(device), role), workload, expected);
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

  /** What native-auto does by a table of choices, which each block sets for the whole process. */
  static final class Chosen extends TimedByDevice {
    private final List<Choice> entries;

    Chosen(
        String label,
        List<Choice> entries,
        Identity.Role role,
        Device device,
        Workload workload,
        Expected expected) {
      super(label, Candidates.AUTO, role, device, workload, expected);
      this.entries = entries;
    }

    @Override
    public double time(int launches) {
      Choice.use(entries);
      return super.time(launches);
    }

    @Override
    public void close() {
      super.close();
      Choice.use(List.of());
    }
  }
}
