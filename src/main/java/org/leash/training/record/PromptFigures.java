package org.leash.training.record;

/**
 * Counts over the samples of one prompt, from which pass@k follows for any k ≤ n.
 *
 * @param prompt its number
 * @param samples n
 * @param correct c, the number of correct ones
 * @param answerEntropy of the samples' answers, in nats
 * @param meanLength in tokens
 */
public record PromptFigures(
    int prompt, int samples, int correct, double answerEntropy, double meanLength) {}
