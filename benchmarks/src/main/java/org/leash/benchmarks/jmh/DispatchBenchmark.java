package org.leash.benchmarks.jmh;

import java.util.concurrent.TimeUnit;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.run.TinyCall;
import org.leash.binding.generated.Leash;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to get into native code and back: an empty call and a tiny one ({@code
 * token_statistics} on 1 × 16), from C, from Java through the generated binding, and through the
 * library with all its checks.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--add-modules=jdk.incubator.vector"})
public class DispatchBenchmark {
  /** So many that one call into the loop in C is nothing beside them. */
  private static final int CALLS = 10_000;

  private TinyCall tiny;

  /** Calls once in each way, and compares the result with the reference. */
  @Setup(Level.Trial)
  public void setUp() {
    new TinyCall()
        .close(); // what a first close loads, profilers would count as the last iteration's
    tiny = new TinyCall();
    check(() -> tinyFromC());
    check(tiny::throughBinding);
    check(tiny::throughLibrary);
  }

  private void check(Runnable call) {
    tiny.poison();
    call.run();
    for (Check check : tiny.check()) {
      if (!check.passed()) {
        throw new IllegalStateException(check.summary());
      }
    }
  }

  /** Through a function pointer. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public double emptyFromC() {
    return tiny.emptyFromC(CALLS);
  }

  /** Through the generated binding. */
  @Benchmark
  public int emptyThroughBinding() {
    return Leash.leash_abi_version();
  }

  /** Through a function pointer. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public double tinyFromC() {
    return tiny.fromC(CALLS);
  }

  /** Through the generated binding. */
  @Benchmark
  public int tinyThroughBinding() {
    return tiny.throughBinding();
  }

  /** Through the library. */
  @Benchmark
  public void tinyThroughLibrary() {
    tiny.throughLibrary();
  }

  /** Frees everything. */
  @TearDown(Level.Trial)
  public void tearDown() {
    tiny.close();
  }
}
