package org.leash.training.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.leash.analysis.Answers;
import org.leash.analysis.Detectability;
import org.leash.analysis.PassAtK;
import org.leash.analysis.ProblemSamples;
import org.leash.analysis.SupportDynamics;
import org.leash.analysis.SupportSweep;
import org.leash.training.NextToken;
import org.leash.training.RandomStream;
import org.leash.training.policy.Policy;
import org.leash.training.record.PromptFigures;
import org.leash.training.rollout.Rollouts;
import org.leash.training.rollout.Sampler;
import org.leash.training.task.ExactAnswers;
import org.leash.training.task.Judgement;
import org.leash.training.task.Task;

/**
 * Metrics of a policy in comparison with the base model: from samples ({@code eval/…}) and, if the
 * task is small enough, exact ({@code exact/…}). The regions of the support ({@code support/…})
 * divide the right answers at the threshold ε(k, 0.05) (definition 3.3 at the level of answers) if
 * probabilities are exact, else the prompts by whether k samples hold a right answer.
 */
public final class Evaluation {
  /** The budget whose threshold bounds the support. */
  public static final int SUPPORT_BUDGET = 256;

  /** The probability of missing an answer at its threshold. */
  public static final double ZETA = 0.05;

  private static final int LARGEST_BUDGET = 1024;
  private static final int MAJORITY_DRAWS = 50;

  private final Task task;
  private final Policy base;
  private final int samples;
  private final long seed;
  private final Sampler sampler = new Sampler();
  private final List<ExactAnswers> baseExact;
  private List<ProblemSamples> baseSamples;

  /**
   * Evaluations against a base model.
   *
   * @param samples of each prompt, at least 1
   * @param seed of the samples
   */
  public Evaluation(Task task, Policy base, int samples, long seed) {
    this.task = task;
    this.base = base;
    this.samples = samples;
    this.seed = seed;
    this.baseExact = ExactAnswers.canEnumerate(task) ? exact(task, base) : null;
  }

  /** The answers to every prompt. */
  public static List<ExactAnswers> exact(Task task, NextToken policy) {
    return IntStream.range(0, task.prompts())
        .mapToObj(prompt -> ExactAnswers.of(policy, task, prompt))
        .toList();
  }

  /** Metrics by name, and the figures of each prompt. */
  public record Result(Map<String, Double> figures, List<PromptFigures> prompts) {}

  /** Evaluates a policy; the samples depend on the step and the seed alone. */
  public Result of(Policy policy, int step) {
    Map<String, Double> figures = new LinkedHashMap<>();
    List<PromptFigures> prompts = new ArrayList<>();
    List<ProblemSamples> sampled = sample(policy, step, prompts);
    for (int k = 1; k <= samples; k *= 4) {
      int budget = k;
      figures.put("eval/pass@" + k, PassAtK.mean(sampled, ProblemSamples::correct, k));
      figures.put("eval/cot_pass@" + k, PassAtK.mean(sampled, ProblemSamples::correctChains, k));
      figures.put(
          "eval/maj@" + k,
          mean(sampled, problem -> Answers.majority(problem, budget, MAJORITY_DRAWS, seed)));
    }
    figures.put("eval/answer_entropy", mean(sampled, Answers::entropy));
    SupportDynamics support;
    if (baseExact != null) {
      List<ExactAnswers> exact = exact(task, policy);
      figures.putAll(figures(exact));
      support = support(baseExact, exact, SUPPORT_BUDGET);
    } else {
      if (baseSamples == null) {
        baseSamples = sample(base, 0, new ArrayList<>());
      }
      support = new SupportSweep(baseSamples, sampled).at(samples);
    }
    String budget = "@k=" + (baseExact != null ? SUPPORT_BUDGET : samples);
    figures.put("support/srr" + budget, support.srr());
    figures.put("support/ndr" + budget, support.ndr());
    figures.put("support/sds" + budget, support.sds());
    figures.put("support/nscr" + budget, support.nscr());
    figures.put("support/n_preserved" + budget, support.preserved());
    figures.put("support/n_expanded" + budget, support.expanded());
    figures.put("support/n_shrunk" + budget, support.shrunk());
    figures.put("support/n_outside" + budget, support.outside());
    return new Result(figures, prompts);
  }

