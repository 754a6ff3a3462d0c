package org.leash.loss.objective;

import java.util.List;
import java.util.stream.Stream;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;
import org.leash.loss.TokenLoss;

/**
 * The function to minimise: the loss of a token, preceded by adjustments that depend on other
 * tokens.
 *
 * <p>If no adjustment needs statistics ({@link #isFused}), run {@code policy_gradient} with {@link
 * #policy} and the columns of {@link #prepare}. Otherwise run {@code token_statistics}, {@link
 * #evaluate} its results, and pass the two gradients to {@code logits_gradient}, which costs one
 * more read of the logits.
 *
 * @param policy the loss of a token
 * @param adjustments in the order of their application
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

  /** This objective with another loss of a token, such as other KL, entropy or rollout terms. */
  public Objective withPolicy(PolicyLoss other) {
    return new Objective(other, adjustments);
  }

  /** This objective with one more adjustment. */
  public Objective with(Adjustment adjustment) {
    return new Objective(
        policy, Stream.concat(adjustments.stream(), Stream.of(adjustment)).toList());
  }

  /** Whether one fused pass over the logits suffices. */
  public boolean isFused() {
    return adjustments.stream().noneMatch(Adjustment::needsStatistics);
  }

  /** Whether there is a KL term relative to the reference policy. */
  public boolean needsReference() {
    return policy.kl() != Kl.NONE && adjustments.stream().noneMatch(KlToOld.class::isInstance);
  }

  /**
   * The columns for the fused pass: the adjusted advantages, the reference of the KL term, and no
   * rollout log-probabilities if the advantages already include them.
   *
   * @throws IllegalStateException the objective needs statistics; use {@link #evaluate}
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
   * Loss and gradients of all tokens from the policy's statistics.
   *
   * @param columns logprob, and all columns used by the policy and the adjustments
   * @param seed random seed for Clip-Cov; should differ between steps
   * @throws IllegalArgumentException a column is missing
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
    TokenLoss token = new TokenLoss();
    for (int i = 0; i < columns.sequences().count(); i++) {
      draft.forEachKept(i, t -> evaluate(draft, t, token, out));
    }
    return out;
  }

  private Draft adjusted(TokenColumns columns, long seed) {
    Draft draft = new Draft(columns, policy, seed);
    adjustments.forEach(adjustment -> adjustment.apply(draft));
    return draft;
  }

  private void evaluate(Draft draft, int t, TokenLoss token, TokenGradients out) {
    TokenColumns columns = draft.columns;
    token
        .of(columns.logprob()[t], columns.entropy() == null ? 0.0 : columns.entropy()[t])
        .advantage(draft.advantage[t])
        .oldLogprob(draft.oldLogprob(t))
        .logRatio(draft.logRatio[t], draft.logRatioSlope[t] == 0.0)
        .referenceLogprob(draft.referenceLogprob(t))
        .weight(columns.weight()[t]);
    if (columns.rolloutLogprob() != null && !draft.rolloutIsUsed) {
      token.rolloutLogprob(columns.rolloutLogprob()[t]);
    }
    token.evaluate(policy);
    out.loss()[t] = token.loss();
    out.ratio()[t] = token.ratio();
    out.kl()[t] = token.kl();
    out.clipFlags()[t] = token.clipFlags() | draft.flags[t];
    out.gradLogprob()[t] = token.gradLogprob();
    out.gradEntropy()[t] = token.gradEntropy();
    if (draft.shareOfLoss[t] != 1.0) {
      double rest = token.advantage(0.0).evaluate(policy).loss();
      out.loss()[t] = rest + draft.shareOfLoss[t] * (out.loss()[t] - rest);
    }
    if (draft.penalty[t] != 0.0) {
      double moved = draft.ownLogRatio(t);
      double coefficient = columns.weight()[t] * draft.penalty[t];
      out.loss()[t] += coefficient * Math.abs(moved);
      out.gradLogprob()[t] += coefficient * Math.signum(moved) * draft.ownLogRatioSlope(t);
    }
  }
}
