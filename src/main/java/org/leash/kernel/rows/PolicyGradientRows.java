package org.leash.kernel.rows;

import org.leash.device.Device;
import org.leash.device.IntColumn;
import org.leash.kernel.Variant;
import org.leash.loss.TokenLoss;
import org.leash.operation.PolicyGradient;

/** policy_gradient; the loss is in double precision. */
final class PolicyGradientRows extends RowKernel<PolicyGradient> {
  private final TokenLoss token = new TokenLoss();

  PolicyGradientRows(Device device, Variant variant, RowLoops loops) {
    super(device, variant, loops);
  }

  @Override
  boolean computeRow(PolicyGradient arguments, long row, int target, float temperature) {
    loops.sums(arguments.logits(), row, temperature, sums);
    if (sums.isNan()) {
      return false;
    }
    double logprob = sums.logprob(arguments.logits().get(row, target));
    evaluate(arguments, row, logprob);
    put(arguments.loss(), row, token.loss());
    put(arguments.logprob(), row, logprob);
    put(arguments.entropy(), row, sums.entropy());
    put(arguments.ratio(), row, token.ratio());
    put(arguments.kl(), row, token.kl());
    if (arguments.clipFlags() != null) {
      arguments.clipFlags().set(row, (byte) token.clipFlags());
    }
    if (arguments.gradient() != null) {
      putGradient(
          arguments.logits(),
          arguments.gradient(),
          row,
          target,
          token.gradLogprob(),
          token.gradEntropy(),
          0.0);
    }
    return true;
  }

  private void evaluate(PolicyGradient arguments, long row, double logprob) {
    token.of(logprob, sums.entropy()).advantage(arguments.advantage().get(row));
    if (arguments.oldLogprob() != null) {
      token.oldLogprob(arguments.oldLogprob().get(row));
    }
    if (arguments.referenceLogprob() != null) {
      token.referenceLogprob(arguments.referenceLogprob().get(row));
    }
    if (arguments.rolloutLogprob() != null) {
      token.rolloutLogprob(arguments.rolloutLogprob().get(row));
    }
    if (arguments.weight() != null) {
      token.weight(arguments.weight().get(row));
    }
    token.evaluate(arguments.policy());
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
