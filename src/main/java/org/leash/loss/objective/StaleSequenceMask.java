package org.leash.loss.objective;

import org.leash.loss.LogRatio;

/**
 * Off-policy sequence masking: drops the surrogate of a response with A &lt; 0 if its tokens have
 * on average lost more than delta nats of log-probability. DeepSeek-V3.2, arXiv 2512.02556 (2025).
 *
 * @param delta bound of the mean loss of log-probability, in nats; TRL suggests 0.5
 * @param since what the log-probability was lost since
 */
public record StaleSequenceMask(double delta, Since since) implements Adjustment {
  /** The log-probabilities with which the present ones are compared. */
  public enum Since {
    /** The policy before the update, as in slime. */
    OLD,
    /** The sampler if its log-probabilities are given, else the policy before the update: TRL. */
    SAMPLER
  }

  @Override
  public boolean needsStatistics() {
    return true;
  }

  @Override
  public void apply(Draft draft) {
    for (int i = 0; i < draft.sequences.count(); i++) {
      double lost = draft.sum(i, t -> lost(draft, t)) / draft.sequences.length(i);
      if (lost > delta) {
        draft.forEachKept(i, t -> draft.advantage[t] = Math.max(draft.advantage[t], 0.0));
      }
    }
  }

  private double lost(Draft draft, int t) {
    double[] sampler = draft.columns.rolloutLogprob();
    return since == Since.SAMPLER && sampler != null
        ? -LogRatio.finite(draft.columns.logprob()[t], sampler[t])
        : -draft.wholeLogRatio(t);
  }
}
