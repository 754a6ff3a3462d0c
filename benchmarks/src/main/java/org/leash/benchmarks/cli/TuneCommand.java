package org.leash.benchmarks.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.plan.Candidates;
import org.leash.benchmarks.plan.Case;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.Plan;
import org.leash.benchmarks.plan.ProcessSetting;
import org.leash.benchmarks.plan.Suite;
import org.leash.benchmarks.process.EffortOptions;
import org.leash.benchmarks.process.Measurement;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.tune.Tuning;
import org.leash.device.Device;
import org.leash.device.DeviceId;
import org.leash.device.DeviceProperties;
import org.leash.kernel.panama.ChoiceFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what native-auto should choose on this GPU. The last line of output is the file. */
@Command(
    name = "tune",
    description = {
      "Measures what native-auto should choose on this GPU, and writes a table of choices.",
      "Every candidate is timed beside the choice compiled into the library; another is taken only"
          + " if it is shown to be faster. A program uses the table with -D"
          + ChoiceFile.PROPERTY
          + "=FILE."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:everything was measured and is correct, and the table is written",
      "1:a status other than OK, or a case was given up; the table is written from the rest",
      "4:--resume on another machine, with another build or another plan",
      "64:an option is invalid, or the folder holds a run or is in use",
      "65:a file of the resumed run is invalid",
      "69:there is no such GPU",
      "74:a file cannot be written, or the disk is full; resume later"
    })
final class TuneCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private Measurement measurement;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description = "the GPU; CUDA_VISIBLE_DEVICES selects another (default: cuda:0)")
  private String device = KernelCase.GPU.toString();

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description =
          "after the first fork, none begins that would end later (default: ${DEFAULT-VALUE})")
  private int minutes = 8;

  @Mixin private EffortOptions effort;

  @Option(
      names = "--choices",
      paramLabel = "FILE",
      description = "the table to write (default: choices.csv in --out)")
  private Path choices;

  @Option(names = "--dry-run", description = "only list the cases and estimate the duration")
  private boolean dryRun;

  @Override
  public Integer call() {
    measurement.check();
    EffortOptions.positive("--minutes", minutes, minutes);
    if (!DeviceId.parse(device).equals(KernelCase.GPU)) {
      throw new IllegalArgumentException(
          "--device is %s; must be %s, which CUDA_VISIBLE_DEVICES can make any GPU"
              .formatted(device, KernelCase.GPU));
    }
    Plan plan = plan();
    PrintWriter terminal = spec.commandLine().getOut();
    if (dryRun) {
      terminal.print(plan.describe());
      return ExitCodes.OK;
    }
    DeviceProperties gpu;
    try (Device opened = KernelCase.GPU.open()) {
      gpu = opened.properties();
    }
    List<Row> results =
        measurement.measure(
            LeashBench.class,
            spec.commandLine().getParseResult().originalArgs(),
            plan,
            Candidates.AUTO,
            Duration.ofMinutes(minutes));
    terminal.println();
    RecordedRun run = RecordedRun.read(measurement.out());
    boolean isClean = Measurement.isClean(results, run, terminal);
    if (!results.isEmpty()) {
      write(Tuning.of(run, gpu, LocalDate.now(ZoneOffset.UTC)), terminal);
    }
    return isClean ? ExitCodes.OK : ExitCodes.FAILED;
  }

  private Plan plan() {
    Plan plan = effort.plan(Suite.TUNE, Plan.defaultThreads());
    for (Case each : plan.cases()) {
      List<String> contenders = plan.contenders(each, ProcessSetting.PLAIN);
      if (!contenders.isEmpty() && !contenders.contains(Candidates.AUTO)) {
        throw new IllegalArgumentException(
            "--filter '%s' selects %s without %s, the base of every comparison"
                .formatted(plan.filter(), contenders, Candidates.AUTO));
      }
    }
    return plan;
  }

  private void write(Tuning tuning, PrintWriter terminal) {
    Path file = choices == null ? measurement.out().resolve("choices.csv") : choices;
    ChoiceFile.write(file, tuning.entries());
    terminal.print(Output.table(tuning.question()));
    terminal.printf(
        Locale.ROOT,
        "another variant than the one compiled in is faster for %d of %d shapes%n",
        tuning.changed(),
        tuning.shapes());
    terminal.println(file.toAbsolutePath().normalize());
  }
}
