package org.leash.samples;

import java.util.Map;

/**
 * Where a sample's parts stand in its record. All but the first two may be null: not there.
 *
 * @param problem field that names the problem
 * @param correct field that says whether the answer is correct: true or false, 1 or 0
 * @param answer field of the answer; empty, null or absent in a record: the sample has none
 * @param chain field that says whether the chain of thought is correct, as {@code correct}
 * @param sample field that tells the samples of a problem apart; with it, duplicates are found
 * @param where only records whose field of this name has this value are taken, the others are not
 *     looked at
 */
public record SampleFormat(
    String problem,
    String correct,
    String answer,
    String chain,
    String sample,
    Map<String, String> where) {
  /** Checks that the two fields are named. */
  public SampleFormat {
    if (problem == null || correct == null) {
      throw new IllegalArgumentException("the fields of the problem and of correctness need names");
    }
    where = Map.copyOf(where);
  }
}
