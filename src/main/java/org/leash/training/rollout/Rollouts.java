package org.leash.training.rollout;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.leash.training.task.Task;
import org.leash.training.task.Verdict;

/**
 * Completions with their verdicts. The completions of one prompt are adjacent, {@link #group()} of
 * them. Arrays are not copied and do not change after sampling, except that off-policy completions
 * replace some.
 */
public final class Rollouts {
  private final int group;
  private final int maxLength;
  private final int[] prompts;
  private final int[][] tokens;
  private final int[] lengths;
  private final double[][] logprobs;
  private final Verdict[] verdicts;

  /** Room for group completions of each prompt. */
  public Rollouts(int[] prompts, int group, int maxLength) {
    int count = prompts.length * group;
    this.group = group;
    this.maxLength = maxLength;
    this.prompts = new int[count];
    for (int i = 0; i < count; i++) {
      this.prompts[i] = prompts[i / group];
    }
    this.tokens = new int[count][maxLength];
    this.lengths = new int[count];
    this.logprobs = new double[count][maxLength];
    this.verdicts = new Verdict[count];
  }

  private Rollouts(
      int group,
      int maxLength,
      int[] prompts,
      int[][] tokens,
      int[] lengths,
      double[][] logprobs,
      Verdict[] verdicts) {
    this.group = group;
    this.maxLength = maxLength;
    this.prompts = prompts;
    this.tokens = tokens;
    this.lengths = lengths;
    this.logprobs = logprobs;
    this.verdicts = verdicts;
  }

  /** Completions of a prompt. */
  public int group() {
    return group;
  }

  /** Completions of all prompts. */
  public int count() {
    return prompts.length;
  }

  /** The prompt of a completion. */
  public int prompt(int completion) {
    return prompts[completion];
  }

  /** The tokens of a completion; entries from {@link #length} on are meaningless. */
  public int[] tokens(int completion) {
    return tokens[completion];
  }

  /** The tokens in a completion. */
  public int length(int completion) {
    return lengths[completion];
  }

  /** Tokens of all completions. */
  public int totalLength() {
    return Arrays.stream(lengths).sum();
  }

  /** The verdict on a completion. */
  public Verdict verdict(int completion) {
    return verdicts[completion];
  }

  /** Log-probabilities of the tokens when sampled. */
  public double[] logprobs(int completion) {
    return logprobs[completion];
  }

  /** Whether a completion was cut off: it has no end token in a task that has one. */
  public boolean truncated(int completion, Task task) {
    return task.endToken() != Task.NO_END
        && tokens[completion][lengths[completion] - 1] != task.endToken();
  }

  /** Appends a token with its log-probability to a completion. */
  public void append(int completion, int token, double logprob) {
    tokens[completion][lengths[completion]] = token;
    logprobs[completion][lengths[completion]++] = logprob;
  }

  void clear(int completion) {
    lengths[completion] = 0;
  }

  /** Judges a completion by the task and stores the verdict. */
  public void judge(Task task, int completion) {
    verdicts[completion] =
        task.judge(prompts[completion], tokens[completion], 0, lengths[completion]);
  }

  /** The groups in [from, to). */
  public Rollouts groups(int from, int to) {
    boolean[] kept = new boolean[count() / group];
    Arrays.fill(kept, from, to, true);
    return groups(kept);
  }

  /** The groups that are kept. */
  Rollouts groups(boolean[] kept) {
    int[] chosen =
        IntStream.range(0, count()).filter(completion -> kept[completion / group]).toArray();
    return new Rollouts(
        group,
        maxLength,
        IntStream.of(chosen).map(i -> prompts[i]).toArray(),
        IntStream.of(chosen).mapToObj(i -> tokens[i]).toArray(int[][]::new),
        IntStream.of(chosen).map(i -> lengths[i]).toArray(),
        IntStream.of(chosen).mapToObj(i -> logprobs[i]).toArray(double[][]::new),
        IntStream.of(chosen).mapToObj(i -> verdicts[i]).toArray(Verdict[]::new));
  }

  /** These and then others of the same group size. */
  Rollouts and(Rollouts others) {
    return new Rollouts(
        group,
        maxLength,
        concatenate(prompts, others.prompts),
        concatenate(tokens, others.tokens),
        concatenate(lengths, others.lengths),
        concatenate(logprobs, others.logprobs),
        concatenate(verdicts, others.verdicts));
  }

  private static int[] concatenate(int[] first, int[] second) {
    int[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static <T> T[] concatenate(T[] first, T[] second) {
    T[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
