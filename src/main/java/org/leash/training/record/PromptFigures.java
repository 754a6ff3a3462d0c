package org.leash.training.record;

/**
 * What the samples of one prompt came to, so that pass@k can be computed again for any k ≤ n.
 *
 * @param prompt its number
 * @param samples n
 * @param correct c, how many of them are right
 * @param answerEntropy of the samples' answers, in nats
 * @param meanLength in tokens
 */
public record PromptFigures(
    int prompt, int samples, int correct, double answerEntropy, double meanLength) {}