  /** Exact figures, as means over the prompts. */
  static Map<String, Double> figures(List<ExactAnswers> exact) {
    Map<String, Double> figures = new LinkedHashMap<>();
    for (int k = 1; k <= LARGEST_BUDGET; k *= 4) {
      int budget = k;
      figures.put("exact/pass@" + k, mean(exact, answers -> answers.passAtK(budget)));
    }
    figures.put("exact/cot_pass@1", mean(exact, answers -> answers.chainPassAtK(1)));
    figures.put("exact/token_entropy", mean(exact, ExactAnswers::tokenEntropy));
    figures.put("exact/answer_entropy", mean(exact, ExactAnswers::answerEntropy));
    return figures;
  }

  /** The regions of the right answers of all prompts at the threshold of a budget. */
  public static SupportDynamics support(
      List<ExactAnswers> base, List<ExactAnswers> tuned, int budget) {
    double epsilon = Detectability.epsilon(budget, ZETA);
    int[] regions = new int[4];
    for (int prompt = 0; prompt < base.size(); prompt++) {
      Map<String, ExactAnswers.Mass> after = tuned.get(prompt).answers();
      base.get(prompt)
          .answers()
          .forEach(
              (answer, mass) -> {
                if (mass.correct()) {
                  regions[
                      (mass.probability() > epsilon ? 2 : 0)
                          + (after.get(answer).probability() > epsilon ? 1 : 0)]++;
                }
              });
    }
    return new SupportDynamics(regions[3], regions[1], regions[2], regions[0]);
  }

  /** The expected regions of the prompts, by whether k samples hold a right answer. */
  public static SupportDynamics problemSupport(
      List<ExactAnswers> base, List<ExactAnswers> tuned, int budget) {
    double[] regions = new double[4];
    for (int prompt = 0; prompt < base.size(); prompt++) {
      double before = base.get(prompt).passAtK(budget);
      double after = tuned.get(prompt).passAtK(budget);
      regions[0] += before * after;
      regions[1] += (1 - before) * after;
      regions[2] += before * (1 - after);
      regions[3] += (1 - before) * (1 - after);
    }
    return new SupportDynamics(regions[0], regions[1], regions[2], regions[3]);
  }

  private List<ProblemSamples> sample(Policy policy, int step, List<PromptFigures> figures) {
    List<ProblemSamples> all = new ArrayList<>();
    for (int prompt = 0; prompt < task.prompts(); prompt++) {
      RandomStream random =
          new RandomStream(seed, String.format(Locale.ROOT, "eval %d %d", step, prompt));
      Rollouts rollouts = sampler.sample(policy, task, new int[] {prompt}, samples, 1, random);
      int correct = 0;
      int chains = 0;
      Map<String, ProblemSamples.Answer> answers = new LinkedHashMap<>();
      for (int i = 0; i < samples; i++) {
        Judgement verdict = rollouts.verdict(i);
        correct += verdict.correct() ? 1 : 0;
        chains += verdict.correctChain() ? 1 : 0;
        if (verdict.wellFormed()) {
          answers.merge(
              verdict.answer(),
              new ProblemSamples.Answer(1, verdict.correct()),
              (a, b) -> new ProblemSamples.Answer(a.count() + 1, a.correct()));
        }
      }
      ProblemSamples problem =
          new ProblemSamples(Integer.toString(prompt), samples, correct, chains, answers);
      all.add(problem);
      figures.add(
          new PromptFigures(
              prompt,
              samples,
              correct,
              Answers.entropy(problem),
              (double) rollouts.totalLength() / samples));
    }
    return all;
  }

  private static <T> double mean(List<T> all, ToDoubleFunction<T> figure) {
    return all.stream().mapToDouble(figure).average().orElseThrow();
  }
}
