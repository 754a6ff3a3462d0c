package org.leash.training.rollout;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.leash.training.task.Judgement;
import org.leash.training.task.Task;

/**
 * Completions with their verdicts. The completions of one prompt are adjacent, {@link #group()} of
 * them. Arrays are not copied and do not change after sampling, except that off-policy completions
 * replace some.
 */
public final class Rollouts {
  private static final class Rollout {
    final int prompt;
    final int[] tokens;
    final double[] logprobs;
    int length;
    Judgement verdict;

    Rollout(int prompt, int maxLength) {
      this.prompt = prompt;
      this.tokens = new int[maxLength];
      this.logprobs = new double[maxLength];
    }
  }

  private final int group;
  private final List<Rollout> all;

  /** Room for group completions of each prompt. */
  public Rollouts(int[] prompts, int group, int maxLength) {
    this(group, new ArrayList<>());
    for (int i = 0; i < prompts.length * group; i++) {
      all.add(new Rollout(prompts[i / group], maxLength));
    }
  }

  private Rollouts(int group, List<Rollout> all) {
    this.group = group;
    this.all = all;
  }

  /** Completions of a prompt. */
  public int group() {
    return group;
  }

  /** Completions of all prompts. */
  public int count() {
    return all.size();
  }

  /** The prompt of a completion. */
  public int prompt(int completion) {
    return all.get(completion).prompt;
  }

  /** The tokens of a completion; entries from {@link #length} on are meaningless. */
  public int[] tokens(int completion) {
    return all.get(completion).tokens;
  }

  /** The tokens in a completion. */
  public int length(int completion) {
    return all.get(completion).length;
  }

  /** Tokens of all completions. */
  public int totalLength() {
    return all.stream().mapToInt(each -> each.length).sum();
  }

  /** The verdict on a completion. */
  public Judgement verdict(int completion) {
    return all.get(completion).verdict;
  }

  /** Log-probabilities of the tokens when sampled. */
  public double[] logprobs(int completion) {
    return all.get(completion).logprobs;
  }

  /** Whether a completion was cut off: it has no end token in a task that has one. */
  public boolean truncated(int completion, Task task) {
    Rollout rollout = all.get(completion);
    return task.endToken() != Task.NO_END && rollout.tokens[rollout.length - 1] != task.endToken();
  }

  /** Appends a token with its log-probability to a completion. */
  public void append(int completion, int token, double logprob) {
    Rollout rollout = all.get(completion);
    rollout.tokens[rollout.length] = token;
    rollout.logprobs[rollout.length++] = logprob;
  }

  void clear(int completion) {
    all.get(completion).length = 0;
  }

  /** Judges a completion by the task and stores the verdict. */
  public void judge(Task task, int completion) {
    Rollout rollout = all.get(completion);
    rollout.verdict = task.judge(rollout.prompt, rollout.tokens, 0, rollout.length);
  }

  /** The groups in [from, to). */
  public Rollouts groups(int from, int to) {
    return new Rollouts(group, all.subList(from * group, to * group));
  }

  /** The groups that are kept. */
  Rollouts groups(boolean[] kept) {
    return new Rollouts(
        group,
        IntStream.range(0, all.size()).filter(i -> kept[i / group]).mapToObj(all::get).toList());
  }

  /** These and then others of the same group size. */
  Rollouts and(Rollouts others) {
    return new Rollouts(group, Stream.concat(all.stream(), others.all.stream()).toList());
  }
}
