package org.leash.benchmarks.measure;

import java.util.ArrayList;
import java.util.List;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Workload;
import org.leash.benchmarks.plan.Identity;

/** A variant of the library, launched on the copies of a workload in turn. */
abstract sealed class KernelContender implements Contender
    permits HostTimedContender, DeviceTimedContender {
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
}
