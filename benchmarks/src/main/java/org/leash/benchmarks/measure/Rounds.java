package org.leash.benchmarks.measure;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.plan.Effort;
import org.leash.benchmarks.plan.Identity;
import org.leash.benchmarks.plan.Start;

/**
 * Measures one case in this process: checks every contender, warms it up, then times one block of
 * each in every round, in random order, so that drift of the machine affects all alike. Outputs are
 * poisoned before each block, and checked again after the last. A contender that fails a check or
 * throws gets a row with its status and no further time.
 */
public final class Rounds {
  private final OpenCase openCase;
  private final Effort effort;
  private final Start start;
  private final Sink sink;
  private final Random random;
  private final List<Active> active = new ArrayList<>();

  /** A contender that still takes part. */
  private static final class Active {
    final Contender contender;
    int launchesPerBlock = 1;
    double nanosPerLaunch = Double.POSITIVE_INFINITY;

    Active(Contender contender) {
      this.contender = contender;
    }

    double time(int launches) {
      double nanos = contender.time(launches);
      nanosPerLaunch = nanos / launches;
      return nanos;
    }
  }

  private Rounds(OpenCase openCase, Effort effort, Start start, Sink sink) {
    this.openCase = openCase;
    this.effort = effort;
    this.start = start;
    this.sink = sink;
    this.random = new Random(1000L * start.fork() + start.process());
    openCase.contenders().forEach(contender -> active.add(new Active(contender)));
  }

  /** Plays the rounds that are left of a case. */
  public static void play(OpenCase openCase, Effort effort, Start start, Sink sink) {
    new Rounds(openCase, effort, start, sink).play();
  }

  private void play() {
    long begin = System.nanoTime();
    active.removeIf(one -> !survives(one, () -> prepare(one.contender)));
    active.removeIf(one -> !survives(one, () -> warmUp(one)));
    for (int done = start.done(); done < effort.rounds() && !active.isEmpty(); done++) {
      double seconds = (System.nanoTime() - begin) / 1e9;
      boolean late = seconds > effort.capSeconds();
      if (late && done + 1 < effort.rounds()) {
        sink.append(
            Row.event(
                start.fork(),
                "time_cap",
                openCase.toString(),
                String.format(
                    Locale.ROOT,
                    "ends after %d of %d rounds: %.0f s have passed",
                    done + 1,
                    effort.rounds(),
                    seconds)));
      }
      boolean last = late || done + 1 == effort.rounds();
      round(start.next() + done - start.done(), last, done + 1 >= Effort.LAGGARD_ROUNDS);
      if (last) {
        return;
      }
    }
  }

  /**
   * Times one block of each contender.
   *
   * @param laggardsLeave whether laggards have their last block
   */
  private void round(int number, boolean last, boolean laggardsLeave) {
    Collections.shuffle(active, random);
    double fastest = active.stream().mapToDouble(one -> one.nanosPerLaunch).min().getAsDouble();
    List<Active> leaving = new ArrayList<>();
    for (int i = 0; i < active.size(); i++) {
      Active one = active.get(i);
      int slot = i + 1;
      boolean laggard = laggardsLeave && one.nanosPerLaunch > Effort.LAGGARD_FACTOR * fastest;
      if (!survives(one, () -> block(one, number, slot, last || laggard)) || laggard) {
        leaving.add(one);
      }
    }
    active.removeAll(leaving);
  }

  private boolean prepare(Contender contender) {
    contender.poison();
    contender.launch();
    boolean passed = check(contender, "before");
    contender.restore();
    return passed;
  }

  private boolean warmUp(Active one) {
    int most = one.contender.launchesPerBlock();
    double wanted = effort.warmupMillis() * 1e6;
    for (double spent = 0; spent < wanted; ) {
      spent += one.time(Math.min(one.launchesPerBlock, most));
      one.contender.restore();
      double fitting = effort.blockMillis() * 1e6 / one.nanosPerLaunch;
      one.launchesPerBlock = (int) Math.clamp(fitting, 1, most);
    }
    return true;
  }

  private boolean block(Active one, int round, int slot, boolean check) {
    Contender contender = one.contender;
    contender.poison();
    one.time(one.launchesPerBlock);
    Row sample =
        Row.of(RunTable.SAMPLES)
            .set(openCase.key(contender.identity()))
            .set("ts_utc", Instant.now().toString())
            .set("fork", start.fork())
            .set("round", round)
            .set("slot", slot)
            .set("launches", one.launchesPerBlock)
            .set("time_ns", one.nanosPerLaunch);
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
              .set("reference", openCase.reference())
              .set("status", each.passed() ? ResultStatus.OK : ResultStatus.INCORRECT_NUMERICAL)
              .set("reason", each.passed() ? "" : each.summary()));
      passed &= each.passed();
    }
    return passed;
  }

  private Row checkRow(Identity identity, String phase) {
    return Row.of(RunTable.CHECKS)
        .set(openCase.key(identity))
        .set("fork", start.fork())
        .set("phase", phase);
  }

  /** Whether a step succeeded; a failure concerns this contender alone. */
  private boolean survives(Active one, BooleanSupplier step) {
    Row row = checkRow(one.contender.identity(), "run");
    sink.atWork(row);
    try {
      return step.getAsBoolean();
    } catch (OutOfMemoryError e) {
      return failed(row, ResultStatus.OOM, e);
    } catch (RuntimeException | LinkageError e) {
      return failed(row, ResultStatus.RUNTIME_ERROR, e);
    }
  }

  private boolean failed(Row row, ResultStatus status, Throwable e) {
    sink.append(row.set("status", status).set("reason", e.toString()));
    return false;
  }
}
