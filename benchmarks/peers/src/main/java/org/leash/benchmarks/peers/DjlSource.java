package org.leash.benchmarks.peers;

import java.util.List;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Workload;
import org.leash.benchmarks.measure.Contender;
import org.leash.benchmarks.measure.PeerSource;
import org.leash.benchmarks.plan.Contract;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.device.DType;

/** DJL with its PyTorch engine: token statistics. */
public final class DjlSource implements PeerSource {
  @Override
  public String id() {
    return "djl";
  }

  @Override
  public String version() {
    return Versions.of(id());
  }

  @Override
  public List<Contender> contenders(
      KernelCase kernelCase, Inputs inputs, Workload workload, Expected expected) {
    if (kernelCase.dtype() != DType.F32 || kernelCase.contract() != Contract.TOKEN_STATISTICS) {
      return List.of();
    }
    // Or it would look for its native libraries on the net.
    System.setProperty("ai.djl.offline", "true");
    return List.of(new DjlStatistics(kernelCase.threads(), inputs, workload, expected));
  }
}
