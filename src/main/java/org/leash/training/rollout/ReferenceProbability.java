package org.leash.training.rollout;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.leash.training.Contexts;
import org.leash.training.task.Task;

/**
 * RLPR's reward without a verifier (arXiv 2506.18254): the mean probability that the policy gives
 * to the tokens of a reference answer after the chain of thought that it wrote, minus the base
 * model's probability of them without a chain, clipped to [0, 1]:
 *
 * <pre>
 * 0.9 · clip(mean_i π(y*_i | x, z, y*_&lt;i) − mean_i q(y*_i | x, y*_&lt;i)) + 0.1 · wellFormed
 * </pre>
 *
 * <p>The mean, and not the product: one unlikely token must not decide.
 */
final class ReferenceProbability implements Reward {
  private static final double FORMAT_SHARE = 0.1;

  private final Scorer base;
  private final Map<Integer, Double> withoutChain = new HashMap<>();

  ReferenceProbability(Scorer base) {
    this.base = base;
  }

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public List<double[]> parts(Rollouts rollouts, Task task, Scorer scorer) {
    Contexts contexts = new Contexts();
    int[] targets = new int[rollouts.count() * task.maxLength()];
    for (int i = 0; i < rollouts.count(); i++) {
      int chain = task.answerStart(rollouts.length(i));
      add(contexts, targets, task, rollouts.prompt(i), rollouts.tokens(i), chain);
    }
    double[] logprobs = scorer.logprobs(contexts, targets);
    double[] rewards = new double[rollouts.count()];
    int row = 0;
    for (int i = 0; i < rewards.length; i++) {
      int answer = task.referenceAnswer(rollouts.prompt(i)).length;
      double gain = mean(logprobs, row, answer) - biased(task, rollouts.prompt(i));
      row += answer;
      rewards[i] =
          (1 - FORMAT_SHARE) * Math.clamp(gain, 0.0, 1.0)
              + (rollouts.verdict(i).wellFormed() ? FORMAT_SHARE : 0);
    }
    return List.of(rewards);
  }

  private double biased(Task task, int prompt) {
    return withoutChain.computeIfAbsent(
        prompt,
        missing -> {
          Contexts contexts = new Contexts();
          int[] targets = new int[task.maxLength()];
          add(contexts, targets, task, prompt, new int[0], 0);
          return mean(base.logprobs(contexts, targets), 0, contexts.rows());
        });
  }

  /** Rows for the reference answer after a chain: one for each of its tokens. */
  private static void add(
      Contexts contexts, int[] targets, Task task, int prompt, int[] chain, int length) {
    int[] answer = task.referenceAnswer(prompt);
    int[] text = new int[length + answer.length];
    System.arraycopy(chain, 0, text, 0, length);
    System.arraycopy(answer, 0, text, length, answer.length);
    for (int i = 0; i < answer.length; i++) {
      targets[contexts.rows()] = answer[i];
      contexts.add(prompt, text, 0, length + i);
    }
  }

  private static double mean(double[] logprobs, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += Math.exp(logprobs[i]);
    }
    return sum / count;
  }
}
