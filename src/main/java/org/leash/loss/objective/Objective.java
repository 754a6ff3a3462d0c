package org.leash.loss.objective;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;
import org.leash.loss.TokenLoss;
import org.leash.loss.advantage.Sequences;

/**
 * The function to minimise: the loss of a token, preceded by adjustments that depend on other
 * tokens.
 *
 * <p>If no adjustment needs statistics ({@link #isFused}), run {@code policy_gradient} with {@link
 * #policy} and the columns of {@link #prepare}. Otherwise run {@code token_statistics}, {@link
 * #evaluate} its results, and pass the two gradients to {@code logits_gradient}, which costs one
 * more read of the logits.
 *
 * <p>Only compositions that a paper or a trainer defines are accepted: not two adjustments of a
 * kind, not two that replace the ratio, and none that refuses the loss of a token ({@link
 * Adjustment#refusal}).
 *
 * @param policy the loss of a token
 * @param adjustments in the order of their application, which is that of {@link Adjustment}
 */
public record Objective(PolicyLoss policy, List<Adjustment> adjustments) {
  private static final List<Class<?>> ORDER = List.of(Adjustment.class.getPermittedSubclasses());

  /**
   * Sorts the adjustments and checks that they go together.
   *
   * @throws IllegalArgumentException nobody has defined the composition; the message says why
   */
  public Objective {
    adjustments =
        adjustments.stream()
            .sorted(Comparator.comparingInt(each -> ORDER.indexOf(each.getClass())))
            .toList();
    for (int i = 1; i < adjustments.size(); i++) {
      if (adjustments.get(i).getClass() == adjustments.get(i - 1).getClass()) {
        throw new IllegalArgumentException(
            "%s and %s: take one of them".formatted(adjustments.get(i - 1), adjustments.get(i)));
      }
    }
    List<Adjustment> owners = adjustments.stream().filter(Adjustment::ownsRatio).toList();
    if (owners.size() > 1) {
      throw new IllegalArgumentException(
          "%s and %s both replace the ratio; take one of them"
              .formatted(owners.get(0), owners.get(1)));
    }
    for (Adjustment each : adjustments) {
      if (!owners.isEmpty() && (each instanceof ClipCov || each instanceof KlCov)) {
        throw new IllegalArgumentException(
            "%s is for ratios of tokens, and %s replaces them".formatted(each, owners.getFirst()));
      }
      String refusal = each.refusal(policy);
      if (!refusal.isEmpty()) {
        throw new IllegalArgumentException(
            "%s %s; the loss is %s with clipLow = %s, clipHigh = %s, kl = %s"
                .formatted(
                    each,
                    refusal,
                    policy.surrogate(),
                    policy.clipLow(),
                    policy.clipHigh(),
                    policy.kl()));
      }
    }
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
   * The columns for the fused pass: the adjusted advantages, which include rollout weights if there
   * is a column of them, and the reference of the KL term.
   *
   * @throws IllegalStateException the objective needs statistics; use {@link #evaluate}
   */
  public TokenColumns prepare(TokenColumns columns) {
    if (!isFused()) {
      throw new IllegalStateException("this objective needs statistics; evaluate it");
    }
    boolean isWeighted = columns.rolloutWeight() != null;
    if (adjustments.isEmpty() && !isWeighted) {
      return columns;
    }
    Draft draft = adjusted(columns, 0L);
    double[] advantage = draft.advantage;
    if (isWeighted) {
      Arrays.setAll(advantage, t -> draft.advantage[t] * draft.rolloutWeight[t]);
    }
    return new TokenColumns(
        columns.sequences(),
        columns.logprob(),
        columns.entropy(),
        advantage,
        columns.oldLogprob(),
        draft.referenceIsOld ? columns.oldLogprob() : columns.referenceLogprob(),
        isWeighted ? null : columns.rolloutLogprob(),
        null,
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
    boolean hasOwnEntropy = draft.entropyMeanOver != null;
    PolicyLoss surrogate = hasOwnEntropy ? policy.withEntropy(0.0) : policy;
    for (int i = 0; i < columns.sequences().count(); i++) {
      draft.forEachKept(i, t -> evaluate(surrogate, draft, t, token, out));
    }
    if (hasOwnEntropy) {
      addMeanEntropy(draft, out);
    }
    if (draft.sharedRatio != null && policy.hasCorrectedKl()) {
      shareCorrection(draft, out);
    }
    return out;
  }

  private Draft adjusted(TokenColumns columns, long seed) {
    Draft draft = new Draft(columns, policy, seed);
    adjustments.forEach(adjustment -> adjustment.apply(draft));
    return draft;
  }

  private static void evaluate(
      PolicyLoss policy, Draft draft, int t, TokenLoss token, TokenGradients out) {
    TokenColumns columns = draft.columns;
    token
        .of(columns.logprob()[t], columns.entropy() == null ? 0.0 : columns.entropy()[t])
        .advantage(draft.advantage[t])
        .oldLogprob(draft.oldLogprob(t))
        .logRatio(draft.logRatio[t], draft.logRatioSlope[t] == 0.0)
        .referenceLogprob(draft.referenceLogprob(t))
        .rolloutWeight(draft.rolloutWeight[t])
        .weight(columns.weight()[t]);
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
      double coefficient = columns.weight()[t] * draft.rolloutWeight[t] * draft.penalty[t];
      out.loss()[t] += coefficient * Math.abs(moved);
      out.gradLogprob()[t] += coefficient * Math.signum(moved) * draft.ownLogRatioSlope(t);
    }
  }

  private void addMeanEntropy(Draft draft, TokenGradients out) {
    Sequences sequences = draft.sequences;
    double[] entropy = draft.columns.entropy();
    int summed = 0;
    for (int t = 0; t < sequences.tokens(); t++) {
      summed += sequences.isKept(t) && !draft.hasLowEntropy[t] ? 1 : 0;
    }
    int count =
        draft.entropyMeanOver == TokenMeanEntropy.Over.ALL ? sequences.keptTokens() : summed;
    double gradient = -policy.entropyCoefficient() / Math.max(count, 1);
    for (int t = 0; t < sequences.tokens(); t++) {
      if (sequences.isKept(t) && !draft.hasLowEntropy[t]) {
        out.loss()[t] += entropy == null ? 0.0 : gradient * entropy[t];
        out.gradEntropy()[t] = gradient;
      }
    }
  }

  /**
   * Distributes the gradient that corrected estimates have through the ratio of a response evenly
   * over its tokens, of whose log-ratios it is the mean.
   */
  private void shareCorrection(Draft draft, TokenGradients out) {
    for (int i = 0; i < draft.sequences.count(); i++) {
      double sum = draft.sum(i, t -> throughRatio(draft, out, t));
      double mean = sum / draft.sequences.length(i);
      draft.forEachKept(i, t -> out.gradLogprob()[t] += mean - throughRatio(draft, out, t));
    }
  }

  private double throughRatio(Draft draft, TokenGradients out, int t) {
    boolean isConstant =
        draft.logRatioSlope[t] == 0.0 || (out.clipFlags()[t] & PolicyLoss.CLAMPED_RATIO) != 0;
    return isConstant ? 0.0 : draft.columns.weight()[t] * policy.klCoefficient() * out.kl()[t];
  }
}
