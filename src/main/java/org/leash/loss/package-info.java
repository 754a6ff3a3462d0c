/**
 * From rewards to a gradient: advantages, aggregations, the loss of a token and of a response, and
 * presets under the names people know.
 *
 * <p>{@link org.leash.loss.PolicyLoss} configures the loss of a token. Its formulas are the
 * constants of {@link org.leash.loss.Surrogate} and {@link org.leash.loss.Kl}; {@link
 * org.leash.loss.TokenLoss} puts them together, for the Java kernels and for {@link
 * org.leash.loss.Objective} alike.
 *
 * <p>A batch is a set of responses to prompts, their tokens end to end ({@link
 * org.leash.loss.Sequences}); token t of the batch is row t of the logits. An {@link
 * org.leash.loss.Advantage} makes of its {@link org.leash.loss.Rewards} one advantage a token, an
 * {@link org.leash.loss.Aggregation} one weight a token, and an {@link org.leash.loss.Objective}
 * says what is minimised: in one fused pass of {@code policy_gradient} where a token's loss depends
 * on that token alone, or as {@code token_statistics}, {@link org.leash.loss.Objective#evaluate a
 * reduction} and {@code logits_gradient}.
 *
 * <p>All arithmetic is in double precision and deterministic. Arrays are neither kept nor changed.
 * Everything but arrays is immutable and safe for use by several threads.
 */
package org.leash.loss;
