package org.leash.benchmarks.measure;

import java.util.List;
import java.util.stream.IntStream;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Workload;
import org.leash.benchmarks.plan.Identity;
import org.leash.kernel.Catalogue;

/** A variant on the CPU, timed by the clock on the wall. */
final class HostTimedContender extends KernelContender {
  private final List<Runnable> launchers;

  HostTimedContender(
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
