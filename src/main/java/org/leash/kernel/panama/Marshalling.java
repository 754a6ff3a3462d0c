package org.leash.kernel.panama;

import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.leash.binding.PinnedStruct;
import org.leash.binding.generated.leash_entropy_args;
import org.leash.binding.generated.leash_log_softmax_args;
import org.leash.binding.generated.leash_logits_gradient_args;
import org.leash.binding.generated.leash_policy_gradient_args;
import org.leash.binding.generated.leash_policy_loss;
import org.leash.binding.generated.leash_token_statistics_args;
import org.leash.kernel.Arguments;
import org.leash.kernel.Entropy;
import org.leash.kernel.LogSoftmax;
import org.leash.kernel.LogitsGradient;
import org.leash.kernel.Operation;
import org.leash.kernel.PolicyGradient;
import org.leash.kernel.TokenStatistics;
import org.leash.loss.PolicyLoss;

/**
 * The struct of an operation and the fields that its arguments go into.
 *
 * @param struct makes a struct of zeros
 * @param fields writes all fields but the rows, which all operations share
 */
record Marshalling<A extends Arguments>(
    Supplier<PinnedStruct> struct, BiConsumer<ArgumentStruct, A> fields) {

  static <A extends Arguments> Marshalling<A> of(Operation<A> operation) {
    Marshalling<?> marshalling =
        switch (operation.id()) {
          case "log_softmax" ->
              new Marshalling<LogSoftmax>(
                  () -> new PinnedStruct(leash_log_softmax_args.layout()), Marshalling::logSoftmax);
          case "entropy" ->
              new Marshalling<Entropy>(
                  () -> new PinnedStruct(leash_entropy_args.layout()), Marshalling::entropy);
          case "token_statistics" ->
              new Marshalling<TokenStatistics>(
                  () -> new PinnedStruct(leash_token_statistics_args.layout()),
                  Marshalling::tokenStatistics);
          case "logits_gradient" ->
              new Marshalling<LogitsGradient>(
                  () -> new PinnedStruct(leash_logits_gradient_args.layout()),
                  Marshalling::logitsGradient);
          case "policy_gradient" ->
              new Marshalling<PolicyGradient>(
                  () -> new PinnedStruct(leash_policy_gradient_args.layout()),
                  Marshalling::policyGradient);
          default -> throw new IllegalArgumentException("no native operation " + operation);
        };
    @SuppressWarnings("unchecked") // Each line above marshals the arguments of its own operation.
    Marshalling<A> ofOperation = (Marshalling<A>) marshalling;
    return ofOperation;
  }

  private static void logSoftmax(ArgumentStruct struct, LogSoftmax arguments) {
    struct.matrix(leash_log_softmax_args.logprobs$offset(), arguments.logprobs());
  }

  private static void entropy(ArgumentStruct struct, Entropy arguments) {
    struct.point(leash_entropy_args.entropy$offset(), arguments.entropy());
  }

  private static void tokenStatistics(ArgumentStruct struct, TokenStatistics arguments) {
    struct.point(leash_token_statistics_args.targets$offset(), arguments.targets());
    struct.point(leash_token_statistics_args.logprob$offset(), arguments.logprob());
    struct.point(leash_token_statistics_args.entropy$offset(), arguments.entropy());
    struct.point(leash_token_statistics_args.lse$offset(), arguments.lse());
    struct.point(leash_token_statistics_args.statistics$offset(), arguments.statistics());
  }

  private static void logitsGradient(ArgumentStruct struct, LogitsGradient arguments) {
    struct.point(leash_logits_gradient_args.targets$offset(), arguments.targets());
    struct.point(leash_logits_gradient_args.statistics$offset(), arguments.statistics());
    struct.point(leash_logits_gradient_args.grad_logprob$offset(), arguments.gradLogprob());
    struct.point(leash_logits_gradient_args.grad_entropy$offset(), arguments.gradEntropy());
    struct.point(leash_logits_gradient_args.grad_lse$offset(), arguments.gradLse());
    struct.matrix(leash_logits_gradient_args.gradient$offset(), arguments.gradient());
  }

  private static void policyGradient(ArgumentStruct struct, PolicyGradient arguments) {
    policyLoss(struct, leash_policy_gradient_args.policy$offset(), arguments.policy());
    struct.point(leash_policy_gradient_args.targets$offset(), arguments.targets());
    struct.point(leash_policy_gradient_args.advantage$offset(), arguments.advantage());
    struct.point(leash_policy_gradient_args.old_logprob$offset(), arguments.oldLogprob());
    struct.point(
        leash_policy_gradient_args.reference_logprob$offset(), arguments.referenceLogprob());
    struct.point(leash_policy_gradient_args.rollout_logprob$offset(), arguments.rolloutLogprob());
    struct.point(leash_policy_gradient_args.weight$offset(), arguments.weight());
    struct.point(leash_policy_gradient_args.loss$offset(), arguments.loss());
    struct.point(leash_policy_gradient_args.logprob$offset(), arguments.logprob());
    struct.point(leash_policy_gradient_args.entropy$offset(), arguments.entropy());
    struct.point(leash_policy_gradient_args.ratio$offset(), arguments.ratio());
    struct.point(leash_policy_gradient_args.kl$offset(), arguments.kl());
    struct.point(leash_policy_gradient_args.clip_flags$offset(), arguments.clipFlags());
    struct.matrix(leash_policy_gradient_args.gradient$offset(), arguments.gradient());
  }

  private static void policyLoss(ArgumentStruct struct, long offset, PolicyLoss policy) {
    struct.number(offset + leash_policy_loss.kind$offset(), Ids.of(policy.surrogate()));
    struct.number(offset + leash_policy_loss.kl$offset(), Ids.of(policy.kl()));
    struct.number(offset + leash_policy_loss.rollout$offset(), Ids.of(policy.rollout()));
    struct.number(offset + leash_policy_loss.clip_low$offset(), (float) policy.clipLow());
    struct.number(offset + leash_policy_loss.clip_high$offset(), (float) policy.clipHigh());
    struct.number(offset + leash_policy_loss.dual_clip$offset(), (float) policy.dualClip());
    struct.number(
        offset + leash_policy_loss.shape_positive$offset(), (float) policy.shapePositive());
    struct.number(
        offset + leash_policy_loss.shape_negative$offset(), (float) policy.shapeNegative());
    struct.number(offset + leash_policy_loss.rollout_floor$offset(), (float) policy.rolloutFloor());
    struct.number(offset + leash_policy_loss.rollout_cap$offset(), (float) policy.rolloutCap());
    struct.number(
        offset + leash_policy_loss.kl_coefficient$offset(), (float) policy.klCoefficient());
    struct.number(
        offset + leash_policy_loss.entropy_coefficient$offset(),
        (float) policy.entropyCoefficient());
  }
}
