package org.leash.training.rollout;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.leash.training.Contexts;
import org.leash.training.RandomStream;
import org.leash.training.policy.Policy;
import org.leash.training.task.Task;

/**
 * Generates completions token by token: samples by inverting the cumulative distribution of
 * softmax(logits / temperature) in double precision, or takes the likeliest token. It does not use
 * the kernels: the same weights and stream give the same completions with all of them.
 *
 * <p>Equal prefixes of a group share one row of logits: the first position of a group costs one
 * row, whatever its size. Not thread-safe.
 */
public final class Sampler {
  private final Contexts contexts = new Contexts();
  private float[] logits = {};
  private double[] cumulative = {};
  private int vocab;

  /** Samples groups of completions of the prompts. */
  public Rollouts sample(
      Policy policy, Task task, int[] prompts, int group, double temperature, RandomStream random) {
    if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "temperature = " + temperature + ": take a finite number > 0");
    }
    return write(
        policy, task, prompts, group, temperature, start -> draw(start, random.nextDouble()));
  }

  /** The likeliest token at every position, the first of several: one completion a prompt. */
  public Rollouts greedy(Policy policy, Task task, int[] prompts) {
    return write(policy, task, prompts, 1, 1, this::likeliest);
  }

  /**
   * Generates completions.
   *
   * @param choice of a token, given the start of its distribution
   */
  private Rollouts write(
      Policy policy,
      Task task,
      int[] prompts,
      int group,
      double temperature,
      IntUnaryOperator choice) {
    vocab = policy.vocab();
    Rollouts rollouts = new Rollouts(prompts, group, task.maxLength());
    int[] active = new int[rollouts.count()];
    Arrays.setAll(active, i -> i);
    int[] row = new int[rollouts.count()];
    for (int position = 0; active.length > 0; position++) {
      contexts.clear();
      for (int i = 0; i < active.length; i++) {
        row[i] = shared(rollouts, active, row, i, position);
        if (row[i] == contexts.rows()) {
          contexts.add(rollouts.prompt(active[i]), rollouts.tokens(active[i]), 0, position);
        }
      }
      distributions(policy, temperature);
      int still = 0;
      for (int i = 0; i < active.length; i++) {
        int completion = active[i];
        int token = choice.applyAsInt(row[i] * vocab);
        rollouts.append(completion, token, logprob(row[i] * vocab, token));
        if (task.isOver(rollouts.tokens(completion), 0, position + 1)) {
          rollouts.judge(task, completion);
        } else {
          active[still++] = completion;
        }
      }
      active = Arrays.copyOf(active, still);
    }
    return rollouts;
  }

  /** The row of an earlier completion of the group that is equal so far, or a new one. */
  private int shared(Rollouts rollouts, int[] active, int[] row, int i, int position) {
    int completion = active[i];
    int first = completion - completion % rollouts.group();
    for (int j = i - 1; j >= 0 && active[j] >= first; j--) {
      if (Arrays.equals(
          rollouts.tokens(active[j]), 0, position, rollouts.tokens(completion), 0, position)) {
        return row[j];
      }
    }
    return contexts.rows();
  }

  private void distributions(Policy policy, double temperature) {
    int count = Math.multiplyExact(contexts.rows(), vocab);
    if (logits.length < count) {
      logits = new float[count];
      cumulative = new double[count];
    }
    policy.logits(contexts, 0, contexts.rows(), FloatBuffer.wrap(logits));
    for (int start = 0; start < count; start += vocab) {
      float max = Float.NEGATIVE_INFINITY;
      for (int a = start; a < start + vocab; a++) {
        max = Math.max(max, logits[a]);
      }
      double sum = 0;
      for (int a = start; a < start + vocab; a++) {
        sum += Math.exp((logits[a] - (double) max) / temperature);
        cumulative[a] = sum;
      }
    }
  }

  /** The first token whose cumulative mass exceeds the target; tokens without mass are skipped. */
  private int draw(int start, double uniform) {
    int last = start + vocab - 1;
    double target = uniform * cumulative[last];
    int found = Arrays.binarySearch(cumulative, start, last + 1, target);
    int at = found < 0 ? -found - 1 : found + 1;
    while (at < last && cumulative[at] <= target) {
      at++;
    }
    return Math.min(at, last) - start;
  }

  private int likeliest(int start) {
    int best = start;
    for (int a = start + 1; a < start + vocab; a++) {
      best = logits[a] > logits[best] ? a : best;
    }
    return best - start;
  }

  private double logprob(int start, int token) {
    double before = token == 0 ? 0 : cumulative[start + token - 1];
    return Math.log((cumulative[start + token] - before) / cumulative[start + vocab - 1]);
  }
}
