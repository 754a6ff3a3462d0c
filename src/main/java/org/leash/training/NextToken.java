package org.leash.training;

/** A distribution of the next token of a completion, given the prompt and the tokens before it. */
public interface NextToken {
  /**
   * Writes the logits of the next token.
   *
   * @param prompt its number
   * @param tokens holds the prefix from 0 to length
   * @param logits one for each token of the vocabulary
   */
  void logits(int prompt, int[] tokens, int length, double[] logits);

  /** Writes the probabilities of the next token, softmax of {@link #logits}. */
  default void probabilities(int prompt, int[] tokens, int length, double[] probabilities) {
    logits(prompt, tokens, length, probabilities);
    double max = Double.NEGATIVE_INFINITY;
    for (double logit : probabilities) {
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (int a = 0; a < probabilities.length; a++) {
      probabilities[a] = Math.exp(probabilities[a] - max);
      sum += probabilities[a];
    }
    for (int a = 0; a < probabilities.length; a++) {
      probabilities[a] /= sum;
    }
  }
}
