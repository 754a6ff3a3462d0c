package org.leash.benchmarks.tune;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.leash.benchmarks.compare.Compared;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.compare.Terms;
import org.leash.benchmarks.compare.Verdict;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.plan.Candidates;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.Suite;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.stats.TimeRatio;
import org.leash.device.DeviceProperties;
import org.leash.kernel.panama.Choice;

/**
 * The choices that a run of the suite tune supports: for each measured shape the fastest candidate,
 * if it is shown to be faster than the choice compiled in by {@link Question}'s verdict, else that
 * choice.
 *
 * @param question every candidate against native-auto
 * @param entries of the table of choices
 * @param changed shapes for which another variant was chosen than the one compiled in
 * @param shapes that were measured
 */
public record Tuning(Question question, List<Choice> entries, int changed, int shapes) {

  /**
   * Evaluates a run.
   *
   * @param gpu the GPU that the run was measured on
   * @throws IllegalArgumentException native-auto was not measured
   */
  public static Tuning of(RecordedRun run, DeviceProperties gpu, LocalDate date) {
    Question question =
        Question.inside(
            run,
            new Question.Axis("variant", Candidates.AUTO),
            key -> true,
            List.of(),
            Terms.DEFAULT);
    String origin = gpu.name() + ", " + date + ": ";
    List<Point> points = new ArrayList<>();
    int changed = 0;
    Choice.use(List.of());
    for (KernelCase each : Suite.TUNE.cases()) {
      List<Compared> rivals =
          question.answer().rows().stream()
              .filter(row -> row.effect().isPresent() && isOf(row.key(), each))
              .sorted(Comparator.comparingDouble(row -> row.effect().orElseThrow().ratio()))
              .toList();
      if (!rivals.isEmpty()) {
        Choice compiledIn =
            each.choice(gpu.computeCapability(), gpu.sharedBytesPerBlock(), gpu.maxCluster())
                .orElseThrow();
        Optional<Compared> faster =
            rivals.stream().filter(row -> row.verdict() == Verdict.FASTER).findFirst();
        points.add(
            faster
                .map(row -> point(each, candidate(each, row), origin + ofFaster(row, compiledIn)))
                .orElseGet(() -> point(each, compiledIn, origin + ofKept(rivals.getFirst()))));
        changed += faster.isPresent() ? 1 : 0;
      }
    }
    return new Tuning(
        question, Regions.of(points, gpu.computeCapability()), changed, points.size());
  }

  private static boolean isOf(Key key, KernelCase kernelCase) {
    return key.get("op").equals(kernelCase.contract().operationId())
        && key.get("dtype_in").equals(kernelCase.dtype().name().toLowerCase(Locale.ROOT))
        && key.get("rows").equals(Integer.toString(kernelCase.rows()))
        && key.get("cols").equals(Integer.toString(kernelCase.vocab()));
  }

  private static Choice candidate(KernelCase kernelCase, Compared row) {
    return Candidates.of(kernelCase).stream()
        .filter(each -> each.label().equals(row.variant()))
        .findFirst()
        .orElseThrow();
  }

  private static Point point(KernelCase kernelCase, Choice choice, String evidence) {
    return new Point(
        kernelCase.contract().operation(),
        kernelCase.dtype(),
        kernelCase.rows(),
        kernelCase.vocab(),
        choice.variant(),
        choice.cluster(),
        evidence);
  }

  private static String ofFaster(Compared row, Choice compiledIn) {
    return "%s of the time of %s at %s".formatted(share(row), compiledIn.label(), shape(row));
  }

  private static String ofKept(Compared next) {
    return "no other is shown to be faster at %s; %s takes %s"
        .formatted(shape(next), next.variant(), share(next));
  }

  /** "81.2 % [80.9, 81.5]" */
  private static String share(Compared row) {
    TimeRatio ratio = row.effect().orElseThrow();
    return String.format(
        Locale.ROOT,
        "%.1f %% [%.1f, %.1f]",
        100 * ratio.ratio(),
        100 * ratio.low(),
        100 * ratio.high());
  }

  private static String shape(Compared row) {
    return String.format(
        Locale.ROOT,
        "%sx%s %s, %d forks",
        row.key().get("rows"),
        row.key().get("cols"),
        row.key().get("dtype_in"),
        row.effect().orElseThrow().forks());
  }
}
