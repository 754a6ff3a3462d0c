package org.leash.oracle;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.leash.loss.PolicyLoss;
import org.leash.loss.Rollout;

/** The policy loss as a trainer writes it in PyTorch, in f64, with its gradient by autograd. */
final class Autograd {
  final double[] logprob;
  final double[] entropy;
  final double[] lse;
  final double[] collision;
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
    Tensor objective = objective(policy, y, old, ratio, advantage);

    Tensor w = old.sub(doubles(rows.rolloutLogprob, n)).exp();
    Tensor bounded = w.clamp(optional(policy.rolloutFloor()), optional(policy.rolloutCap()));
    Tensor rolloutWeight = policy.rollout() == Rollout.MASK ? w.mul(w.eq(bounded)) : bounded;
    Tensor d = y.sub(doubles(rows.referenceLogprob, n));
    Tensor kl = divergence(policy, d, ratio);
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
    collision = values(scaled.softmax(1).square().sum(1));
    loss = values(losses);
    gradient = values(logits.grad());
  }

  /** What is maximised, as the published trainers write it. */
  private static Tensor objective(
      PolicyLoss policy, Tensor y, Tensor old, Tensor ratio, Tensor advantage) {
    Scalar zero = new Scalar(0.0);
    Tensor clipped =
        ratio.clamp(optional(1.0 - policy.clipLow()), optional(1.0 + policy.clipHigh()));
    Tensor weighted = ratio.mul(advantage);
    Tensor moved = y.exp().sub(old.exp()).detach();
    Tensor up = moved.gt(new Scalar(policy.clipHigh()));
    Tensor down = moved.lt(new Scalar(-policy.clipLow()));
    return switch (policy.surrogate()) {
      case PPO_CLIP -> {
        Tensor least = torch.minimum(weighted, clipped.mul(advantage));
        Tensor floor = torch.maximum(least, advantage.mul(new Scalar(policy.dualClip())));
        yield torch.where(advantage.lt(zero), floor, least);
      }
      case REINFORCE -> y.mul(advantage);
      case CISPO -> clipped.detach().mul(advantage).mul(y);
      case TOPR ->
          torch
              .where(
                  advantage.gt(zero),
                  torch.ones_like(ratio),
                  ratio.clamp(new ScalarOptional(), optional(policy.dualClip())))
              .detach()
              .mul(advantage)
              .mul(y);
      case CISPO_MASKED ->
          clipped.detach().mul(advantage).mul(y).mul(weighted.le(clipped.mul(advantage)).detach());
      case SAPO -> {
        Tensor tau =
            torch.where(
                advantage.gt(zero),
                torch.ones_like(ratio).mul(new Scalar(policy.shapePositive())),
                torch.ones_like(ratio).mul(new Scalar(policy.shapeNegative())));
        Tensor gate = ratio.sub(new Scalar(1.0)).mul(tau).sigmoid();
        yield gate.mul(new Scalar(4.0)).div(tau).mul(advantage);
      }
      case PROBABILITY_MASK ->
          weighted.mul(
              up.logical_and(advantage.gt(zero))
                  .logical_or(down.logical_and(advantage.lt(zero)))
                  .logical_not());
      case PROBABILITY_MASK_SCORE ->
          ratio
              .clamp(new ScalarOptional(), optional(policy.dualClip()))
              .detach()
              .mul(y)
              .mul(advantage)
              .mul(
                  up.logical_and(advantage.gt(zero))
                      .logical_or(down.logical_and(advantage.lt(zero)))
                      .logical_not());
      case DIVERGENCE_MASK_SCORE -> {
        Tensor p = y.exp().detach();
        Tensor before = old.exp();
        Tensor divergence =
            before
                .mul(old.sub(y.detach()))
                .add(
                    before
                        .neg()
                        .add(new Scalar(1.0))
                        .mul(before.neg().log1p().sub(p.neg().log1p())));
        Tensor high = divergence.gt(new Scalar(policy.clipHigh())).logical_and(p.gt(before));
        Tensor low = divergence.gt(new Scalar(policy.clipLow())).logical_and(p.lt(before));
        yield ratio
            .clamp(new ScalarOptional(), optional(policy.dualClip()))
            .detach()
            .mul(y)
            .mul(advantage)
            .mul(
                high.logical_and(advantage.gt(zero))
                    .logical_or(low.logical_and(advantage.lt(zero)))
                    .logical_not());
      }
      case PROBABILITY_MASK_TWO_SIDED -> weighted.mul(up.logical_or(down).logical_not());
      case SHAPED -> {
        Tensor p = y.exp();
        yield p.div(p.add(new Scalar(policy.shapePositive()))).mul(advantage);
      }
    };
  }

  private static Tensor divergence(PolicyLoss policy, Tensor d, Tensor ratio) {
    ScalarOptional low = optional(-policy.klBound());
    ScalarOptional high = optional(policy.klBound());
    Tensor square = d.mul(d).div(new Scalar(2.0));
    Tensor k1 = d.clamp(low, high);
    Tensor k3 = d.neg().exp().sub(new Scalar(1.0)).add(d).clamp(low, high);
    return switch (policy.kl()) {
      case NONE -> d.mul(new Scalar(0.0));
      case K1 -> k1;
      case K2 -> square.clamp(low, high);
      case K3 -> k3;
      case ABS -> d.abs().clamp(low, high);
      case K1_CORRECTED -> ratio.mul(k1);
      case K3_CORRECTED -> ratio.mul(k3);
      case K1_STRAIGHT -> k1.detach().add(square).sub(square.detach());
      case K3_STRAIGHT -> k3.detach().add(square).sub(square.detach());
    };
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
