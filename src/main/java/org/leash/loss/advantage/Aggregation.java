package org.leash.loss.advantage;

/**
 * The aggregation of token losses into one number, as a weight per token: the loss of the batch is
 * the sum of weight · loss over its tokens. Tokens that are not kept have weight 0. With several
 * devices or accumulated steps, the counts must cover the whole batch.
 */
public enum Aggregation {
  /** 1 / kept tokens of the batch: DAPO, arXiv 2503.14476; verl's token-mean; TRL's dapo. */
  TOKEN_MEAN,
  /** 1: verl's token-sum (August 2026). */
  TOKEN_SUM,
  /** 1 / responses with a kept token: verl's seq-mean-token-sum. */
  SEQ_MEAN_TOKEN_SUM,
  /** 1 / (responses with a kept token · kept tokens of the response): verl. */
  SEQ_MEAN_TOKEN_MEAN,
  /**
   * 1 / (responses · kept tokens of the response): GRPO, arXiv 2402.03300, equation 3; TRL's grpo.
   * Responses without a kept token count.
   */
  SEQ_MEAN_TOKEN_MEAN_TRL,
  /**
   * 1 / (responses with a kept token · maxLength): verl's seq-mean-token-sum-norm since February
   * 2026.
   */
  SEQ_MEAN_TOKEN_SUM_NORM_VERL,
  /** 1 / (responses · maxLength): TRL's dr_grpo. Dr. GRPO, arXiv 2503.20783. */
  SEQ_MEAN_TOKEN_SUM_NORM_TRL,
  /** 1 / maxLength, whatever the number of responses: ROLL's seq-mean-token-sum-norm. */
  SEQ_MEAN_TOKEN_SUM_NORM_ROLL;

  /**
   * One weight per token.
   *
   * @param maxLength the maximum length of a response, the divisor of the NORM aggregations; ≥ 1
   */
  public double[] weights(Sequences sequences, int maxLength) {
    if (maxLength < 1) {
      throw new IllegalArgumentException("maxLength = " + maxLength + ": must be at least 1");
    }
    double[] perSequence = new double[sequences.count()];
    for (int i = 0; i < perSequence.length; i++) {
      if (sequences.length(i) > 0) {
        perSequence[i] = weight(sequences, i, maxLength);
      }
    }
    return sequences.spread(perSequence);
  }

  private double weight(Sequences sequences, int i, double maxLength) {
    return switch (this) {
      case TOKEN_MEAN -> 1.0 / sequences.keptTokens();
      case TOKEN_SUM -> 1.0;
      case SEQ_MEAN_TOKEN_SUM -> 1.0 / sequences.nonEmpty();
      case SEQ_MEAN_TOKEN_MEAN -> 1.0 / sequences.nonEmpty() / sequences.length(i);
      case SEQ_MEAN_TOKEN_MEAN_TRL -> 1.0 / sequences.count() / sequences.length(i);
      case SEQ_MEAN_TOKEN_SUM_NORM_VERL -> 1.0 / sequences.nonEmpty() / maxLength;
      case SEQ_MEAN_TOKEN_SUM_NORM_TRL -> 1.0 / sequences.count() / maxLength;
      case SEQ_MEAN_TOKEN_SUM_NORM_ROLL -> 1.0 / maxLength;
    };
  }
}
