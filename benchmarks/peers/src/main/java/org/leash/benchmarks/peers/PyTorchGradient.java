package org.leash.benchmarks.peers;

import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Workload;

/**
 * The clipped loss with an entropy bonus as trainers write it, and {@code backward()} to the
 * logits.
 */
final class PyTorchGradient extends PeerContender {
  private final PyTorchInputs tensors;
  private final Scalar entropyCoefficient = new Scalar(Inputs.LOSS.entropyCoefficient());
  private final ScalarOptional low = new ScalarOptional(new Scalar(1 - Inputs.LOSS.clipLow()));
  private final ScalarOptional high = new ScalarOptional(new Scalar(1 + Inputs.LOSS.clipHigh()));
  private Tensor loss;
  private Tensor logprob;
  private Tensor entropy;
  private Tensor gradient;

  PyTorchGradient(Inputs inputs, Workload workload, Expected expected) {
    super("pytorch", workload, expected);
    tensors = new PyTorchInputs(inputs, workload);
  }

  @Override
  void compute(int copy) {
    forget();
    try (PointerScope scope = new PointerScope()) {
      Tensor logits = tensors.logits.get(copy).detach().requires_grad_(true);
      Tensor logprobs = logits.log_softmax(1);
      logprob = logprobs.gather(1, tensors.targets).squeeze(1);
      entropy = logprobs.exp().mul(logprobs).sum(1).neg();
      Tensor ratio = logprob.sub(tensors.oldLogprob).exp();
      Tensor surrogate =
          torch.minimum(
              ratio.mul(tensors.advantage), ratio.clamp(low, high).mul(tensors.advantage));
      loss = surrogate.add(entropy.mul(entropyCoefficient)).neg().mul(tensors.weight);
      loss.sum().backward();
      gradient = logits.grad();
      loss.retainReference();
      logprob.retainReference();
      entropy.retainReference();
      gradient.retainReference();
    }
  }

  @Override
  void forget() {
    if (loss != null) {
      loss.releaseReference();
      logprob.releaseReference();
      entropy.releaseReference();
      gradient.releaseReference();
      loss = null;
    }
  }

  @Override
  Map<String, float[]> columns() {
    return Map.of(
        "loss", PyTorchInputs.values(loss),
        "logprob", PyTorchInputs.values(logprob),
        "entropy", PyTorchInputs.values(entropy));
  }

  @Override
  float[] matrix() {
    return PyTorchInputs.values(gradient);
  }

  @Override
  public void close() {
    forget();
    tensors.close();
    entropyCoefficient.close();
    low.close();
    high.close();
  }
}
