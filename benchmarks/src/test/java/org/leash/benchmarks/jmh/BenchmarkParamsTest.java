package org.leash.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.leash.benchmarks.plan.Contract;
import org.leash.benchmarks.plan.LogitDistribution;
import org.leash.binding.LeashLibrary;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Variant;
import org.openjdk.jmh.annotations.Param;

/**
 * Runs every benchmark with every value of its parameters: all variants, dtypes, vocabularies and
 * distributions with each other, on one row; all numbers of rows at a small vocabulary. Variants
 * that this machine lacks are skipped by name.
 */
final class BenchmarkParamsTest {
  private static List<String> values(String field) {
    try {
      return Arrays.asList(
          OperationBenchmark.class.getDeclaredField(field).getAnnotation(Param.class).value());
    } catch (NoSuchFieldException e) {
      throw new AssertionError(e);
    }
  }

  static Stream<Arguments> variants() {
    return Arrays.stream(Contract.values())
        .flatMap(
            contract -> values("variant").stream().map(variant -> Arguments.of(contract, variant)));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void runsWithEveryValue(Contract contract, String variant) {
    try (Device device = Device.cpu()) {
      Variant found =
          Catalogue.of(device).variants().stream()
              .filter(each -> each.operation() == contract.operation())
              .filter(each -> each.name().equals(variant))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no variant " + variant));
      assumeTrue(found.available(), () -> variant + ": " + found.reason());
    }
    for (String dtype : values("dtype")) {
      for (String distribution : values("distribution")) {
        for (String vocab : values("vocab")) {
          run(contract, variant, dtype, distribution, Integer.parseInt(vocab), 1);
        }
      }
      for (String rows : values("rows")) {
        run(contract, variant, dtype, "PEAKED", 1000, Integer.parseInt(rows));
      }
    }
  }

  private static void run(
      Contract contract, String variant, String dtype, String distribution, int vocab, int rows) {
    OperationBenchmark benchmark = new OperationBenchmark();
    benchmark.contract = contract;
    benchmark.variant = variant;
    benchmark.dtype = DType.valueOf(dtype);
    benchmark.distribution = LogitDistribution.valueOf(distribution);
    benchmark.vocab = vocab;
    benchmark.rows = rows;
    benchmark.caches = 0;
    benchmark.threads = Integer.parseInt(values("threads").getFirst());
    benchmark.setUp();
    benchmark.launch();
    benchmark.tearDown();
  }

  @Test
  void dispatchBenchmarksRun() {
    assumeTrue(LeashLibrary.isLoaded(), LeashLibrary::unavailable);
    DispatchBenchmark benchmark = new DispatchBenchmark();
    benchmark.setUp();
    assertThat(benchmark.emptyFromC()).isPositive();
    assertThat(benchmark.tinyFromC()).isPositive();
    assertThat(benchmark.emptyThroughBinding()).isPositive();
    assertThat(benchmark.tinyThroughBinding()).isZero();
    benchmark.tinyThroughLibrary();
    benchmark.tearDown();
  }
}
