package org.leash.kernel.panama;

import java.lang.foreign.MemorySegment;
import java.util.function.BiConsumer;
import org.leash.binding.PinnedStruct;
import org.leash.binding.generated.Leash;
import org.leash.binding.generated.leash_entropy_args;
import org.leash.binding.generated.leash_log_softmax_args;
import org.leash.binding.generated.leash_logits_gradient_args;
import org.leash.binding.generated.leash_policy_gradient_args;
import org.leash.binding.generated.leash_token_statistics_args;
import org.leash.kernel.Arguments;
import org.leash.kernel.Operation;

/** The struct of one operation and how its arguments get into it. Not thread-safe. */
final class Call<A extends Arguments> {
  private final int operation;
  private final PinnedStruct struct;
  private final ArgumentStruct fields;
  private final BiConsumer<ArgumentStruct, A> marshal;

  private Call(
      Operation<?> operation,
      PinnedStruct struct,
      int variant,
      BiConsumer<ArgumentStruct, A> marshal) {
    this.operation = Ids.of(operation);
    this.struct = struct;
    this.fields = new ArgumentStruct(struct, variant);
    this.marshal = marshal;
  }

  /**
   * @param variant id of the variant that it asks for
   */
  static <A extends Arguments> Call<A> of(Operation<A> operation, int variant) {
    Call<?> call =
        switch (operation.id()) {
          case "log_softmax" ->
              new Call<>(
                  operation,
                  new PinnedStruct(leash_log_softmax_args.layout()),
                  variant,
                  Marshalling::logSoftmax);
          case "entropy" ->
              new Call<>(
                  operation,
                  new PinnedStruct(leash_entropy_args.layout()),
                  variant,
                  Marshalling::entropy);
          case "token_statistics" ->
              new Call<>(
                  operation,
                  new PinnedStruct(leash_token_statistics_args.layout()),
                  variant,
                  Marshalling::tokenStatistics);
          case "logits_gradient" ->
              new Call<>(
                  operation,
                  new PinnedStruct(leash_logits_gradient_args.layout()),
                  variant,
                  Marshalling::logitsGradient);
          case "policy_gradient" ->
              new Call<>(
                  operation,
                  new PinnedStruct(leash_policy_gradient_args.layout()),
                  variant,
                  Marshalling::policyGradient);
          default -> throw new IllegalArgumentException("no native operation " + operation);
        };
    @SuppressWarnings("unchecked") // Each line above marshals the arguments of its own operation.
    Call<A> ofOperation = (Call<A>) call;
    return ofOperation;
  }

  /** Calls; returns the status. */
  int run(MemorySegment device, A arguments) {
    try {
      write(arguments);
      return struct.run(device, operation);
    } finally {
      struct.release();
    }
  }

  /** Plans the call; returns the status. */
  int plan(MemorySegment device, A arguments, MemorySegment plan) {
    try {
      write(arguments);
      return Leash.leash_plan_call(device, operation, struct.segment(), plan);
    } finally {
      struct.release();
    }
  }

  /** The struct, written for a call made elsewhere. */
  MemorySegment marshalled(A arguments) {
    try {
      write(arguments);
      return struct.segment();
    } finally {
      struct.release();
    }
  }

  private void write(A arguments) {
    fields.rows(arguments);
    marshal.accept(fields, arguments);
  }
}
