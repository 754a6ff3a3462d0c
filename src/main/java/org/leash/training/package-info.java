/**
 * A thin trainer with small exact policies, to study what reinforcement learning with verifiable
 * rewards does to a distribution.
 *
 * <p>A {@link org.leash.training.Policy} gives logits for contexts and takes gradients of logits
 * back; a {@link org.leash.training.Task} poses prompts and judges completions; a {@link
 * org.leash.training.Trainer} samples, rewards and updates, with the loss and its gradient computed
 * by the kernels of a device. What a {@link org.leash.training.TabularPolicy} answers can be
 * enumerated, so that pass@k, support and entropies are known and not estimated ({@link
 * org.leash.training.ExactAnswers}).
 *
 * <p>Everything random comes from {@link org.leash.training.RandomStream}s: the same configuration
 * gives the same figures, bit for bit, whether or not a run was interrupted.
 */
package org.leash.training;
