package org.leash.benchmarks.run;

import java.util.List;
import java.util.stream.IntStream;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.input.Expected;
import org.leash.kernel.Catalogue;

/** A variant of the library, launched on the copies of a workload in turn. */
final class KernelContender implements Contender {
  private final Identity identity;
  private final Workload workload;
  private final Expected expected;
  private final List<Runnable> launchers;
  private int next;
  private int latest;
  private int overwritten;

  KernelContender(
      String variant, Role role, Catalogue catalogue, Workload workload, Expected expected) {
    this.identity = new Identity(variant, implementation(variant), role);
    this.workload = workload;
    this.expected = expected;
    this.launchers =
        IntStream.range(0, workload.copies())
            .mapToObj(slot -> workload.launcher(catalogue, variant, slot))
            .toList();
  }

  private static String implementation(String variant) {
    return variant.startsWith("native-") ? "c_cpu" : variant.replace('-', '_');
  }

  @Override
  public Identity identity() {
    return identity;
  }

  @Override
  public int launchesPerBlock() {
    return workload.inPlace() ? workload.copies() : Integer.MAX_VALUE;
  }

  @Override
  public void poison() {
    workload.poison(next);
  }

  @Override
  public void launch() {
    latest = next;
    launchers.get(latest).run();
    next = latest + 1 == launchers.size() ? 0 : latest + 1;
    overwritten++;
  }

  @Override
  public void restore() {
    if (workload.inPlace()) {
      for (int i = 1; i <= Math.min(overwritten, workload.copies()); i++) {
        workload.restore(Math.floorMod(next - i, workload.copies()));
      }
    }
    overwritten = 0;
  }

  @Override
  public List<Check> check() {
    return expected.compare(workload.outputs(latest), Expected.Tolerance.OURS);
  }
}
