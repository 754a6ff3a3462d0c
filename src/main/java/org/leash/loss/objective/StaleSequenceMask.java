package org.leash.loss.objective;

/**
 * Off-policy sequence masking: drops the surrogate of a response with A &lt; 0 if its tokens have
 * on average lost more than delta nats of log-probability. DeepSeek-V3.2, arXiv 2512.02556 (2025).
 *
 * @param delta bound of the mean of oldLogprob − logprob, in nats; TRL suggests 0.5
 */
public record StaleSequenceMask(double delta) implements Adjustment {
  @Override
  public boolean needsStatistics() {
    return true;
  }

  @Override
  public void apply(Draft draft) {
    for (int i = 0; i < draft.sequences.count(); i++) {
      double lost = -draft.sum(i, draft::ownLogRatio) / draft.sequences.length(i);
      if (lost > delta) {
        draft.forEachKept(i, t -> draft.advantage[t] = Math.max(draft.advantage[t], 0.0));
      }
    }
  }
}
