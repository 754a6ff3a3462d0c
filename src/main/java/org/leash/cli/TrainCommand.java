package org.leash.cli;

import java.io.PrintWriter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.leash.device.Device;
import org.leash.loss.Preset;
import org.leash.training.Overrides;
import org.leash.training.Rewarding;
import org.leash.training.Setting;
import org.leash.training.Tasks;
import org.leash.training.TrainingConfig;
import org.leash.training.TrainingRun;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    modelTransformer = TrainCommand.Settings.class,
    description = {
      "Trains a small exact policy with verifiable rewards, on the kernels of a device.",
      "The folder gets config.json, env.csv, metrics.jsonl, metrics.csv, eval_prompts.csv,"
          + " completions.jsonl, event files for TensorBoard and checkpoints, the best among them;"
          + " a run that was ended at any moment goes on with --resume."
    })
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Mixin private DeviceOptions device;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "folder of the run; made where it is missing")
  private Path out;

  @Option(
      names = "--resume",
      description = "go on with the run in the folder, if there is one, with the same options")
  private boolean resume;

  @Option(
      names = "--list",
      description = "list tasks, algorithms, rewards and what other options take, and exit")
  private boolean list;

  @Mixin private TableOptions output;

  /** Adds an option for every component of the configuration. */
  static final class Settings implements CommandLine.IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec spec) {
      for (RecordComponent component : TrainingConfig.components()) {
        boolean flag = component.getType() == boolean.class;
        boolean number = component.getType() == double.class;
        Object value = TrainingConfig.DEFAULT.value(component);
        String usual = number ? value.toString().toLowerCase(Locale.ROOT) : value.toString();
        OptionSpec.Builder option =
            OptionSpec.builder(option(component.getName()))
                .type(component.getType())
                .arity(flag ? "0" : "1")
                .paramLabel(label(component.getType()))
                .defaultValue(usual)
                .description(
                    component.getAnnotation(Setting.class).value()
                        + (flag ? "" : " (default: " + usual + ")"));
        if (number) {
          option.converters(Settings::number);
        }
        spec.addOption(option.build());
      }
      return spec;
    }

    private static double number(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "nan" -> Double.NaN;
        case "infinity" -> Double.POSITIVE_INFINITY;
        default -> {
          try {
            yield Double.parseDouble(text);
          } catch (NumberFormatException e) {
            throw new TypeConversionException(
                "'%s' is not a number, nor nan or infinity".formatted(text));
          }
        }
      };
    }

    private static String label(Class<?> type) {
      return type == String.class ? "NAME" : type == double.class ? "X" : "N";
    }
  }

  /** learningRate to --learning-rate. */
  private static String option(String setting) {
    return "--" + setting.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  @Override
  public Integer call() {
    PrintWriter terminal = command.commandLine().getOut();
    if (list) {
      print(terminal, "tasks", Tasks.names());
      print(terminal, "algorithms", Preset.all().stream().map(Preset::name).toList());
      print(terminal, "rewards", Rewarding.names());
      Overrides.names().forEach((setting, names) -> print(terminal, option(setting), names));
      terminal.flush();
      return 0;
    }
    if (out == null) {
      throw new IllegalArgumentException("--out is missing; name the folder of the run");
    }
    TrainingConfig config =
        TrainingConfig.of(component -> command.findOption(option(component.getName())).getValue());
    Map<String, Double> figures;
    try (Device opened = device.open();
        ProgressBar bar =
            new ProgressBarBuilder()
                .setTaskName("train")
                .setInitialMax(config.steps())
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

  private static void print(PrintWriter terminal, String what, List<String> names) {
    terminal.printf("%-22s%s%n", what + ":", String.join(", ", names));
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
