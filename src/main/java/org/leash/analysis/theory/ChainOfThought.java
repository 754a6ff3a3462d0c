package org.leash.analysis.theory;

/**
 * The expected advantages of correct and wrong chains of thought under group-relative advantages of
 * answers: theorem 1 of "Reinforcement Learning with Verifiable Rewards Implicitly Incentivizes
 * Correct Reasoning", arXiv 2506.14245, for large groups. With μ the probability of a correct
 * answer and σ² = μ (1 − μ),
 *
 * <pre>
 *   E[A | chain correct] = (1 − p) (α − β) / σ        E[A | chain wrong] = −p (α − β) / σ
 * </pre>
 *
 * @param p the probability of a correct chain
 * @param alpha the probability of a correct answer after a correct chain
 * @param beta the probability of a correct answer after a wrong chain
 */
public record ChainOfThought(double p, double alpha, double beta) {
  /** Checks that all three are probabilities. */
  public ChainOfThought {
    for (double probability : new double[] {p, alpha, beta}) {
      if (!(probability >= 0 && probability <= 1)) {
        throw new IllegalArgumentException(
            "p = %s, alpha = %s, beta = %s: must be probabilities".formatted(p, alpha, beta));
      }
    }
  }

  /** μ = p α + (1 − p) β, the probability of a correct answer. */
  public double mean() {
    return p * alpha + (1 - p) * beta;
  }

  /** σ² = μ (1 − μ), the variance of the reward. */
  public double variance() {
    return mean() * (1 - mean());
  }

  /** Expected advantage of a correct chain; 0 if all rewards are equal. */
  public double advantageOfCorrect() {
    return variance() == 0 ? 0 : (1 - p) * (alpha - beta) / Math.sqrt(variance());
  }

  /** Expected advantage of a wrong chain; 0 if all rewards are equal. */
  public double advantageOfWrong() {
    return variance() == 0 ? 0 : -p * (alpha - beta) / Math.sqrt(variance());
  }
}
