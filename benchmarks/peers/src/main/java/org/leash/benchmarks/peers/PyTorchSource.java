package org.leash.benchmarks.peers;

import java.util.List;
import org.bytedeco.pytorch.global.torch;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Workload;
import org.leash.benchmarks.measure.Contender;
import org.leash.benchmarks.measure.PeerSource;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.device.DType;

/** PyTorch through JavaCPP: token statistics without autograd, the policy gradient with it. */
public final class PyTorchSource implements PeerSource {
  @Override
  public String id() {
    return "pytorch";
  }

  @Override
  public String version() {
    return Versions.of(id());
  }

  @Override
  public List<Contender> contenders(
      KernelCase kernelCase, Inputs inputs, Workload workload, Expected expected) {
    if (kernelCase.dtype() != DType.F32) {
      return List.of();
    }
    torch.set_num_threads(kernelCase.threads());
    return switch (kernelCase.contract()) {
      case TOKEN_STATISTICS -> List.of(new PyTorchStatistics(inputs, workload, expected));
      case POLICY_GRADIENT -> List.of(new PyTorchGradient(inputs, workload, expected));
      case LOG_SOFTMAX, ENTROPY, LOGITS_GRADIENT -> List.of();
    };
  }
}
