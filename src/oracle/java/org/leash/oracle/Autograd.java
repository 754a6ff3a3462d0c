package org.leash.oracle;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.leash.reference.PolicyLoss;

/** The policy loss as a trainer writes it in PyTorch, in f64, with its gradient by autograd. */
final class Autograd {
  final double[] logprob;
  final double[] entropy;
  final double[] lse;
  final double[] loss;
  final double[] gradient;

  Autograd(PolicyRows rows, PolicyLoss policy) {
    int n = rows.rows;
    Tensor logits = doubles(rows.logits, n, rows.vocab).requires_grad_(true);
    Tensor scaled = logits.div(new Scalar(rows.temperature));
    Tensor logprobs = scaled.log_softmax(1);
    Tensor y = logprobs.gather(1, longs(rows.targets, n)).squeeze(1);
    Tensor h = logprobs.exp().mul(logprobs).sum(1).neg();

    Tensor old = doubles(rows.oldLogprob, n);
    Tensor advantage = doubles(rows.advantage, n);
    Tensor ratio = y.sub(old).exp();
    Tensor clipped =
        ratio.clamp(optional(1.0 - policy.clipLow()), optional(1.0 + policy.clipHigh()));
    Tensor objective = torch.minimum(ratio.mul(advantage), clipped.mul(advantage));
    Tensor floor = torch.maximum(objective, advantage.mul(new Scalar(policy.dualClip())));
    objective = torch.where(advantage.lt(new Scalar(0.0)), floor, objective);

    Tensor rolloutWeight =
        old.sub(doubles(rows.rolloutLogprob, n))
            .exp()
            .clamp(new ScalarOptional(), optional(policy.rolloutCap()));
    Tensor d = y.sub(doubles(rows.referenceLogprob, n));
    Tensor kl =
        switch (policy.kl()) {
          case NONE -> d.mul(new Scalar(0.0));
          case K1 -> d;
          case K2 -> d.mul(d).div(new Scalar(2.0));
          case K3 -> d.neg().exp().sub(new Scalar(1.0)).add(d);
        };
    Tensor losses =
        rolloutWeight
            .mul(objective)
            .neg()
            .add(kl.mul(new Scalar(policy.klCoefficient())))
            .sub(h.mul(new Scalar(policy.entropyCoefficient())))
            .mul(doubles(rows.weight, n));
    losses.sum().backward();

    logprob = values(y);
    entropy = values(h);
    lse = values(scaled.logsumexp(1));
    loss = values(losses);
    gradient = values(logits.grad());
  }

  private static ScalarOptional optional(double value) {
    return new ScalarOptional(new Scalar(value));
  }

  private static Tensor doubles(double[] values, long... sizes) {
    return torch
        .from_blob(new DoublePointer(values), sizes, new TensorOptions(torch.ScalarType.Double))
        .clone();
  }

  private static Tensor longs(int[] values, int rows) {
    long[] wide = new long[rows];
    for (int r = 0; r < rows; r++) {
      wide[r] = values[r];
    }
    return torch
        .from_blob(
            new LongPointer(wide), new long[] {rows, 1}, new TensorOptions(torch.ScalarType.Long))
        .clone();
  }

  private static double[] values(Tensor tensor) {
    double[] values = new double[Math.toIntExact(tensor.numel())];
    new DoublePointer(tensor.detach().contiguous().data_ptr_double()).get(values);
    return values;
  }
}
