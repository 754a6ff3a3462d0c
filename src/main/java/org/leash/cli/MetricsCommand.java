package org.leash.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.leash.cli.table.Table;
import org.leash.cli.table.TableOptions;
import org.leash.training.run.Metric;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "metrics",
    mixinStandardHelpOptions = true,
    description = "Lists the metrics of training, with TRL's and verl's names, units and formulas.")
final class MetricsCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(
      arity = "0..1",
      paramLabel = "WORD",
      defaultValue = "",
      description = "list only metrics with this word in a name or in the formula")
  private String word;

  @Mixin private TableOptions output;

  @Override
  public Integer call() {
    List<Metric> found = Metric.all().stream().filter(metric -> metric.mentions(word)).toList();
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          "no metric mentions \"%s\"; leash metrics lists them all".formatted(word));
    }
    Table table = new Table();
    for (Metric metric : found) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", metric.name());
      row.put("trl", metric.trl());
      row.put("verl", metric.verl());
      row.put("unit", metric.unit());
      row.put("formula", metric.formula());
      table.add(row);
    }
    output.print(table, command.commandLine().getOut());
    return 0;
  }
}
