package org.leash.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.leash.samples.SampleFile;
import org.leash.samples.SampleFile.OnBadRecord;
import org.leash.samples.SampleFormat;

final class SupportTest {
  /** Counts and rates of tables 1, 3 and 6 of arXiv 2507.14843, as published. */
  @Test
  void reproducesThePublishedRates() throws IOException {
    int rates = 0;
    int passes = 0;
    try (Reader reader = resource("support-dynamics-published.csv")) {
      CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
      for (CSVRecord row : format.parse(reader)) {
        SupportDynamics dynamics =
            new SupportDynamics(
                number(row, "preserved"),
                number(row, "expanded"),
                number(row, "shrunk"),
                number(row, "out_of_support"));
        if (!row.get("srr").isEmpty()) {
          rates += 4;
          assertThat(dynamics.srr()).as("%s", row).isCloseTo(number(row, "srr"), within(0.006));
          assertThat(dynamics.ndr()).as("%s", row).isCloseTo(number(row, "ndr"), within(0.006));
          assertThat(dynamics.sds()).as("%s", row).isCloseTo(number(row, "sds"), within(0.006));
          assertThat(dynamics.nscr()).as("%s", row).isCloseTo(number(row, "nscr"), within(0.006));
        }
        if (!row.get("base_pass_pct").isEmpty()) {
          passes += 2;
          assertThat(100 * dynamics.basePass())
              .as("%s", row)
              .isCloseTo(number(row, "base_pass_pct"), within(0.06));
          assertThat(100 * dynamics.tunedPass())
              .as("%s", row)
              .isCloseTo(number(row, "rlvr_pass_pct"), within(0.06));
        }
      }
    }
    assertThat(rates).isEqualTo(32 * 4);
    assertThat(passes).isEqualTo(25 * 2);
  }

  /** Two models of 6 billion parameters on GSM8K (openai/grade-school-math, MIT licence). */
  @Test
  void countsTheRegionsOfTwoRealModels(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("gsm8k.csv");
    try (InputStream in = SupportTest.class.getResourceAsStream("gsm8k-6b.csv")) {
      Files.copy(in, file);
    }
    SupportSweep sweep =
        new SupportSweep(samples(file, "finetuning"), samples(file, "verification"));
    assertThat(sweep.largestBudget()).isEqualTo(1);
    assertThat(sweep.at(1)).isEqualTo(new SupportDynamics(222, 293, 64, 740));
  }

  @Test
  void definesRatesLeftOpenByThePaper() {
    SupportDynamics nothing = new SupportDynamics(0, 0, 0, 5);
    assertThat(nothing.srr()).isEqualTo(1);
    assertThat(nothing.ndr()).isZero();
    assertThat(nothing.sds()).isZero();
    assertThat(nothing.nscr()).isZero();
    SupportDynamics lost = new SupportDynamics(0, 0, 3, 2);
    assertThat(lost.srr()).isZero();
    assertThat(lost.sds()).isZero();
    assertThat(lost.nscr()).isEqualTo(-1);
    assertThatThrownBy(() -> new SupportDynamics(1, -1, 0, 0)).hasMessageContaining("E = -1");
  }

  @Test
  void matchesDrawnBudgets() {
    // Two problems of four samples; every pair of 2-subsets of the samples, one by one.
    List<ProblemSamples> base = List.of(ProblemSamples.of("a", 4, 1), ProblemSamples.of("b", 4, 3));
    List<ProblemSamples> tuned =
        List.of(ProblemSamples.of("b", 4, 0), ProblemSamples.of("a", 4, 2));
    SupportDynamics expected = new SupportSweep(base, tuned).at(2);
    double baseA = 3.0 / 6;
    double tunedA = 5.0 / 6;
    assertThat(expected.preserved()).isCloseTo(baseA * tunedA, within(1e-14));
    assertThat(expected.expanded()).isCloseTo((1 - baseA) * tunedA, within(1e-14));
    assertThat(expected.shrunk()).isCloseTo(baseA * (1 - tunedA) + 1, within(1e-14));
    assertThat(expected.outside()).isCloseTo((1 - baseA) * (1 - tunedA), within(1e-14));
    assertThat(new SupportSweep(base, tuned).at(4)).isEqualTo(new SupportDynamics(1, 0, 1, 0));
  }

  @Test
  void findsTheCrossingOfTheBaseModel() {
    // The tuned model is sure of half the problems, the base model good for all of them in the end.
    List<ProblemSamples> base = new ArrayList<>();
    List<ProblemSamples> tuned = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      base.add(ProblemSamples.of("p" + i, 256, 16));
      tuned.add(ProblemSamples.of("p" + i, 256, i < 5 ? 256 : 0));
    }
    double crossing = new SupportSweep(base, tuned).crossing().orElseThrow();
    int below = (int) crossing;
    assertThat(PassAtK.estimate(256, 16, below)).isLessThan(0.5);
    assertThat(PassAtK.estimate(256, 16, below + 1)).isGreaterThanOrEqualTo(0.5);
    assertThat(new SupportSweep(tuned, base).crossing()).isEmpty();
  }

  @Test
  void rejectsProblemsOfOneModelOnly() {
    List<ProblemSamples> a = List.of(ProblemSamples.of("a", 1, 1));
    List<ProblemSamples> ab = List.of(ProblemSamples.of("a", 1, 1), ProblemSamples.of("b", 1, 1));
    assertThatThrownBy(() -> new SupportSweep(ab, a))
        .hasMessageContaining("b was sampled from the base");
    assertThatThrownBy(() -> new SupportSweep(a, ab))
        .hasMessageContaining("b was sampled from the tuned");
    assertThatThrownBy(() -> new SupportSweep(List.of(), List.of()))
        .hasMessageContaining("no problems");
    assertThatThrownBy(() -> new SupportSweep(List.of(a.get(0), a.get(0)), a))
        .hasMessageContaining("occurs twice");
  }

  @Test
  void computesDetectableProbabilityOfABudget() {
    assertThat(Detectability.epsilonBound(8192, 0.05)).isCloseTo(3.657e-4, within(5e-8));
    assertThat(Detectability.epsilonBound(32, 0.05)).isCloseTo(0.0936, within(5e-5));
    for (int k : new int[] {1, 32, 256, 16384}) {
      double epsilon = Detectability.epsilon(k, 0.05);
      assertThat(Math.pow(1 - epsilon, k)).isCloseTo(0.05, within(1e-9));
      assertThat(epsilon).isLessThan(Detectability.epsilonBound(k, 0.05));
    }
    assertThatThrownBy(() -> Detectability.epsilon(0, 0.05)).hasMessageContaining("k = 0");
    assertThatThrownBy(() -> Detectability.epsilon(1, 1)).hasMessageContaining("zeta = 1");
  }

  private static List<ProblemSamples> samples(Path file, String model) {
    SampleFormat format =
        new SampleFormat("problem", "correct", null, null, null, Map.of("model", model));
    return SampleFile.read(file, format, OnBadRecord.FAIL, read -> {}).problems();
  }

  private static double number(CSVRecord row, String column) {
    return Double.parseDouble(row.get(column));
  }

  private static Reader resource(String name) {
    return new InputStreamReader(
        SupportTest.class.getResourceAsStream(name), StandardCharsets.UTF_8);
  }
}
