package org.leash.kernel.rows;

import org.leash.device.Device;
import org.leash.device.IntColumn;
import org.leash.kernel.PolicyGradient;
import org.leash.kernel.Variant;
import org.leash.reference.PolicyLoss;

/** policy_gradient. The loss is that of the reference, which is in double precision as it is. */
final class PolicyGradientRows extends RowKernel<PolicyGradient> implements PolicyLoss.Sink {
  private double loss;
  private double ratio;
  private double kl;
  private int clipFlags;
  private double gradLogprob;
  private double gradEntropy;

  PolicyGradientRows(Device device, Variant variant, RowLoops loops) {
    super(device, variant, loops);
  }

  @Override
  boolean computeRow(PolicyGradient arguments, long row, float temperature) {
    loops.sums(arguments.logits(), row, temperature, sums);
    if (sums.isNan()) {
      return false;
    }
    int target = arguments.targets().get(row);
    double logprob = sums.logprob(arguments.logits().get(row, target));
    evaluate(arguments, row, logprob);
    put(arguments.loss(), row, loss);
    put(arguments.logprob(), row, logprob);
    put(arguments.entropy(), row, sums.entropy());
    put(arguments.ratio(), row, ratio);
    put(arguments.kl(), row, kl);
    if (arguments.clipFlags() != null) {
      arguments.clipFlags().set(row, (byte) clipFlags);
    }
    if (arguments.gradient() != null) {
      putGradient(
          arguments.logits(), arguments.gradient(), row, target, gradLogprob, gradEntropy, 0.0);
    }
    return true;
  }

  private void evaluate(PolicyGradient arguments, long row, double logprob) {
    PolicyLoss policy = arguments.policy();
    double advantage = arguments.advantage().get(row);
    double oldLogprob = arguments.oldLogprob() == null ? logprob : arguments.oldLogprob().get(row);
    double referenceLogprob =
        arguments.referenceLogprob() == null ? 0.0 : arguments.referenceLogprob().get(row);
    double weight = arguments.weight() == null ? 1.0 : arguments.weight().get(row);
    if (arguments.rolloutLogprob() == null) {
      policy.evaluate(
          logprob, sums.entropy(), advantage, oldLogprob, referenceLogprob, weight, this);
      return;
    }
    policy.evaluate(
        logprob,
        sums.entropy(),
        advantage,
        oldLogprob,
        referenceLogprob,
        arguments.rolloutLogprob().get(row),
        weight,
        this);
  }

  @Override
  public void accept(
      double loss, double ratio, double kl, int clipFlags, double gradLogprob, double gradEntropy) {
    this.loss = loss;
    this.ratio = ratio;
    this.kl = kl;
    this.clipFlags = clipFlags;
    this.gradLogprob = gradLogprob;
    this.gradEntropy = gradEntropy;
  }

  @Override
  void fill(PolicyGradient arguments, long row, float value) {
    put(arguments.loss(), row, value);
    put(arguments.logprob(), row, value);
    put(arguments.entropy(), row, value);
    put(arguments.ratio(), row, value);
    put(arguments.kl(), row, value);
    if (arguments.clipFlags() != null) {
      arguments.clipFlags().set(row, (byte) 0);
    }
    if (arguments.gradient() != null) {
      fill(arguments.gradient(), row, value);
    }
  }

  @Override
  IntColumn targets(PolicyGradient arguments) {
    return arguments.targets();
  }
}
