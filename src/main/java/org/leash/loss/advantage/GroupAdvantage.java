package org.leash.loss.advantage;

/** An advantage that compares the responses to one prompt by their outcomes only. */
public interface GroupAdvantage extends Advantage {
  /**
   * One advantage per response of a group.
   *
   * @param rewards of the responses, at least one
   */
  double[] ofGroup(double[] rewards);

  @Override
  default double[] ofScored(Sequences sequences, Rewards rewards) {
    double[] outcomes = rewards.outcomes(sequences);
    double[] advantages = new double[sequences.count()];
    for (int[] members : sequences.groups()) {
      double[] group = new double[members.length];
      for (int i = 0; i < group.length; i++) {
        group[i] = outcomes[members[i]];
      }
      double[] of = ofGroup(group);
      for (int i = 0; i < group.length; i++) {
        advantages[members[i]] = of[i];
      }
    }
    return sequences.spread(advantages);
  }
}
