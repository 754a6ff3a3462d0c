package org.leash.loss;

import java.util.List;
import java.util.stream.Stream;
import org.leash.reference.PolicyLoss;

/**
 * What is minimised: the loss of a token, and what is adjusted beforehand in view of other tokens.
 *
 * <p>Where no adjustment needs statistics ({@link #isFused}), run {@code policy_gradient} with
 * {@link #policy} and the columns of {@link #prepare}. Otherwise run {@code token_statistics},
 * {@link #evaluate} what it gave, and hand the two gradients to {@code logits_gradient}: one more
 * read of the logits.
 *
 * @param policy the loss of a token
 * @param adjustments in the order in which they are made
 */
public record Objective(PolicyLoss policy, List<Adjustment> adjustments) {
  /** Copies the list. */
  public Objective {
    adjustments = List.copyOf(adjustments);
  }

  /** An objective with these adjustments. */
  public static Objective of(PolicyLoss policy, Adjustment... adjustments) {
    return new Objective(policy, List.of(adjustments));
  }

  /** This objective with another loss of a token: other KL, entropy or rollout terms, say. */
  public Objective withPolicy(PolicyLoss other) {
    return new Objective(other, adjustments);
  }

  /** This objective with one more adjustment. */
  public Objective with(Adjustment adjustment) {
    return new Objective(
        policy, Stream.concat(adjustments.stream(), Stream.of(adjustment)).toList());
  }

  /** Whether one pass over the logits does it. */
  public boolean isFused() {
    return adjustments.stream().noneMatch(Adjustment::needsStatistics);
  }

  /** Whether its KL term is one to the reference policy. */
  public boolean needsReference() {
    return policy.kl() != PolicyLoss.Kl.NONE
        && adjustments.stream().noneMatch(KlToOld.class::isInstance);
  }

  /**
   * The columns for the fused pass: advantages adjusted, the reference that the KL term takes, and
   * no rollout log-probabilities if they are in the advantages already.
   *
   * @throws IllegalStateException it takes statistics, so {@link #evaluate} has to do it
   */
  public TokenColumns prepare(TokenColumns columns) {
    if (!isFused()) {
      throw new IllegalStateException("this objective needs statistics; evaluate it");
    }
    if (adjustments.isEmpty()) {
      return columns;
    }
    Draft draft = adjusted(columns, 0L);
    return new TokenColumns(
        columns.sequences(),
        columns.logprob(),
        columns.entropy(),
        draft.advantage,
        columns.oldLogprob(),
        draft.referenceIsOld ? columns.oldLogprob() : columns.referenceLogprob(),
        draft.rolloutIsUsed ? null : columns.rolloutLogprob(),
        columns.weight());
  }

  /**
   * Loss and gradients of every token from the policy's statistics.
   *
   * @param columns with logprob, and with all that the policy and the adjustments use
   * @param seed of what is drawn at random (Clip-Cov); another one every step
   */
  public TokenGradients evaluate(TokenColumns columns, long seed) {
    if (columns.logprob() == null) {
      throw new IllegalArgumentException("logprob is needed; run token_statistics first");
    }
    if (columns.referenceLogprob() == null && needsReference()) {
      throw new IllegalArgumentException("referenceLogprob is needed by the KL term");
    }
    Draft draft = adjusted(columns, seed);
    TokenGradients out = TokenGradients.zero(columns.sequences().tokens());
    for (int i = 0; i < columns.sequences().count(); i++) {
      draft.forEachKept(i, t -> evaluate(draft, t, out));
    }
    return out;
  }

  private Draft adjusted(TokenColumns columns, long seed) {
    Draft draft = new Draft(columns, policy, seed);
    adjustments.forEach(adjustment -> adjustment.apply(draft));
    return draft;
  }

  private void evaluate(Draft draft, int t, TokenGradients out) {
    evaluate(
        draft,
        t,
        draft.advantage[t],
        (loss, ratio, kl, flags, gradLogprob, gradEntropy) -> {
          out.loss()[t] = loss;
          out.ratio()[t] = ratio;
          out.kl()[t] = kl;
          out.clipFlags()[t] = flags | draft.flags[t];
          out.gradLogprob()[t] = gradLogprob;
          out.gradEntropy()[t] = gradEntropy;
        });
    if (draft.shareOfLoss[t] != 1.0) {
      evaluate(
          draft,
          t,
          0.0,
          (rest, ratio, kl, flags, gradLogprob, gradEntropy) ->
              out.loss()[t] = rest + draft.shareOfLoss[t] * (out.loss()[t] - rest));
    }
    if (draft.penalty[t] != 0.0) {
      double moved = draft.ownLogRatio(t);
      double coefficient = draft.columns.weight()[t] * draft.penalty[t];
      out.loss()[t] += coefficient * Math.abs(moved);
      out.gradLogprob()[t] += coefficient * Math.signum(moved) * draft.ownLogRatioSlope(t);
    }
  }

  private void evaluate(Draft draft, int t, double advantage, PolicyLoss.Sink sink) {
    TokenColumns columns = draft.columns;
    double entropy = columns.entropy() == null ? 0.0 : columns.entropy()[t];
    double reference = draft.referenceLogprob(t);
    double rolloutWeight = 1.0;
    if (columns.rolloutLogprob() != null && !draft.rolloutIsUsed) {
      double rollout = columns.rolloutLogprob()[t];
      rolloutWeight = policy.rolloutWeight(draft.oldLogprob(t), rollout);
      if (policy.isRolloutClipped(draft.oldLogprob(t), rollout)) {
        draft.flags[t] |= PolicyLoss.CLIPPED_ROLLOUT;
      }
    }
    policy.evaluateWithRatio(
        columns.logprob()[t],
        entropy,
        advantage,
        draft.oldLogprob(t),
        draft.logRatio[t],
        draft.logRatioSlope[t],
        reference,
        rolloutWeight,
        columns.weight()[t],
        sink);
  }
}
