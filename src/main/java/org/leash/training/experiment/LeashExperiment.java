package org.leash.training.experiment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.leash.analysis.SupportDynamics;
import org.leash.device.Device;
import org.leash.training.NextToken;
import org.leash.training.algorithm.ExactAscent;
import org.leash.training.policy.TabularPolicy;
import org.leash.training.run.Evaluation;
import org.leash.training.run.Trainer;
import org.leash.training.task.ExactAnswers;
import org.leash.training.task.Task;
import org.leash.training.task.Tasks;

/**
 * Trains exact policies in every way of {@link Arm#ALL}, over several seeds, and computes the
 * changes of their support. All figures are exact for the trained policies; only the training
 * varies from seed to seed.
 */
public final class LeashExperiment {
  /** The tasks. */
  public static final List<String> TASKS =
      List.of("rare-modes", "equal-modes", "strategies", "traces:6:4");

  /**
   * Small enough that no arm is chaotic: at 0.5 one is, and the rounding of a kernel decides its
   * outcome.
   */
  public static final double LEARNING_RATE = 0.2;

  private static final int LARGE_BUDGET = 256;
  private static final double EXACT_RATE = 0.5;

  private final int seeds;
  private final int steps;
  private final double learningRate;
  private final Supplier<Device> devices;
  private final String variant;

  /**
   * An experiment.
   *
   * @param seeds of each sampled arm, at least 2
   * @param steps of each run, at least 1
   * @param learningRate of the arms that sample, positive
   * @param devices opens a device for a worker, which closes it
   * @param variant of the kernels, or null for the best
   */
  public LeashExperiment(
      int seeds, int steps, double learningRate, Supplier<Device> devices, String variant) {
    if (seeds < 2 || steps < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "seeds = %d, steps = %d: take seeds >= 2, steps >= 1", seeds, steps));
    }
    if (!(learningRate > 0 && Double.isFinite(learningRate))) {
      throw new IllegalArgumentException(
          "learning rate = %s: take a positive number, such as %s"
              .formatted(learningRate, LEARNING_RATE));
    }
    this.seeds = seeds;
    this.steps = steps;
    this.learningRate = learningRate;
    this.devices = devices;
    this.variant = variant;
  }

  /** A run to do. */
  private record Job(String task, Arm arm, long seed) {
    List<Object> run() {
      return List.of(task, arm.name(), seed);
    }
  }

  /** The number of runs without known outcomes. */
  public int runs(List<Outcome> known) {
    Set<List<Object>> before = known.stream().map(Outcome::run).collect(Collectors.toSet());
    return (int) jobs().stream().filter(job -> !before.contains(job.run())).count();
  }

  private List<Job> jobs() {
    List<Job> jobs = new ArrayList<>();
    for (String task : TASKS) {
      for (Arm arm : Arm.ALL) {
        // The exact rules are of policies that tell prompts apart.
        if (arm.isSampled()) {
          for (long seed = 1; seed <= seeds; seed++) {
            jobs.add(new Job(task, arm, seed));
          }
        } else if (!task.equals("strategies")) {
          jobs.add(new Job(task, arm, 0));
        }
      }
    }
    return jobs;
  }

  /**
   * Executes all runs without known outcomes.
   *
   * @param known outcomes of this experiment, not computed again; others are ignored
   * @param done receives each computed outcome, on the thread of its worker
   * @return the base policies first, as the arm "base", then all runs in a fixed order
   */
  public List<Outcome> execute(int workers, List<Outcome> known, Consumer<Outcome> done) {
    Map<List<Object>, Outcome> before = new HashMap<>();
    known.forEach(outcome -> before.put(outcome.run(), outcome));
    List<Outcome> outcomes = new ArrayList<>();
    for (String name : TASKS) {
      Task task = Tasks.named(name);
      NextToken base = task.base(1).next();
      outcomes.add(new Outcome(name, "base", 0, figures(task, base, base)));
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(workers)) {
      List<Future<Outcome>> running = new ArrayList<>();
      for (Job job : jobs()) {
        Outcome found = before.get(job.run());
        running.add(
            found != null
                ? CompletableFuture.completedFuture(found)
                : pool.submit(
                    () -> {
                      Outcome outcome = run(job);
                      done.accept(outcome);
                      return outcome;
                    }));
      }
      for (Future<Outcome> each : running) {
        outcomes.add(each.get());
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return outcomes;
  }

  private Outcome run(Job job) {
    Task task = Tasks.named(job.task);
    NextToken policy = job.arm.isSampled() ? train(job.arm, task, job.seed) : ascend(job.arm, task);
    return new Outcome(
        job.task, job.arm.name(), job.seed, figures(task, task.base(1).next(), policy));
  }

  private NextToken ascend(Arm arm, Task task) {
    TabularPolicy policy = TabularPolicy.of(task.base(1));
    ExactAscent ascent = new ExactAscent(policy, task, arm.exact());
    for (int step = 0; step < steps; step++) {
      ascent.step(EXACT_RATE);
    }
    return policy;
  }

  /**
   * The policy that an arm trains. For one seed its figures are the same on every device to 1e-6,
   * at the default learning rate.
   */
  NextToken train(Arm arm, Task task, long seed) {
    try (Device device = devices.get();
        Trainer trainer =
            new Trainer(
                arm.config().toBuilder()
                    .set("seed", seed)
                    .set("steps", steps)
                    .set("learningRate", learningRate)
                    .build(),
                arm.preset(),
                task,
                device,
                variant)) {
      for (int step = 0; step < steps; step++) {
        trainer.step();
      }
      return trainer.policy();
    }
  }

  /** The figures of a policy, relative to its base model. */
  static Map<String, Double> figures(Task task, NextToken base, NextToken policy) {
    List<ExactAnswers> before = Evaluation.exact(task, base);
    List<ExactAnswers> after = Evaluation.exact(task, policy);
    SupportDynamics answers = Evaluation.support(before, after, LARGE_BUDGET);
    SupportDynamics problems = Evaluation.problemSupport(before, after, LARGE_BUDGET);
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("pass@1", mean(after, 1));
    figures.put("pass@16", mean(after, 16));
    figures.put("pass@256", mean(after, LARGE_BUDGET));
    figures.put("modes", answers.preserved() + answers.expanded());
    figures.put("srr", answers.srr());
    figures.put("ndr", answers.ndr());
    figures.put("nscr", answers.nscr());
    figures.put("problem_srr", problems.srr());
    figures.put("problem_ndr", problems.ndr());
    figures.put(
        "answer_entropy",
        after.stream().mapToDouble(ExactAnswers::answerEntropy).average().orElseThrow());
    figures.put(
        "token_entropy",
        after.stream().mapToDouble(ExactAnswers::tokenEntropy).average().orElseThrow());
    return figures;
  }

  private static double mean(List<ExactAnswers> all, int k) {
    return all.stream().mapToDouble(answers -> answers.passAtK(k)).average().orElseThrow();
  }
}
