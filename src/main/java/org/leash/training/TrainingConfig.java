package org.leash.training;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Everything that decides what a run computes, but for the device. Numbers that override the
 * algorithm's are NaN where its own are to hold. The components, in this order, are the fields of
 * {@code config.json} and the options of {@code leash train}.
 */
public record TrainingConfig(
    @Setting("the task: see --list") String task,
    @Setting("the algorithm: see --list") String preset,
    @Setting("estimator of the advantages: see --list; preset: the algorithm's") String advantage,
    @Setting("of the tokens' losses: see --list; preset: the algorithm's") String aggregation,
    @Setting("the reward: see --list") String reward,
    @Setting("of everything random") long seed,
    @Setting(value = "how many steps in all, >= 0", free = true) int steps,
    @Setting("prompts of a step, >= 1") int prompts,
    @Setting("completions of a prompt, >= 2") int group,
    @Setting("passes over the completions of a step, >= 1") int epochs,
    @Setting("updates of a pass, in [1, prompts]") int minibatches,
    @Setting("of the optimiser, > 0") double learningRate,
    @Setting("that of the critic, > 0; nan: the same") double criticLearningRate,
    @Setting("steps over which both rise from 0, >= 0") int warmup,
    @Setting("sgd or adamw") String optimizer,
    @Setting("longest gradient (L2 norm), > 0; infinity for any") double maxGradientNorm,
    @Setting("of sampling and of the loss, > 0") double temperature,
    @Setting("lower clip, in [0, 1]; nan: the algorithm's") double clipLow,
    @Setting("upper clip, >= 0, of cispo the cap less 1; nan: the algorithm's") double clipHigh,
    @Setting("where advantages are negative, largest ratio, >= 1; nan: the algorithm's")
        double dualClip,
    @Setting("furthest that an update moves the critic's values, > 0; infinity for any")
        double valueClip,
    @Setting("of the entropy bonus; nan: the algorithm's") double entropyCoefficient,
    @Setting("entropy in nats below which the bonus rises and above which it rests; nan: fixed")
        double entropyTarget,
    @Setting("of the KL to the reference, >= 0; nan: the algorithm's") double klCoefficient,
    @Setting("k1, k2, k3 ...: see --list; preset: the algorithm's, but k2 with a coefficient")
        String klEstimator,
    @Setting(
            "loss or reward, and none elsewhere; preset: the algorithm's, but loss with a"
                + " coefficient")
        String klIn,
    @Setting("by the sampler's probabilities: see --list; preset: the algorithm's")
        String rolloutCorrection,
    @Setting("least weight of a correction, >= 0") double rolloutFloor,
    @Setting("largest weight of a correction, > 0; infinity for any") double rolloutCap,
    @Setting("steps after which the reference is reset to the policy; 0: never") int referenceReset,
    @Setting("drop prompts whose rewards deviate less than this share of the average; 0: none")
        double deviationFilter,
    @Setting("drop prompts whose rewards are all equal, and sample others") boolean dynamicSampling,
    @Setting("batches that may be sampled for one step to that end, >= 1") int samplingLimit,
    @Setting(
            "last tokens of the longest completion that cost, linearly up to 1; 0: the algorithm's")
        int overlongBuffer,
    @Setting("completions of a group replaced by solutions from elsewhere, < group") int offPolicy,
    @Setting("steps between evaluations, >= 1") int evalEvery,
    @Setting("samples of a prompt in an evaluation, >= 1") int evalSamples,
    @Setting("steps between checkpoints, >= 1") int checkpointEvery,
    @Setting("last checkpoints to keep, >= 1; the best is kept besides") int keepCheckpoints,
    @Setting("figure of evaluations by which a checkpoint is the best, if it is the highest")
        String bestBy,
    @Setting("completions of each step to write to completions.jsonl, >= 0") int completions) {

  /** A short run on rare modes. */
  public static final TrainingConfig DEFAULT =
      new TrainingConfig(
          "rare-modes",
          "grpo",
          Overrides.PRESET,
          Overrides.PRESET,
          "binary",
          1,
          500,
          1,
          16,
          1,
          1,
          0.1,
          Double.NaN,
          0,
          "sgd",
          Double.POSITIVE_INFINITY,
          1,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Double.POSITIVE_INFINITY,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Overrides.PRESET,
          Overrides.PRESET,
          Overrides.PRESET,
          0,
          Double.POSITIVE_INFINITY,
          0,
          0,
          false,
          10,
          0,
          0,
          50,
          64,
          50,
          2,
          "eval/pass@1",
          2);

  /** Checks every number against its range; most names are checked where they are used. */
  public TrainingConfig {
    require(steps >= 0, "steps", steps);
    require(prompts >= 1, "prompts", prompts);
    require(group >= 2, "group", group);
    require(epochs >= 1, "epochs", epochs);
    require(minibatches >= 1 && minibatches <= prompts, "minibatches", minibatches);
    require(learningRate > 0 && Double.isFinite(learningRate), "learningRate", learningRate);
    require(
        !(criticLearningRate <= 0 || Double.isInfinite(criticLearningRate)),
        "criticLearningRate",
        criticLearningRate);
    require(warmup >= 0, "warmup", warmup);
    require(maxGradientNorm > 0, "maxGradientNorm", maxGradientNorm);
    require(temperature > 0 && Double.isFinite(temperature), "temperature", temperature);
    require(valueClip > 0, "valueClip", valueClip);
    require(rolloutFloor >= 0 && rolloutFloor <= rolloutCap, "rolloutFloor", rolloutFloor);
    require(rolloutCap > 0, "rolloutCap", rolloutCap);
    require(referenceReset >= 0, "referenceReset", referenceReset);
    require(deviationFilter >= 0, "deviationFilter", deviationFilter);
    require(samplingLimit >= 1, "samplingLimit", samplingLimit);
    require(overlongBuffer >= 0, "overlongBuffer", overlongBuffer);
    require(offPolicy >= 0 && offPolicy < group, "offPolicy", offPolicy);
    require(evalEvery >= 1, "evalEvery", evalEvery);
    require(evalSamples >= 1, "evalSamples", evalSamples);
    require(checkpointEvery >= 1, "checkpointEvery", checkpointEvery);
    require(keepCheckpoints >= 1, "keepCheckpoints", keepCheckpoints);
    require(Metric.isOfEvaluations(bestBy), "bestBy", bestBy);
    require(completions >= 0, "completions", completions);
  }

  private static void require(boolean inRange, String name, Object value) {
    if (!inRange) {
      throw new IllegalArgumentException(
          "%s = %s is out of range: %s".formatted(name, value, meaning(name)));
    }
  }

  private static String meaning(String name) {
    return components().stream()
        .filter(component -> component.getName().equals(name))
        .map(component -> component.getAnnotation(Setting.class).value())
        .findFirst()
        .orElseThrow();
  }

  /** The components, in order. */
  public static List<RecordComponent> components() {
    return List.of(TrainingConfig.class.getRecordComponents());
  }

  /** Names that may change when a run goes on. */
  public static Set<String> freeNames() {
    return components().stream()
        .filter(component -> component.getAnnotation(Setting.class).free())
        .map(RecordComponent::getName)
        .collect(Collectors.toSet());
  }

  /** Names to values; what is not finite as a string. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    for (RecordComponent component : components()) {
      map.put(component.getName(), written(value(component)));
    }
    return map;
  }

  private static Object written(Object value) {
    return value instanceof Double d && !Double.isFinite(d) ? d.toString() : value;
  }

  /** The value of a component. */
  public Object value(RecordComponent component) {
    try {
      return component.getAccessor().invoke(this);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * This configuration with one value changed.
   *
   * @param value of the component's type
   */
  public TrainingConfig with(String name, Object value) {
    return of(
        component -> component.getName().equals(name) ? value : value(component), Set.of(name));
  }

  /** Where values come from. */
  @FunctionalInterface
  public interface Source {
    /** The value of a component, of its type. */
    Object value(RecordComponent component);
  }

  /** A configuration of values from somewhere. */
  public static TrainingConfig of(Source source) {
    return of(source, Set.of());
  }

  private static TrainingConfig of(Source source, Set<String> known) {
    List<RecordComponent> components = components();
    if (!components.stream().map(RecordComponent::getName).toList().containsAll(known)) {
      throw new IllegalArgumentException("there is no setting " + known);
    }
    try {
      Constructor<TrainingConfig> constructor =
          TrainingConfig.class.getDeclaredConstructor(
              components.stream().map(RecordComponent::getType).toArray(Class<?>[]::new));
      return constructor.newInstance(components.stream().map(source::value).toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException bad) {
        throw bad;
      }
      throw new IllegalStateException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return Arrays.toString(toMap().entrySet().toArray());
  }
}
