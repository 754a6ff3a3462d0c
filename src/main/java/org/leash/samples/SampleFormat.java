package org.leash.samples;

import java.util.Map;

/**
 * The names of the fields of a record of samples. All except the first two may be null.
 *
 * @param problem field with the name of the problem
 * @param correct field with the correctness of the answer: true or false, 1 or 0
 * @param answer field with the answer; if empty, null or absent, the sample has no answer
 * @param chain field with the correctness of the chain of thought, as for {@code correct}
 * @param sample field that identifies the samples of a problem; enables the detection of duplicates
 * @param where values by field name; other records are ignored
 */
public record SampleFormat(
    String problem,
    String correct,
    String answer,
    String chain,
    String sample,
    Map<String, String> where) {
  /** Checks that the first two fields are named. */
  public SampleFormat {
    if (problem == null || correct == null) {
      throw new IllegalArgumentException("the fields of problem and correctness need names");
    }
    where = Map.copyOf(where);
  }
}
