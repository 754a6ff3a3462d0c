package org.leash.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.leash.cli.table.Table;
import org.leash.cli.table.TableOptions;
import org.leash.device.Device;
import org.leash.loss.preset.PeerTrainer;
import org.leash.loss.preset.Preset;
import org.leash.training.algorithm.Overrides;
import org.leash.training.rollout.Rewarding;
import org.leash.training.run.TrainingConfig;
import org.leash.training.run.TrainingRun;
import org.leash.training.setting.Settings;
import org.leash.training.setting.Settings.Definition;
import org.leash.training.task.Tasks;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    modelTransformer = TrainCommand.SettingOptions.class,
    description = {
      "Trains a small exact policy with verifiable rewards, on the kernels of a device.",
      "The folder gets config.json, env.csv, metrics.jsonl, metrics.csv, eval_prompts.csv,"
          + " completions.jsonl, event files for TensorBoard and checkpoints, the best among them;"
          + " an interrupted run continues with --resume."
    })
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Mixin private DeviceOptions device;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "folder of the run; created if it does not exist")
  private Path out;

  @Option(
      names = "--resume",
      description = "continue the run in the folder, if there is one, with the same options")
  private boolean resume;

  @Option(
      names = "--list",
      description = "list tasks, algorithms, rewards and values of other options, and exit")
  private boolean list;

  @Mixin private TableOptions output;

  /** Adds an option for every setting, in groups. */
  static final class SettingOptions implements CommandLine.IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec spec) {
      Map<String, ArgGroupSpec.Builder> groups = new LinkedHashMap<>();
      for (Definition each : TrainingConfig.definitions()) {
        groups
            .computeIfAbsent(
                each.group(),
                heading ->
                    ArgGroupSpec.builder()
                        .heading("%n" + heading + ":%n")
                        .validate(false)
                        .order(groups.size()))
            .addArg(option(each));
      }
      groups.values().forEach(group -> spec.addArgGroup(group.build()));
      return spec;
    }

    private static OptionSpec option(Definition setting) {
      String usual = setting.setting().usual();
      return OptionSpec.builder(name(setting.name()))
          .type(setting.isFlag() ? boolean.class : String.class)
          .arity(setting.isFlag() ? "0" : "1")
          .paramLabel(setting.isText() ? "NAME" : setting.isInteger() ? "N" : "X")
          .defaultValue(usual)
          .description(setting.help() + (setting.isFlag() ? "" : " (default: " + usual + ")"))
          .build();
    }
  }

  /** learningRate to --learning-rate. */
  private static String name(String setting) {
    return "--" + setting.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  @Override
  public Integer call() {
    PrintWriter terminal = command.commandLine().getOut();
    if (list) {
      print(terminal, "tasks", Tasks.names());
      print(terminal, "algorithms", Preset.all().stream().map(Preset::name).toList());
      for (PeerTrainer trainer : PeerTrainer.values()) {
        if (!trainer.presets().isEmpty()) {
          print(terminal, "  as in " + trainer, trainer.presets());
        }
      }
      print(terminal, "rewards", Rewarding.names());
      Overrides.names().forEach((setting, names) -> print(terminal, name(setting), names));
      terminal.flush();
      return 0;
    }
    if (out == null) {
      throw new IllegalArgumentException("--out is missing; name the folder of the run");
    }
    Settings<TrainingConfig>.Builder settings = TrainingConfig.builder();
    for (Definition each : TrainingConfig.definitions()) {
      Object given = command.findOption(name(each.name())).getValue();
      if (given != null) { // Options of a group that is not on the command line have no default.
        settings.set(each.name(), given);
      }
    }
    TrainingConfig config = settings.build();
    Map<String, Double> figures;
    try (Device opened = device.open();
        ProgressBar bar =
            new ProgressBarBuilder()
                .setTaskName("train")
                .setInitialMax(config.run().steps())
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(500)
                .continuousUpdate()
                .build()) {
      figures =
          new TrainingRun(config, out, resume)
              .execute(
                  opened,
                  device.variant(),
                  (step, latest) -> {
                    bar.stepTo(step);
                    if (latest.containsKey("reward/mean")) {
                      bar.setExtraMessage(
                          String.format(Locale.ROOT, " reward %.3f", latest.get("reward/mean")));
                    }
                  });
    }
    print(figures, terminal);
    return 0;
  }

  private static void print(PrintWriter terminal, String heading, List<String> names) {
    terminal.printf("%-40s%s%n", heading + ":", String.join(", ", names));
  }

  private void print(Map<String, Double> figures, PrintWriter terminal) {
    Table table = new Table();
    if (output.isText()) {
      figures.forEach((name, value) -> table.add(pair(name, value)));
    } else {
      table.add(new LinkedHashMap<>(figures));
    }
    output.print(table, terminal);
  }

  private static Map<String, Object> pair(String name, double value) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("figure", name);
    row.put("value", value);
    return row;
  }
}
