package org.leash.loss;

import java.util.Random;
import org.leash.loss.advantage.Sequences;
import org.leash.loss.objective.TokenColumns;

/** Random batches for tests: three groups of responses, some of their tokens masked. */
final class Batches {
  private Batches() {}

  static Sequences sequences(Random random) {
    int[] lengths = new int[9];
    int[] groups = new int[lengths.length];
    int tokens = 0;
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = 1 + random.nextInt(6);
      groups[i] = i / 3;
      tokens += lengths[i];
    }
    boolean[] kept = new boolean[tokens];
    for (int t = 0; t < tokens; t++) {
      kept[t] = random.nextInt(5) > 0;
    }
    return Sequences.of(lengths, groups).masked(kept);
  }

  /** Advantages are constant within a response. */
  static TokenColumns columns(Sequences sequences, Random random, boolean hasRollout) {
    int n = sequences.tokens();
    double[] perSequence = random.doubles(sequences.count(), -2, 2).toArray();
    double[] logprob = random.doubles(n, -3, -0.1).toArray();
    double[] old = new double[n];
    double[] reference = new double[n];
    double[] rollout = new double[n];
    for (int t = 0; t < n; t++) {
      old[t] = logprob[t] + 0.2 * random.nextGaussian();
      reference[t] = logprob[t] + 0.5 * random.nextGaussian();
      rollout[t] = old[t] + 0.2 * random.nextGaussian();
    }
    return new TokenColumns(
        sequences,
        logprob,
        random.doubles(n, 0, 2).toArray(),
        sequences.spread(perSequence),
        old,
        reference,
        hasRollout ? rollout : null,
        null,
        random.doubles(n, 0.1, 1).toArray());
  }

  static TokenColumns with(TokenColumns c, double[] logprob, double[] old, double[] weight) {
    return new TokenColumns(
        c.sequences(),
        logprob,
        c.entropy(),
        c.advantage(),
        old,
        c.referenceLogprob(),
        c.rolloutLogprob(),
        c.rolloutWeight(),
        weight);
  }

  /** The same with garbage at tokens that are not kept. */
  static TokenColumns dirtied(TokenColumns c, double rubbish) {
    Sequences s = c.sequences();
    return new TokenColumns(
        s,
        dirtied(s, c.logprob(), rubbish),
        dirtied(s, c.entropy(), rubbish),
        dirtied(s, c.advantage(), rubbish),
        dirtied(s, c.oldLogprob(), rubbish),
        dirtied(s, c.referenceLogprob(), rubbish),
        dirtied(s, c.rolloutLogprob(), rubbish),
        null,
        dirtied(s, c.weight(), rubbish));
  }

  private static double[] dirtied(Sequences s, double[] column, double rubbish) {
    double[] dirty = column.clone();
    for (int t = 0; t < dirty.length; t++) {
      dirty[t] = s.isKept(t) ? dirty[t] : rubbish;
    }
    return dirty;
  }

  /** Only the kept tokens. */
  static TokenColumns compacted(TokenColumns c) {
    Sequences s = c.sequences();
    int[] lengths = new int[s.count()];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = s.length(i);
    }
    return new TokenColumns(
        Sequences.of(lengths, new int[lengths.length]),
        s.compact(c.logprob()),
        s.compact(c.entropy()),
        s.compact(c.advantage()),
        s.compact(c.oldLogprob()),
        s.compact(c.referenceLogprob()),
        s.compact(c.rolloutLogprob()),
        null,
        s.compact(c.weight()));
  }
}
