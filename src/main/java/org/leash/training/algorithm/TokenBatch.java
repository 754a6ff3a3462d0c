package org.leash.training.algorithm;

import java.util.Arrays;
import org.leash.loss.PolicyLoss;
import org.leash.loss.advantage.Sequences;
import org.leash.loss.correction.RolloutCorrection;
import org.leash.loss.objective.Objective;
import org.leash.loss.objective.StaleSequenceMask;
import org.leash.loss.objective.TokenColumns;
import org.leash.loss.preset.Preset;
import org.leash.training.Contexts;
import org.leash.training.rollout.Rollouts;

/**
 * The tokens of completions end to end, one row each: their contexts and the columns of a loss.
 * Columns hold one value for each row; they are filled in the course of a step.
 */
public final class TokenBatch {
  final Contexts contexts = new Contexts();
  final int[] targets;

  /** Tokens of each completion. */
  final int[] lengths;

  /** The prompt's place in the batch, for each completion. */
  final int[] groups;

  /** Whether a row's completion comes from elsewhere. */
  final boolean[] offPolicy;

  /** Of the sampler. */
  final double[] rolloutLogprob;

  /** Under the policy before the update. */
  double[] oldLogprob;

  /** Under the reference policy, or null. */
  double[] referenceLogprob;

  double[] advantage;
  double[] weight;

  /** By the critic before the update, or null without one. */
  double[] value;

  /** Regression targets of the critic, or null without one. */
  double[] target;

  TokenBatch(Rollouts rollouts, boolean[] foreign) {
    int rows = rollouts.totalLength();
    targets = new int[rows];
    rolloutLogprob = new double[rows];
    offPolicy = new boolean[rows];
    lengths = new int[rollouts.count()];
    groups = new int[rollouts.count()];
    int row = 0;
    for (int i = 0; i < rollouts.count(); i++) {
      lengths[i] = rollouts.length(i);
      groups[i] = i / rollouts.group();
      for (int position = 0; position < lengths[i]; position++) {
        contexts.add(rollouts.prompt(i), rollouts.tokens(i), 0, position);
        targets[row] = rollouts.tokens(i)[position];
        rolloutLogprob[row] = rollouts.logprobs(i)[position];
        offPolicy[row++] = foreign[i];
      }
    }
  }

  private TokenBatch(TokenBatch all, Rollouts rollouts, boolean[] foreign, int from) {
    this(rollouts, foreign);
    int to = from + targets.length;
    oldLogprob = Arrays.copyOfRange(all.oldLogprob, from, to);
    referenceLogprob = part(all.referenceLogprob, from, to);
    advantage = Arrays.copyOfRange(all.advantage, from, to);
    value = part(all.value, from, to);
    target = part(all.target, from, to);
  }

  private static double[] part(double[] column, int from, int to) {
    return column == null ? null : Arrays.copyOfRange(column, from, to);
  }

  /** The number of tokens. */
  public int rows() {
    return targets.length;
  }

  /** Rows of completions that the policy sampled. */
  boolean[] sampledRows() {
    boolean[] sampled = new boolean[rows()];
    for (int row = 0; row < sampled.length; row++) {
      sampled[row] = !offPolicy[row];
    }
    return sampled;
  }

  /** Whether some rows come from elsewhere. */
  boolean hasForeignRows() {
    for (boolean foreign : offPolicy) {
      if (foreign) {
        return true;
      }
    }
    return false;
  }

  /** The sequences and groups of the rows. */
  Sequences sequences() {
    return Sequences.of(lengths, groups);
  }

  /**
   * The columns that an objective reads of the rows that the policy sampled, corrected for the
   * sampler as the algorithm does, without the current logprob and entropy.
   */
  TokenColumns corrected(Preset preset, Objective objective, int maxLength) {
    boolean[] sampled = sampledRows();
    if (preset.correction().equals(RolloutCorrection.NONE) && !readsSampler(objective)) {
      double[] sampler = weighsRollouts(objective) ? rolloutLogprob : null;
      return columns(objective, sampled, sampler, null, weight);
    }
    TokenColumns plain = columns(objective, sampled, rolloutLogprob, ones(), weight);
    return preset
        .correction()
        .apply(
            plain, kept -> preset.aggregation().weights(sequences().masked(or(kept)), maxLength));
  }

  /**
   * The columns of the rows from elsewhere, weighted as the {@link #corrected} ones beside them.
   */
  TokenColumns foreign(Objective objective, TokenColumns corrected) {
    return columns(objective, offPolicy, null, null, corrected.weight());
  }

  /** The weights of the rows that the algorithm's correction for the sampler has; null: none. */
  double[] rolloutWeights(Preset preset) {
    PolicyLoss policy = preset.objective().policy();
    RolloutCorrection correction =
        weighsRollouts(preset.objective())
            ? RolloutCorrection.NONE.withWeight(
                RolloutCorrection.Weight.TOKEN,
                policy.rollout(),
                policy.rolloutFloor(),
                policy.rolloutCap())
            : preset.correction();
    return correction.weight() == RolloutCorrection.Weight.NONE
        ? null
        : correction.weights(sequences().masked(sampledRows()), oldLogprob, rolloutLogprob);
  }

  private TokenColumns columns(
      Objective objective,
      boolean[] rows,
      double[] sampler,
      double[] rolloutWeight,
      double[] weights) {
    return new TokenColumns(
        sequences().masked(rows),
        null,
        null,
        advantage,
        oldLogprob,
        objective.needsReference() ? referenceLogprob : null,
        sampler,
        rolloutWeight,
        weights);
  }

  private double[] ones() {
    double[] ones = new double[rows()];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** These rows, and those of completions from elsewhere. */
  private boolean[] or(boolean[] rows) {
    boolean[] either = rows.clone();
    for (int row = 0; row < either.length; row++) {
      either[row] |= offPolicy[row];
    }
    return either;
  }

  /** Whether the loss of a token has a rollout weight. */
  private static boolean weighsRollouts(Objective objective) {
    return objective.policy().rolloutCap() < Double.POSITIVE_INFINITY
        || objective.policy().rolloutFloor() > 0;
  }

  /** Whether an adjustment reads the sampler's log-probabilities by itself. */
  private static boolean readsSampler(Objective objective) {
    return !weighsRollouts(objective)
        && objective.adjustments().stream()
            .anyMatch(
                each ->
                    each instanceof StaleSequenceMask mask
                        && mask.since() == StaleSequenceMask.Since.SAMPLER);
  }

  /** The rows of some groups, without weights, which depend on the minibatch. */
  TokenBatch groups(Rollouts rollouts, boolean[] foreign, int fromGroup, int toGroup) {
    int first = fromGroup * rollouts.group();
    int from = Arrays.stream(lengths, 0, first).sum();
    return new TokenBatch(
        this,
        rollouts.groups(fromGroup, toGroup),
        Arrays.copyOfRange(foreign, first, toGroup * rollouts.group()),
        from);
  }
}
