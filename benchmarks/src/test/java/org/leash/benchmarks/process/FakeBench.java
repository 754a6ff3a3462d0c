package org.leash.benchmarks.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.csv.Samples;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.measure.Contender;
import org.leash.benchmarks.measure.OpenCase;
import org.leash.benchmarks.measure.Sink;
import org.leash.benchmarks.measure.Stage;
import org.leash.benchmarks.plan.Case;
import org.leash.benchmarks.plan.Effort;
import org.leash.benchmarks.plan.Identity;
import org.leash.benchmarks.plan.Plan;
import org.leash.benchmarks.plan.ProcessSetting;
import org.leash.benchmarks.plan.Start;
import org.leash.benchmarks.plan.Suite;
import org.leash.benchmarks.record.RunWriter;

/**
 * A whole run in processes of its own, parent and forks, whose cases take next to no time: to be
 * killed at will.
 */
final class FakeBench {
  static final int CASES = 4;
  static final List<String> VARIANTS = List.of("a", "b", "c");
  static final Plan PLAN =
      new Plan(Suite.QUICK, List.of(1), Pattern.compile(""), new Effort(2, 5, 1, 1, 120, 0));

  private FakeBench() {}

  /**
   * {@code run DIR}: a new run, or the rest of the one in the folder; {@code fork …}: its child.
   */
  public static void main(String[] arguments) {
    if (arguments[0].equals("run")) {
      run(Path.of(arguments[1]));
    } else {
      ForkProcess.tether();
      new Fork(
              PLAN,
              ProcessSetting.PLAIN,
              Start.parse(arguments[1]),
              numbers(arguments[2]),
              Boolean.parseBoolean(arguments[3]),
              Set.of())
          .run(System.out, new FakeStage());
    }
  }

  /** The command that runs this class on a folder. */
  static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(FakeBench.class.getName());
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  private static void run(Path folder) {
    try (RunWriter writer =
        RunWriter.isRun(folder)
            ? RunWriter.resume(folder, "fake")
            : RunWriter.create(folder, "fake", List.of())) {
      Runner.of(PLAN, writer, FakeBench::forkCommand, 60, Runner.UNLIMITED).run("");
    }
  }

  private static List<String> forkCommand(Fork fork) {
    return command(
        "fork",
        fork.start().toString(),
        ForkCommand.joined(fork.cases()),
        Boolean.toString(fork.ceilings()));
  }

  private static List<Integer> numbers(String joined) {
    return Stream.of(joined.split(",")).map(Integer::valueOf).toList();
  }

  /** Contests of sleepers for the first entries, nobody for the others. */
  private static final class FakeStage implements Stage {
    @Override
    public void measureCeilings(int fork, List<Integer> threads, Sink sink) {
      sink.append(
          Row.of(RunTable.CEILINGS)
              .set("fork", fork)
              .set("params", "threads=1")
              .set("kind", "read")
              .set("rate", 20.0)
              .set("unit", "GB/s"));
    }

    @Override
    public Optional<OpenCase> open(
        Case theCase, Predicate<String> chosen, BiConsumer<String, String> skipped) {
      int index = PLAN.cases().indexOf(theCase);
      return index < CASES ? Optional.of(new Sleepers(index)) : Optional.empty();
    }

    @Override
    public void close() {}
  }

  private record Sleepers(int index) implements OpenCase {
    @Override
    public List<Contender> contenders() {
      return VARIANTS.stream().<Contender>map(Sleeper::new).toList();
    }

    @Override
    public Key key(Identity identity) {
      List<String> values = new ArrayList<>(Samples.key(identity.variant(), "candidate").values());
      values.set(Key.COLUMNS.indexOf("rows"), Integer.toString(1000 + index));
      return new Key(values);
    }

    @Override
    public String reference() {
      return "none";
    }

    @Override
    public void close() {}
  }

  private static final class Sleeper implements Contender {
    private final SplittableRandom random = new SplittableRandom();
    private final String name;

    Sleeper(String name) {
      this.name = name;
    }

    @Override
    public Identity identity() {
      return new Identity(name, "fake", Identity.Role.CANDIDATE);
    }

    @Override
    public void poison() {}

    @Override
    public void launch() {}

    @Override
    public double time(int launches) {
      try {
        Thread.sleep(4);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return 4e6 * (1 + random.nextDouble()) * launches;
    }

    @Override
    public int launchesPerBlock() {
      return 1;
    }

    @Override
    public List<Check> check() {
      return List.of(new Check("logprob", 4, 1e-7, 1e-7, 0, 1e-5, true));
    }
  }
}
