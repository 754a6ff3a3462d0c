package org.leash.benchmarks.run;

import java.util.Map;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Task;
import org.leash.device.FloatColumn;
import org.leash.device.Matrix;
import org.leash.kernel.Arguments;
import org.leash.kernel.Entropy;
import org.leash.kernel.LogSoftmax;
import org.leash.kernel.LogitsGradient;
import org.leash.kernel.PolicyGradient;
import org.leash.kernel.TokenStatistics;

/** A task as the library takes it. */
final class TaskArguments {
  private TaskArguments() {}

  /**
   * The arguments of a task.
   *
   * @param in logits
   * @param out the matrix that the task writes, which may be the logits; of no use to others
   * @param columns the per-row inputs, where the logits are
   * @param outputs the task's columns, by name
   */
  static Arguments of(
      Task task, Matrix in, Matrix out, InputColumns columns, Map<String, FloatColumn> outputs) {
    return switch (task) {
      case LOG_SOFTMAX -> LogSoftmax.of(in).logprobs(out);
      case ENTROPY -> Entropy.of(in).entropy(outputs.get("entropy"));
      case TOKEN_STATISTICS ->
          TokenStatistics.of(in)
              .targets(columns.targets())
              .logprob(outputs.get("logprob"))
              .entropy(outputs.get("entropy"));
      case LOGITS_GRADIENT ->
          LogitsGradient.of(in)
              .targets(columns.targets())
              .statistics(columns.statistics())
              .gradLogprob(columns.gradLogprob())
              .gradEntropy(columns.gradEntropy())
              .gradient(out);
      case POLICY_GRADIENT ->
          PolicyGradient.of(in)
              .policy(Inputs.LOSS)
              .targets(columns.targets())
              .advantage(columns.advantage())
              .oldLogprob(columns.oldLogprob())
              .weight(columns.weight())
              .loss(outputs.get("loss"))
              .logprob(outputs.get("logprob"))
              .entropy(outputs.get("entropy"))
              .gradient(out);
    };
  }
}
