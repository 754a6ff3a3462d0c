package org.leash.benchmarks.peers;

import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Workload;

/** {@code log_softmax}, {@code gather}, and the entropy as {@code -(exp(logp) * logp).sum(-1)}. */
final class PyTorchStatistics extends PeerContender {
  private final PyTorchInputs tensors;
  private Tensor logprob;
  private Tensor entropy;

  PyTorchStatistics(Inputs inputs, Workload workload, Expected expected) {
    super("pytorch", workload, expected);
    tensors = new PyTorchInputs(inputs, workload);
  }

  @Override
  void compute(int copy) {
    forget();
    try (PointerScope scope = new PointerScope();
        NoGradGuard off = new NoGradGuard()) {
      Tensor logprobs = tensors.logits.get(copy).log_softmax(1);
      logprob = logprobs.gather(1, tensors.targets).squeeze(1);
      entropy = logprobs.exp().mul(logprobs).sum(1).neg();
      logprob.retainReference();
      entropy.retainReference();
    }
  }

  @Override
  void forget() {
    if (logprob != null) {
      logprob.releaseReference();
      entropy.releaseReference();
      logprob = null;
      entropy = null;
    }
  }

  @Override
  Map<String, float[]> columns() {
    return Map.of(
        "logprob", PyTorchInputs.values(logprob), "entropy", PyTorchInputs.values(entropy));
  }

  @Override
  public void close() {
    forget();
    tensors.close();
  }
}
