package org.leash.training.task;

/**
 * A verifier's judgement of a completion.
 *
 * @param wellFormed whether there is an answer to judge
 * @param correct whether the answer is right; false where it is not well formed
 * @param correctChain whether every step that led to a right answer is right too; equal to {@code
 *     correct} in tasks without steps
 * @param answer the answer, such that equal answers are equal strings; null where it is not well
 *     formed
 */
public record Judgement(boolean wellFormed, boolean correct, boolean correctChain, String answer) {
  /** The verdict on a completion without an answer. */
  public static final Judgement MALFORMED = new Judgement(false, false, false, null);

  /** Checks that right means well formed, and a right chain a right answer. */
  public Judgement {
    if ((correct && !wellFormed)
        || (correctChain && !correct)
        || (wellFormed == (answer == null))) {
      throw new IllegalArgumentException(
          "contradictory verdict: wellFormed = %s, correct = %s, correctChain = %s, answer = %s"
              .formatted(wellFormed, correct, correctChain, answer));
    }
  }
}
