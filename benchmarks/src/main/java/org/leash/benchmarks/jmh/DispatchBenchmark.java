package org.leash.benchmarks.jmh;

import java.util.concurrent.TimeUnit;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.measure.TinyCall;
import org.leash.kernel.panama.DispatchTimer;
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
 * Cost of a native call: an empty one and a tiny one ({@code token_statistics} on 1 × 16), from C,
 * from Java through the generated binding, and through the library with all its checks.
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
  /** Enough to make the call into the loop in C negligible. */
  private static final int CALLS = 10_000;

  private TinyCall tiny;

  /** Checks the result of one call in each way. */
  @Setup(Level.Trial)
  public void setUp() {
    new TinyCall().close(); // loads what profilers would count in the last iteration
    tiny = new TinyCall();
    check(this::tinyFromC);
    check(this::tinyThroughBinding);
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
    return tiny.timer().emptyFromC(CALLS);
  }

  /** Through the generated binding. */
  @Benchmark
  public int emptyThroughBinding() {
    return DispatchTimer.emptyThroughBinding();
  }

  /** Through a function pointer. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public double tinyFromC() {
    return tiny.timer().fromC(CALLS);
  }

  /** Through the generated binding. */
  @Benchmark
  public int tinyThroughBinding() {
    return tiny.timer().throughBinding();
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
