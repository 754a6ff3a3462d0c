package org.leash.loss.objective;

import org.leash.loss.PolicyLoss;

/**
 * Takes the KL term relative to the policy before the update instead of the reference policy, as a
 * penalty on drift. K2 with a coefficient of 2 c gives c · (log ratio)², as in prime-rl's default
 * loss (2026).
 */
public record KlToOld() implements Adjustment {
  @Override
  public boolean needsStatistics() {
    return false;
  }

  @Override
  public String refusal(PolicyLoss policy) {
    return policy.hasCorrectedKl()
        ? "does not take a KL estimate multiplied by the ratio; use K1, K2, K3 or ABS"
        : "";
  }

  @Override
  public void apply(Draft draft) {
    if (draft.columns.oldLogprob() == null && draft.columns.logprob() == null) {
      throw new IllegalArgumentException("oldLogprob is needed by the KL to the old policy");
    }
    draft.referenceIsOld = true;
  }
}
