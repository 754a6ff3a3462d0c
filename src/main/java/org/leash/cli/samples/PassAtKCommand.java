package org.leash.cli.samples;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.leash.analysis.Answers;
import org.leash.analysis.Interval;
import org.leash.analysis.PassAtK;
import org.leash.analysis.ProblemSamples;
import org.leash.cli.table.Table;
import org.leash.cli.table.TableOptions;
import org.leash.samples.SampleFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code leash passk}: pass@k, CoT-pass@k, maj@k and answer entropies of a model's samples. */
@Command(
    name = "passk",
    mixinStandardHelpOptions = true,
    description = {
      "Unbiased pass@k of a model's samples, with intervals over problems.",
      "With --chain also CoT-pass@k, with --answer maj@k and the entropy of the answers in nats."
    })
public final class PassAtKCommand implements Callable<Integer> {
  private static final int MAJORITY_DRAWS = 200;

  @Spec private CommandSpec command;

  @Mixin private SampleOptions samples;

  @Mixin private AnalysisOptions analysis;

  @Parameters(paramLabel = "FILE", description = "samples: JSON lines or .csv, plain or .gz")
  private Path file;

  @Mixin private TableOptions output;

  @Override
  public Integer call() {
    SampleFile.Content content = samples.read(file, Map.of());
    List<ProblemSamples> problems = content.problems();
    int largest = problems.stream().mapToInt(ProblemSamples::samples).min().orElseThrow();
    Table table = new Table();
    for (int k : analysis.budgets(largest)) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("k", k);
      row.put("problems", problems.size());
      row.put("pass", mean(problems, p -> PassAtK.estimate(p.samples(), p.correct(), k)));
      if (samples.hasChains()) {
        row.put(
            "cot_pass", mean(problems, p -> PassAtK.estimate(p.samples(), p.correctChains(), k)));
      }
      if (samples.hasAnswers()) {
        row.put(
            "maj",
            mean(
                problems,
                p -> Answers.majority(p, k, MAJORITY_DRAWS, analysis.bootstrap().seed())));
        row.put("answer_entropy_nats", mean(problems, Answers::entropy));
      }
      table.add(row);
    }
    output.print(table, command.commandLine().getOut());
    return 0;
  }

  private Interval mean(List<ProblemSamples> problems, ToDoubleFunction<ProblemSamples> figure) {
    return analysis.bootstrap().mean(problems.stream().mapToDouble(figure).toArray());
  }
}
