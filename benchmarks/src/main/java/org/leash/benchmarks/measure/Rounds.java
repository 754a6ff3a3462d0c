package org.leash.benchmarks.run;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Status;
import org.leash.benchmarks.csv.Table;
import org.leash.benchmarks.input.Check;

/**
 * Plays one contest in this process: checks every contender, warms it up, then times one block of
 * each in every round, in random order, so that drift of the machine meets all alike. Outputs are
 * spoiled before each block, and those of the last timed block are checked again. Whoever fails a
 * check or throws gets a row that says so and no further time.
 */
final class Rounds {
  private final Contest contest;
  private final Effort effort;
  private final Turn turn;
  private final Sink sink;
  private final Random random;
  private final List<Player> players = new ArrayList<>();

  /** A contender with the number of launches in its block. */
  private static final class Player {
    final Contender contender;
    int launches = 1;
    double nanosPerLaunch = Double.POSITIVE_INFINITY;

    Player(Contender contender) {
      this.contender = contender;
    }
  }

  private Rounds(Contest contest, Effort effort, Turn turn, Sink sink) {
    this.contest = contest;
    this.effort = effort;
    this.turn = turn;
    this.sink = sink;
    this.random = new Random(1000L * turn.fork() + turn.process());
    contest.contenders().forEach(contender -> players.add(new Player(contender)));
  }

  static void play(Contest contest, Effort effort, Turn turn, Sink sink) {
    new Rounds(contest, effort, turn, sink).play();
  }

  private void play() {
    long begin = System.nanoTime();
    players.removeIf(player -> !survives(player, () -> prepare(player.contender)));
    players.removeIf(player -> !survives(player, () -> warmUp(player)));
    for (int done = turn.done(); done < effort.rounds() && !players.isEmpty(); done++) {
      long nanos = System.nanoTime() - begin;
      boolean late = nanos > effort.capSeconds() * 1e9;
      if (late && done + 1 < effort.rounds()) {
        sink.event(
            "time_cap",
            contest.toString(),
            "the last of %d rounds is that after %d, as %.0f s have passed"
                .formatted(effort.rounds(), done, nanos / 1e9));
      }
      boolean last = late || done + 1 == effort.rounds();
      round(turn.next() + done - turn.done(), last, done + 1 >= Effort.LAGGARD_ROUNDS);
      if (last) {
        return;
      }
    }
  }

  /**
   * One block of each.
   *
   * @param laggardsLeave whether it is the last for those that take too long
   */
  private void round(int number, boolean last, boolean laggardsLeave) {
    Collections.shuffle(players, random);
    double fastest =
        players.stream().mapToDouble(player -> player.nanosPerLaunch).min().getAsDouble();
    List<Player> leaving = new ArrayList<>();
    for (int i = 0; i < players.size(); i++) {
      Player player = players.get(i);
      int slot = i + 1;
      boolean laggard = laggardsLeave && player.nanosPerLaunch > Effort.LAGGARD_FACTOR * fastest;
      if (!survives(player, () -> block(player, number, slot, last || laggard)) || laggard) {
        leaving.add(player);
      }
    }
    players.removeAll(leaving);
  }

  private boolean prepare(Contender contender) {
    contender.poison();
    contender.launch();
    boolean passed = check(contender, "before");
    contender.restore();
    return passed;
  }

  private boolean warmUp(Player player) {
    double wanted = effort.warmupMillis() * 1e6;
    double spent = 0;
    while (spent < wanted) {
      int launches = Math.min(player.launches, player.contender.launchesPerBlock());
      double nanos = player.contender.time(launches);
      player.contender.restore();
      player.nanosPerLaunch = nanos / launches;
      player.launches = launchesFor(player);
      spent += nanos;
    }
    return true;
  }

  private int launchesFor(Player player) {
    double fitting = effort.blockMillis() * 1e6 / player.nanosPerLaunch;
    return (int) Math.clamp(fitting, 1, player.contender.launchesPerBlock());
  }

  private boolean block(Player player, int round, int slot, boolean check) {
    Contender contender = player.contender;
    contender.poison();
    double nanos = contender.time(player.launches);
    player.nanosPerLaunch = nanos / player.launches;
    Row sample =
        Row.of(Table.SAMPLES)
            .set(contest.key(contender.identity()))
            .set("ts_utc", Instant.now().toString())
            .set("fork", turn.fork())
            .set("round", round)
            .set("slot", slot)
            .set("launches", player.launches)
            .set("time_ns", player.nanosPerLaunch);
    sink.append(contender.sensors().into(sample));
    boolean passed = !check || check(contender, "after");
    contender.restore();
    return passed;
  }

  private boolean check(Contender contender, String phase) {
    boolean passed = true;
    for (Check each : contender.check()) {
      sink.append(
          checkRow(contender.identity(), phase)
              .set("output", each.output())
              .set("rows_checked", each.rows())
              .set("max_abs_err", each.maxAbsError())
              .set("max_rel_err", each.maxRelError())
              .set("mean_signed_err", each.meanSignedError())
              .set("tol", each.tolerance())
              .set("reference", contest.reference())
              .set("status", (each.passed() ? Status.OK : Status.INCORRECT_NUMERICAL))
              .set("reason", each.passed() ? "" : each.summary()));
      passed &= each.passed();
    }
    return passed;
  }

  private Row checkRow(Contender.Identity identity, String phase) {
    return Row.of(Table.CHECKS)
        .set(contest.key(identity))
        .set("fork", turn.fork())
        .set("phase", phase);
  }

  private interface Step {
    boolean run();
  }

  /** Whether a step went well; its failure concerns this contender alone. */
  private boolean survives(Player player, Step step) {
    Contender.Identity identity = player.contender.identity();
    sink.atWork(identity);
    try {
      return step.run();
    } catch (OutOfMemoryError e) {
      return failed(identity, Status.OOM, e);
    } catch (RuntimeException | LinkageError e) {
      return failed(identity, Status.RUNTIME_ERROR, e);
    }
  }

  private boolean failed(Contender.Identity identity, Status status, Throwable e) {
    sink.append(checkRow(identity, "run").set("status", status).set("reason", e.toString()));
    return false;
  }
}
