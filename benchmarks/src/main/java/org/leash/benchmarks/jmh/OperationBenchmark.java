package org.leash.benchmarks.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Workload;
import org.leash.benchmarks.plan.Contract;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.LogitDistribution;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.kernel.Catalogue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One operation by one variant, on copies of the logits in turn. Matrices are not written in place,
 * as JMH cannot restore logits between launches. The setup fails if the variant does not run on
 * this machine or its result differs from the reference.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    // Forks do not see the manifest of the jar.
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--add-modules=jdk.incubator.vector"})
public class OperationBenchmark {
  @Param Contract contract;

  @Param({"java-scalar", "java-vector", "native-portable", "native-avx2", "native-avx512"})
  String variant;

  @Param({"F32", "BF16", "F16"})
  DType dtype;

  @Param({"32000", "50257", "128256", "151936", "262144"})
  int vocab;

  @Param({"1", "16", "256", "1024"})
  int rows;

  @Param({"NORMAL", "PEAKED"})
  LogitDistribution distribution;

  @Param("1")
  int threads;

  /** Total size of the copies of the logits in last-level caches; 0 for one copy. */
  @Param("" + Workload.COLD)
  int caches;

  private final List<Runnable> launchers = new ArrayList<>();
  private Device device;
  private Inputs inputs;
  private Workload workload;
  private int next;

  /** Draws the inputs and checks the result of one launch. */
  @Setup(Level.Trial)
  public void setUp() {
    closeOnce();
    device = Device.cpu(threads);
    KernelCase kernelCase = new KernelCase(contract, dtype, rows, vocab, distribution, threads);
    inputs = Inputs.of(device, kernelCase);
    workload = Workload.of(device, kernelCase, inputs, caches, false);
    Catalogue catalogue = Catalogue.of(device);
    for (int copy = 0; copy < workload.copies(); copy++) {
      launchers.add(workload.launcher(catalogue, variant, copy));
    }
    workload.poison(0);
    launch();
    for (Check check :
        Expected.of(kernelCase, inputs).compare(workload.outputs(0, 0), Expected.Tolerance.OURS)) {
      if (!check.passed()) {
        throw new IllegalStateException(variant + " on " + kernelCase + ": " + check.summary());
      }
    }
  }

  /** Loads what a first close needs, which profilers would count in the last iteration. */
  private void closeOnce() {
    try (Device first = Device.cpu(threads)) {
      first.floats(1).close();
    }
  }

  /** All rows once, of the next copy. */
  @Benchmark
  public void launch() {
    launchers.get(next).run();
    next = next + 1 == launchers.size() ? 0 : next + 1;
  }

  /** Frees everything. */
  @TearDown(Level.Trial)
  public void tearDown() {
    device.close();
  }
}
