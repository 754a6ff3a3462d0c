package org.leash.training;

/**
 * The model before training: a distribution of the next token in every context. Policies of any
 * kind start from it; it has no weights itself. Immutable and thread-safe.
 *
 * @param contexts that it tells apart
 * @param next its distributions
 */
public record BaseModel(PrefixTree contexts, NextToken next) {
  /**
   * Logits that are independent standard normals: a function of seed, context and token.
   *
   * @param seed of the stream "base"
   */
  public static NextToken normal(PrefixTree contexts, long seed) {
    long key = new RandomStream(seed, "base").state().key();
    return (prompt, tokens, length, logits) -> {
      long before = contexts.context(prompt, tokens, length) * contexts.vocab();
      RandomStream random =
          new RandomStream(new RandomStream.State(key, before * RandomStream.PER_GAUSSIAN));
      for (int a = 0; a < logits.length; a++) {
        logits[a] = random.nextGaussian();
      }
    };
  }
}
