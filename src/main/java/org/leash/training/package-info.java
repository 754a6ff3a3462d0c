/**
 * A small trainer with exact policies, to study what reinforcement learning with verifiable rewards
 * does to a distribution.
 *
 * <p>This package is shared by its subpackages: contexts, next-token distributions, base models,
 * random streams and the clock of a step. Imports point one way, from {@code run} down:
 *
 * <pre>experiment, report → run → algorithm → rollout → task, policy, record → this package</pre>
 *
 * <p>A {@link org.leash.training.policy.Policy} gives logits for contexts and backpropagates
 * gradients of logits; a {@link org.leash.training.task.Task} poses prompts, judges completions and
 * has a {@link org.leash.training.BaseModel}, from which a policy of any kind can start; a {@link
 * org.leash.training.run.Trainer} samples, rewards and updates, with the loss and its gradient
 * computed by the kernels of a device. The answers of a {@link
 * org.leash.training.policy.TabularPolicy} can be enumerated, so that pass@k, support and entropies
 * are known and not estimated ({@link org.leash.training.task.ExactAnswers}).
 *
 * <p>All randomness comes from {@link org.leash.training.RandomStream}s: the same configuration
 * gives the same metrics, bit for bit, whether or not a run was interrupted.
 */
package org.leash.training;
