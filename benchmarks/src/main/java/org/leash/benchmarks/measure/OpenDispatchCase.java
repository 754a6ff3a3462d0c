package org.leash.benchmarks.measure;

import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.function.Predicate;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.plan.CaseKey;
import org.leash.benchmarks.plan.DispatchCase;
import org.leash.benchmarks.plan.Identity;
import org.leash.benchmarks.plan.Identity.Role;
import org.leash.benchmarks.plan.ProcessSetting;
import org.leash.benchmarks.plan.Suite;
import org.leash.kernel.panama.DispatchTimer;

/** A dispatch case with one contender for each of {@link DispatchCase#VARIANTS} that applies. */
final class OpenDispatchCase implements OpenCase {
  private final Suite suite;
  private final ProcessSetting setting;
  private final DispatchCase dispatchCase;
  private final TinyCall tiny = new TinyCall();
  private final List<Caller> callers;

  /** Keeps the optimiser from dropping calls whose result is not used. */
  @SuppressWarnings("UnusedVariable")
  private int versions;

  OpenDispatchCase(
      Suite suite, ProcessSetting setting, DispatchCase dispatchCase, Predicate<String> chosen) {
    this.suite = suite;
    this.setting = setting;
    this.dispatchCase = dispatchCase;
    callers = all().stream().filter(each -> chosen.test(each.identity().variant())).toList();
  }

  private List<Caller> all() {
    DispatchTimer timer = tiny.timer();
    return switch (dispatchCase) {
      case EMPTY ->
          List.of(
              new Caller("c", Role.BASELINE, n -> n * timer.emptyFromC(n)),
              new Caller("panama", Role.CANDIDATE, this::emptyCalls));
      case TINY ->
          List.of(
              new Caller("c", Role.BASELINE, n -> n * timer.fromC(n)),
              new Caller("panama", Role.CANDIDATE, this::callsThroughBinding),
              new Caller("library", Role.CANDIDATE, this::callsThroughLibrary));
    };
  }

  // A loop each, into which the call is compiled as into a user's code.

  private double emptyCalls(int count) {
    long begin = System.nanoTime();
    int sum = 0;
    for (int i = 0; i < count; i++) {
      sum += DispatchTimer.emptyThroughBinding();
    }
    versions += sum;
    return System.nanoTime() - begin;
  }

  private double callsThroughBinding(int count) {
    DispatchTimer timer = tiny.timer();
    long begin = System.nanoTime();
    int failures = 0;
    for (int i = 0; i < count; i++) {
      failures += timer.throughBinding();
    }
    if (failures != 0) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "token_statistics failed in %d calls", count));
    }
    return System.nanoTime() - begin;
  }

  private double callsThroughLibrary(int count) {
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      tiny.throughLibrary();
    }
    return System.nanoTime() - begin;
  }

  private final class Caller implements Contender {
    private final Identity identity;
    private final IntToDoubleFunction loop;

    Caller(String variant, Role role, IntToDoubleFunction loop) {
      identity = new Identity(variant, role == Role.BASELINE ? "c_cpu" : "java_ffm", role);
      this.loop = loop;
    }

    @Override
    public Identity identity() {
      return identity;
    }

    @Override
    public void poison() {
      tiny.poison();
    }

    @Override
    public void launch() {
      time(1);
    }

    @Override
    public double time(int launches) {
      return loop.applyAsDouble(launches);
    }

    @Override
    public List<Check> check() {
      return dispatchCase == DispatchCase.TINY ? tiny.check() : List.of();
    }
  }

  @Override
  public List<Contender> contenders() {
    return List.copyOf(callers);
  }

  @Override
  public Key key(Identity identity) {
    return CaseKey.of(suite, setting, dispatchCase, identity);
  }

  @Override
  public String toString() {
    return dispatchCase.toString();
  }

  @Override
  public void close() {
    tiny.close();
  }
}
