package org.leash.benchmarks.run;

import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.function.Predicate;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.input.Case;
import org.leash.benchmarks.input.Check;
import org.leash.binding.Status;
import org.leash.binding.generated.Leash;

/**
 * What a call costs, with one thread: from a loop in C through a function pointer ({@code c}), from
 * Java through the generated binding ({@code panama}), and through the library with all its checks
 * ({@code library}).
 */
final class DispatchContest implements Contest {
  static final List<String> VARIANTS = List.of("c", "panama", "library");

  private final Suite suite;
  private final Setting setting;
  private final Calls calls;
  private final TinyCall tiny = new TinyCall();
  private final List<Contender> contenders;

  /** Keeps the optimiser from dropping calls whose result nobody uses. */
  @SuppressWarnings("UnusedVariable")
  private int versions;

  DispatchContest(Suite suite, Setting setting, Calls calls, Predicate<String> chosen) {
    this.suite = suite;
    this.setting = setting;
    this.calls = calls;
    contenders = all().stream().filter(each -> chosen.test(each.identity().variant())).toList();
  }

  private List<Contender> all() {
    return switch (calls) {
      case EMPTY ->
          List.of(
              new Caller("c", Contender.Role.BASELINE, n -> n * tiny.emptyFromC(n)),
              new Caller("panama", Contender.Role.CANDIDATE, this::emptyCalls));
      case TINY ->
          List.of(
              new Caller("c", Contender.Role.BASELINE, n -> n * tiny.fromC(n)),
              new Caller("panama", Contender.Role.CANDIDATE, this::callsThroughBinding),
              new Caller("library", Contender.Role.CANDIDATE, this::callsThroughLibrary));
    };
  }

  // One loop for each, so that the call is compiled into it as into a user's code.

  private double emptyCalls(int count) {
    long begin = System.nanoTime();
    int sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Leash.leash_abi_version();
    }
    versions += sum;
    return System.nanoTime() - begin;
  }

  private double callsThroughBinding(int count) {
    long begin = System.nanoTime();
    int sum = 0;
    for (int i = 0; i < count; i++) {
      sum += tiny.throughBinding();
    }
    Status.check(sum);
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
      return calls == Calls.TINY ? tiny.check() : List.of();
    }
  }

  @Override
  public List<Contender> contenders() {
    return contenders;
  }

  @Override
  public String reference() {
    return "java_f64";
  }

  @Override
  public Key key(Contender.Identity identity) {
    Case tinyCase = Calls.TINY_CASE;
    return new Key(
        List.of(
            suite.toString(),
            "dispatch",
            identity.variant(),
            identity.impl(),
            identity.role().name().toLowerCase(Locale.ROOT),
            calls.contract(),
            "f32",
            "f32",
            "f32",
            Integer.toString(calls == Calls.TINY ? tinyCase.rows() : 0),
            Integer.toString(calls == Calls.TINY ? tinyCase.vocab() : 0),
            "false",
            setting.params(tinyCase.threads()),
            tinyCase.distribution().id(),
            Long.toString(Case.SEED),
            "warm",
            "wall_sync",
            "cpu"));
  }

  @Override
  public String toString() {
    return calls.label();
  }

  @Override
  public void close() {
    tiny.close();
  }
}
