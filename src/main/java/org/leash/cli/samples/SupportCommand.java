package org.leash.cli.samples;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.leash.analysis.Bootstrap;
import org.leash.analysis.Detectability;
import org.leash.analysis.SupportDynamics;
import org.leash.analysis.SupportSweep;
import org.leash.cli.table.Table;
import org.leash.cli.table.TableOptions;
import org.leash.samples.SampleFile.Content;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code leash support}: support dynamics between a base and a tuned model. */
@Command(
    name = "support",
    mixinStandardHelpOptions = true,
    description = {
      "Changes of the support from a base to a tuned model: the expected counts of preserved,"
          + " expanded, shrunk and outside problems at each budget k, the rates SRR, NDR, SDS and"
          + " NSCR, and pass@k of both, with intervals over problems.",
      "epsilon is the probability that k samples can detect with confidence 1 - zeta."
    })
public final class SupportCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Mixin private SampleOptions samples;

  @Mixin private AnalysisOptions analysis;

  @Option(
      names = "--base",
      required = true,
      paramLabel = "FILE",
      description = "samples of the base model: JSON lines or .csv, plain or .gz")
  private Path base;

  @Option(
      names = "--tuned",
      required = true,
      paramLabel = "FILE",
      description = "samples of the tuned model; may be the same file")
  private Path tuned;

  @Option(
      names = "--base-where",
      paramLabel = "FIELD=VALUE",
      description = "the base model's records in its file")
  private Map<String, String> baseWhere = Map.of();

  @Option(
      names = "--tuned-where",
      paramLabel = "FIELD=VALUE",
      description = "the tuned model's records in its file")
  private Map<String, String> tunedWhere = Map.of();

  @Option(
      names = "--zeta",
      paramLabel = "P",
      defaultValue = "0.05",
      description =
          "probability of missing an answer at the threshold epsilon (default: ${DEFAULT-VALUE})")
  private double zeta;

  @Mixin private TableOptions output;

  @Override
  public Integer call() {
    Content ofBase = samples.read(base, baseWhere);
    Content ofTuned = samples.read(tuned, tunedWhere);
    SupportSweep sweep =
        new SupportSweep(
            samples.shared(base, ofBase, "tuned", ofTuned),
            samples.shared(tuned, ofTuned, "base", ofBase));
    Bootstrap bootstrap = analysis.bootstrap();
    Table table = new Table();
    for (int k : analysis.budgets(sweep.largestBudget())) {
      SupportDynamics counts = sweep.at(k);
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("k", k);
      row.put("epsilon", Detectability.epsilon(k, zeta));
      row.put("preserved", counts.preserved());
      row.put("expanded", counts.expanded());
      row.put("shrunk", counts.shrunk());
      row.put("outside", counts.outside());
      row.put("srr", sweep.at(k, SupportDynamics::srr, bootstrap));
      row.put("ndr", sweep.at(k, SupportDynamics::ndr, bootstrap));
      row.put("sds", sweep.at(k, SupportDynamics::sds, bootstrap));
      row.put("nscr", sweep.at(k, SupportDynamics::nscr, bootstrap));
      row.put("base_pass", sweep.at(k, SupportDynamics::basePass, bootstrap));
      row.put("tuned_pass", sweep.at(k, SupportDynamics::tunedPass, bootstrap));
      table.add(row);
    }
    output.print(table, command.commandLine().getOut());
    if (output.isText()) {
      command.commandLine().getOut().println(crossing(sweep));
      command.commandLine().getOut().flush();
    }
    return 0;
  }

  private static String crossing(SupportSweep sweep) {
    OptionalDouble crossing = sweep.crossing();
    if (crossing.isPresent()) {
      return String.format(
          Locale.ROOT, "The base model's pass@k catches up at k = %.1f.", crossing.getAsDouble());
    }
    SupportDynamics single = sweep.at(1);
    return single.tunedPass() > single.basePass()
        ? "The base model's pass@k does not catch up within the budget."
        : "The tuned model's pass@1 is not ahead of the base model's.";
  }
}
