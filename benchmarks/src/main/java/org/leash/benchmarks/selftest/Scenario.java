package org.leash.benchmarks.selftest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** A base and a candidate on disk, options of the gate, and the exit code it must return. */
enum Scenario {
  SAME_RUN(0, "a run against itself", setup -> setup.againstItself = true),
  SAME_CODE(
      0,
      "another run of the same code; a slowdown of 4 % would be let through",
      setup -> setup.policy("max_regression_pct=4")),
  FASTER(0, "a candidate that takes 10 % less", setup -> setup.candidate.factor = 0.9),
  REGRESSION(1, "a slowdown of 5 %", setup -> setup.candidate.factor = 1.05),
  REGRESSION_INSIDE(
      1,
      "a variant that takes 3 % longer than another one of the same run",
      setup -> setup.inside = true),
  BELOW_CEILING(
      1,
      "60 % of the ceiling where the policy wants 99 %",
      setup -> setup.policy("entropy.min_pct_ceiling=99\nmax_regression_pct=4")),
  WRONG(2, "a wrong result", setup -> setup.candidate.wrong = true),
  WRONG_AND_SLOW(
      2,
      "a wrong result beside a slowdown",
      setup -> {
        setup.candidate.wrong = true;
        setup.candidate.factor = 1.05;
      }),
  MISSING(3, "a variant that is missing", setup -> setup.candidate.missing = true),
  REQUIRED(
      3,
      "a variant that the policy requires and the run lacks",
      setup -> setup.policy("required_variants=fast,unheard\nmax_regression_pct=4")),
  TOO_FEW_FORKS(3, "two forks, too few for a verdict", setup -> setup.candidate.forks = 2),
  MOVED(
      3,
      "a slowdown of 5 % where the machine's ceilings fell by 8 %",
      setup -> {
        setup.candidate.factor = 1.05;
        setup.candidate.readGbps = 92;
      }),
  INCONCLUSIVE_ALLOWED(
      0,
      "two forks with --allow-inconclusive",
      setup -> {
        setup.candidate.forks = 2;
        setup.options.add("--allow-inconclusive");
      }),
  OTHER_MACHINE(4, "a run of another machine", setup -> setup.candidate.machine = "Imaginary 2"),
  NOISY(4, "twins that differ by 8 %", setup -> setup.candidate.twinFactor = 1.08),
  UNKNOWN_OPTION(64, "an unknown option", setup -> setup.options.add("--tolerance=5")),
  UNKNOWN_COLUMN(
      64, "a filter on an unknown column", setup -> setup.options.add("--where=flavour=sweet")),
  NOT_A_NUMBER(65, "a sample whose time is text", setup -> setup.damage = times("fast")),
  NAN(65, "a sample whose time is NaN", setup -> setup.damage = times("NaN")),
  SWAPPED(
      65,
      "a header with two columns swapped",
      setup -> setup.damage = lines -> lines.addFirst(swapped(lines.removeFirst()))),
  BAD_POLICY(65, "a policy with an unknown rule", setup -> setup.policy("max_regresion_pct=4")),
  NO_RUN(74, "a folder without a run", setup -> setup.candidateWritten = false),
  UNWRITABLE(
      74,
      "an output in a folder that does not exist",
      setup -> setup.options.add("--out=" + setup.folder.resolve("nowhere/gate.txt"))),
  TORN(
      0,
      "a run whose last line is incomplete, against itself",
      setup -> {
        setup.againstItself = true;
        setup.torn = true;
      }),
  HOSTILE_NAMES(
      0,
      "variants with commas, quotes and line ends in their names",
      setup -> {
        setup.base.slower = Scenario.HOSTILE;
        setup.candidate.slower = Scenario.HOSTILE;
        setup.policy("max_regression_pct=4");
      });

  private static final String HOSTILE = "a,\"b\"\n<img src=x onerror=alert(1)>";

  private final int exitCode;
  private final String description;
  private final Consumer<Setup> change;

  Scenario(int exitCode, String description, Consumer<Setup> change) {
    this.exitCode = exitCode;
    this.description = description;
    this.change = change;
  }

  int exitCode() {
    return exitCode;
  }

  String description() {
    return description;
  }

  /** Writes the runs; returns the arguments of the command. */
  List<String> prepare(Path folder) throws IOException {
    Setup setup = new Setup(folder);
    change.accept(setup);
    return setup.write();
  }

  /** The files and options of a scenario, by default two runs of the same code. */
  private static final class Setup {
    private static final String POLICY = "gate.properties";

    final Path folder;
    final Maker base = new Maker("base", 1);
    final Maker candidate = new Maker("candidate", 2);
    final List<String> options = new ArrayList<>();
    boolean againstItself;
    boolean inside;
    boolean candidateWritten = true;
    boolean torn;
    String policy = "";

    /** Changes the lines of the candidate's samples.csv. */
    Consumer<List<String>> damage = lines -> {};

    Setup(Path folder) {
      this.folder = folder;
    }

    void policy(String text) {
      policy = text + "\n";
      options.add("--policy=" + folder.resolve(POLICY));
    }

    List<String> write() throws IOException {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(POLICY), policy);
      Path baseRun = base.write(folder.resolve("base"));
      if (torn) {
        Path file = baseRun.resolve("samples.csv");
        String text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.length() - 20));
      }
      List<String> arguments = new ArrayList<>(List.of("gate"));
      if (inside) {
        arguments.addAll(List.of("--run=" + baseRun, "--base=fast", "--cand=slower"));
      } else {
        Path other = againstItself ? baseRun : candidateRun();
        arguments.addAll(List.of("--base=" + baseRun, "--cand=" + other));
      }
      arguments.addAll(options);
      return arguments;
    }

    private Path candidateRun() throws IOException {
      if (!candidateWritten) {
        return folder.resolve("nowhere");
      }
      Path run = candidate.write(folder.resolve("candidate"));
      Path file = run.resolve("samples.csv");
      List<String> lines = new ArrayList<>(Arrays.asList(Files.readString(file).split("\n", -1)));
      damage.accept(lines);
      Files.writeString(file, String.join("\n", lines));
      return run;
    }
  }

  /** Properties of a run. */
  private static final class Maker {
    private final String runId;
    private final long seed;
    String machine = "Imaginary 1";
    String slower = "slower";
    int forks = 7;
    double factor = 1;
    double readGbps = 100;
    double twinFactor = 1;
    boolean wrong;
    boolean missing;

    Maker(String runId, long seed) {
      this.runId = runId;
      this.seed = seed;
    }

    Path write(Path folder) {
      SyntheticRun run =
          new SyntheticRun(runId, Noise.DESIGN, seed, forks, 8)
              .fact("cpu.name", machine)
              .readCeiling(readGbps);
      for (String operation : List.of("entropy", "log_softmax")) {
        run.newCase()
            .with(operation, "fast", 1e6 * factor)
            .withTwin(operation, "fast", 1e6 * factor * twinFactor);
        if (wrong) {
          run.withIncorrect(operation, slower, 1.03e6 * factor);
        } else if (!missing) {
          run.with(operation, slower, 1.03e6 * factor);
        }
      }
      return run.write(folder);
    }
  }

  private static Consumer<List<String>> times(String text) {
    return lines -> {
      String[] fields = lines.get(3).split(",", -1);
      fields[List.of(lines.getFirst().split(",")).indexOf("time_ns")] = text;
      lines.set(3, String.join(",", fields));
    };
  }

  private static String swapped(String header) {
    return header.replace("variant", "").replace("time_ns", "variant").replace(",,", ",time_ns,");
  }
}
