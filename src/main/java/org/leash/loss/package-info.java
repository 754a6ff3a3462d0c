/**
 * The loss of a token. {@link org.leash.loss.PolicyLoss} configures it; its formulas are the
 * constants of {@link org.leash.loss.Surrogate} and {@link org.leash.loss.Kl}, and {@link
 * org.leash.loss.TokenLoss} combines them, for the Java kernels and for the losses of batches
 * alike.
 *
 * <p>From rewards to a gradient: a batch is a set of responses to prompts with their tokens end to
 * end ({@code advantage.Sequences}); token t of the batch is row t of the logits. {@code
 * advantage.Advantage} turns rewards into an advantage for each token, {@code
 * advantage.Aggregation} gives each token a weight, and {@code objective.Objective} states what is
 * minimised: in one fused pass of {@code policy_gradient} if a token's loss depends on that token
 * alone, otherwise as {@code token_statistics}, a reduction, and {@code logits_gradient}. {@code
 * preset.Preset} combines these under the usual names of algorithms.
 *
 * <p>All arithmetic is in double precision and deterministic. Arrays are neither kept nor changed.
 * Everything but arrays is immutable and safe for use by several threads.
 */
package org.leash.loss;
