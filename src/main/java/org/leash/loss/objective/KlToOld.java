package org.leash.loss.objective;

/**
 * The KL term is one to the policy before the update, and not to the reference: it pays for drift.
 * With K2 and a coefficient of 2 c that is c · (log ratio)², as prime-rl's default loss has it
 * (2026).
 */
public record KlToOld() implements Adjustment {
  @Override
  public boolean needsStatistics() {
    return false;
  }

  @Override
  public void apply(Draft draft) {
    if (draft.columns.oldLogprob() == null && draft.columns.logprob() == null) {
      throw new IllegalArgumentException("oldLogprob is needed by the KL to the old policy");
    }
    draft.referenceIsOld = true;
  }
}
