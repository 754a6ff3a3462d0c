package org.leash.benchmarks.selftest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A base and a candidate on disk, the gate's options, and the exit code it has to give. */
enum Scenario {
  SAME_RUN(0, "a run against itself") {
    @Override
    Path candidate(Path folder, Path base) {
      return base;
    }
  },
  SAME_CODE(0, "another run of the same code; a slowdown of 4 % would be let through") {
    @Override
    List<String> options(Path folder) {
      return policy(folder, "max_regression_pct=4");
    }
  },
  FASTER(0, "a candidate that takes 10 % less") {
    @Override
    void change(Maker candidate) {
      candidate.factor = 0.9;
    }
  },
  REGRESSION(1, "a slowdown of 5 %") {
    @Override
    void change(Maker candidate) {
      candidate.factor = 1.05;
    }
  },
  REGRESSION_INSIDE(1, "a variant that takes 3 % longer than another one of the same run") {
    @Override
    Path candidate(Path folder, Path base) {
      return Path.of("slower");
    }

    @Override
    List<String> arguments(Path folder, Path base, Path candidate) {
      return List.of("gate", "--run=" + base, "--base=fast", "--cand=slower");
    }
  },
  BELOW_CEILING(1, "60 % of the ceiling where the policy wants 99 %") {
    @Override
    List<String> options(Path folder) {
      return policy(folder, "entropy.min_pct_ceiling=99\nmax_regression_pct=4");
    }
  },
  WRONG(2, "a wrong result") {
    @Override
    void change(Maker candidate) {
      candidate.wrong = true;
    }
  },
  WRONG_AND_SLOW(2, "a wrong result beside a slowdown") {
    @Override
    void change(Maker candidate) {
      candidate.wrong = true;
      candidate.factor = 1.05;
    }
  },
  MISSING(3, "a variant that is not there any more") {
    @Override
    void change(Maker candidate) {
      candidate.missing = true;
    }
  },
  REQUIRED(3, "a variant that the policy requires and nobody measured") {
    @Override
    List<String> options(Path folder) {
      return policy(folder, "required_variants=fast,unheard\nmax_regression_pct=4");
    }
  },
  TOO_FEW_FORKS(3, "two forks, which tell nothing") {
    @Override
    void change(Maker candidate) {
      candidate.forks = 2;
    }
  },
  MOVED(3, "a slowdown of 5 % where the machine's ceilings fell by 8 %") {
    @Override
    void change(Maker candidate) {
      candidate.factor = 1.05;
      candidate.readGbps = 92;
    }
  },
  INCONCLUSIVE_ALLOWED(0, "two forks with --allow-inconclusive") {
    @Override
    void change(Maker candidate) {
      candidate.forks = 2;
    }

    @Override
    List<String> options(Path folder) {
      return List.of("--allow-inconclusive");
    }
  },
  OTHER_MACHINE(4, "another machine's run") {
    @Override
    void change(Maker candidate) {
      candidate.machine = "Imaginary 2";
    }
  },
  NOISY(4, "twins that differ by 8 %") {
    @Override
    void change(Maker candidate) {
      candidate.twinFactor = 1.08;
    }
  },
  UNKNOWN_OPTION(64, "an unknown option") {
    @Override
    List<String> options(Path folder) {
      return List.of("--tolerance=5");
    }
  },
  UNKNOWN_COLUMN(64, "a filter on an unknown column") {
    @Override
    List<String> options(Path folder) {
      return List.of("--where=flavour=sweet");
    }
  },
  NOT_A_NUMBER(65, "a sample whose time is a text") {
    @Override
    void spoil(Path candidate) {
      setTime(candidate, "fast");
    }
  },
  NAN(65, "a sample whose time is NaN") {
    @Override
    void spoil(Path candidate) {
      setTime(candidate, "NaN");
    }
  },
  SWAPPED(65, "a header with two columns swapped") {
    @Override
    void spoil(Path candidate) {
      edit(candidate, lines -> lines.addFirst(swapped(lines.removeFirst())));
    }
  },
  BAD_POLICY(65, "a policy with an unknown rule") {
    @Override
    List<String> options(Path folder) {
      return policy(folder, "max_regresion_pct=4");
    }
  },
  NO_RUN(74, "a folder without a run") {
    @Override
    Path candidate(Path folder, Path base) {
      return folder.resolve("nowhere");
    }
  },
  UNWRITABLE(74, "an output in a folder that does not exist") {
    @Override
    List<String> options(Path folder) {
      return List.of("--out=" + folder.resolve("nowhere/gate.txt"));
    }
  },
  TORN(0, "a run whose last line is cut off, against itself") {
    @Override
    Path candidate(Path folder, Path base) {
      tear(base);
      return base;
    }
  },
  HOSTILE_NAMES(0, "variants with commas, quotes and line ends in their names") {
    @Override
    void changeBoth(Maker maker) {
      maker.slower = "a,\"b\"\n<img src=x onerror=alert(1)>";
    }

    @Override
    List<String> options(Path folder) {
      return policy(folder, "max_regression_pct=4");
    }
  };

  private final int exitCode;
  private final String description;

  Scenario(int exitCode, String description) {
    this.exitCode = exitCode;
    this.description = description;
  }

  int exitCode() {
    return exitCode;
  }

  String description() {
    return description;
  }

  /** What a run of a scenario is made from. */
  static final class Maker {
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

  /** Writes the runs, and gives the arguments of the command. */
  List<String> prepare(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Maker base = new Maker("base", 1);
    changeBoth(base);
    Path written = base.write(folder.resolve("base"));
    List<String> arguments = new ArrayList<>();
    arguments.addAll(arguments(folder, written, candidate(folder, written)));
    arguments.addAll(options(folder));
    return arguments;
  }

  List<String> arguments(Path folder, Path base, Path candidate) {
    return List.of("gate", "--base=" + base, "--cand=" + candidate);
  }

  Path candidate(Path folder, Path base) {
    Maker maker = new Maker("candidate", 2);
    changeBoth(maker);
    change(maker);
    Path candidate = maker.write(folder.resolve("candidate"));
    spoil(candidate);
    return candidate;
  }

  List<String> options(Path folder) {
    return List.of();
  }

  void changeBoth(Maker maker) {}

  void change(Maker candidate) {}

  void spoil(Path candidate) {}

  private static List<String> policy(Path folder, String text) {
    Path file = folder.resolve("gate.properties");
    write(file, text + "\n");
    return List.of("--policy=" + file);
  }

  private static void edit(Path run, Consumer<List<String>> change) {
    Path file = run.resolve("samples.csv");
    List<String> lines = new ArrayList<>(Arrays.asList(read(file).split("\n", -1)));
    change.accept(lines);
    write(file, String.join("\n", lines));
  }

  private static void setTime(Path run, String text) {
    edit(
        run,
        lines -> {
          String[] fields = lines.get(3).split(",", -1);
          fields[List.of(lines.getFirst().split(",")).indexOf("time_ns")] = text;
          lines.set(3, String.join(",", fields));
        });
  }

  private static String swapped(String header) {
    return header.replace("variant", "").replace("time_ns", "variant").replace(",,", ",time_ns,");
  }

  private static void tear(Path run) {
    Path file = run.resolve("samples.csv");
    rewrite(file, text -> text.substring(0, text.length() - 20));
  }

  private static void rewrite(Path file, UnaryOperator<String> change) {
    write(file, change.apply(read(file)));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
