package org.leash.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.leash.benchmarks.compare.SmallRuns.QUIET;
import static org.leash.benchmarks.compare.SmallRuns.between;
import static org.leash.benchmarks.compare.SmallRuns.changed;
import static org.leash.benchmarks.compare.SmallRuns.inside;
import static org.leash.benchmarks.compare.SmallRuns.row;
import static org.leash.benchmarks.compare.SmallRuns.run;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.record.Derivation;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.record.Roof;
import org.leash.benchmarks.report.TextReport;
import org.leash.benchmarks.selftest.Noise;
import org.leash.benchmarks.selftest.SyntheticRun;
import org.leash.benchmarks.stats.TimeRatio;
import picocli.CommandLine.Help.Ansi;

final class ComparisonTest {
  private static final Noise LOUD = new Noise(0.03, 0.03, 0, 0.001, 0, 0);
  private static final Drift UNMOVED = new Drift(Roof.of(List.of()), Roof.of(List.of()));

  @Test
  void givesEveryVerdictInsideRun() {
    Question question =
        inside(
            run("r")
                .with("entropy", "a", 1e6)
                .withTwin("entropy", "a", 1e6)
                .with("entropy", "faster", 0.9e6)
                .with("entropy", "slower", 1.1e6)
                .with("entropy", "same", 1e6)
                .with("entropy", "near", 1.0099e6)
                .withIncorrect("entropy", "wrong", 0.5e6)
                .record());

    assertThat(row(question, "faster").verdict()).isEqualTo(Verdict.FASTER);
    assertThat(row(question, "faster").changePct()).isEqualTo(-10, within(0.5));
    assertThat(row(question, "slower").verdict()).isEqualTo(Verdict.SLOWER);
    assertThat(row(question, "same").verdict()).isEqualTo(Verdict.SAME);
    assertThat(row(question, "near").verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(row(question, "near").reason()).isEmpty();
    assertThat(row(question, "wrong").verdict()).isEqualTo(Verdict.INCORRECT);
    assertThat(row(question, "wrong").reason()).contains("off by 1");
    assertThat(question.answer().rows()).hasSize(5).allMatch(row -> row.pair().mixed().isEmpty());
    assertThat(question.answer().floor().orElseThrow()).isLessThan(0.003);
  }

  /** ECMA-48's "bold off" underlines twice on many terminals. */
  @Test
  void coloursEndWithReset() {
    Question question = inside(run("r").with("entropy", "a", 1e6).record());

    assertThat(TextReport.of(question, Ansi.ON, 120))
        .contains("\u001b[1mentropy", "\u001b[0m")
        .doesNotContain("\u001b[21m");
  }

  @Test
  void incorrectBaseInvalidatesPair() {
    Question question =
        inside(run("r").withIncorrect("entropy", "a", 1e6).with("entropy", "b", 1e6).record());

    assertThat(row(question, "b").verdict()).isEqualTo(Verdict.INVALID);
    assertThat(row(question, "b").reason()).startsWith("base: INCORRECT");
  }

  @Test
  void contenderInOneRunOnlyIsMissing() {
    Question question =
        between(
            run("r").with("entropy", "a", 1e6).with("entropy", "gone", 1e6).record(),
            run("s").with("entropy", "a", 1e6).with("entropy", "new", 1e6).record());

    assertThat(row(question, "gone").verdict()).isEqualTo(Verdict.MISSING_CAND);
    assertThat(row(question, "new").verdict()).isEqualTo(Verdict.MISSING_BASE);
    assertThat(row(question, "a").effect().orElseThrow().paired()).isFalse();
    assertThat(Comparison.geometricMean(question.answer().rows())).isEmpty();
    assertThat(question.verdicts()).endsWith("1 MISSING_BASE + · 1 MISSING_CAND –");
  }

  @Test
  void baseWithoutCandidateIsNotMissing() {
    Question question =
        inside(
            run("r")
                .with("entropy", "a", 1e6)
                .with("entropy", "b", 2e6)
                .newCase()
                .with("entropy", "a", 1e6)
                .record());

    assertThat(question.verdicts()).isEqualTo("1 SLOWER ▼ · 1 with the base alone");
  }

  @Test
  void singleForkIsInconclusive() {
    Question question =
        inside(
            new SyntheticRun("r", QUIET, 1, 1, 4)
                .newCase()
                .with("entropy", "a", 1e6)
                .with("entropy", "b", 2e6)
                .record());

    assertThat(row(question, "b").verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(row(question, "b").reason()).contains("a single fork");
    assertThat(row(question, "b").forksNeeded()).isEmpty();
  }

  /** Holm's share of the significance (seed 6 tells), and the floor apart from the zone (31). */
  @ParameterizedTest
  @ValueSource(ints = {6, 31})
  void suggestedForksDecide(int seed) {
    List<Pair> pairs =
        inside(
                new SyntheticRun("r", LOUD, seed, 5, 4)
                    .newCase()
                    .with("entropy", "a", 1e6)
                    .with("entropy", "b", 1.06e6)
                    .with("entropy", "c", 1.07e6)
                    .record())
            .answer()
            .rows()
            .stream()
            .map(Compared::pair)
            .toList();

    Compared row =
        Comparison.of(pairs, new Terms(2, 0.05, true), OptionalDouble.of(0.05), UNMOVED)
            .rows()
            .getFirst();

    TimeRatio effect = row.effect().orElseThrow();
    assertThat(row.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(row.adjustedP()).isEqualTo(2 * effect.p());
    assertThat(row.forksNeeded())
        .isPresent()
        .isEqualTo(effect.forksToDecide(Math.log1p(0.02), 0.05, 0.05 / 2));
  }

  /** However lenient one is towards p. */
  @Test
  void intervalWithOneIsNoDifference() {
    Pair pair =
        row(
                between(
                    new SyntheticRun("r", LOUD, 1, 5, 4)
                        .newCase()
                        .with("entropy", "a", 1e6)
                        .record(),
                    new SyntheticRun("s", LOUD, 2, 5, 4)
                        .newCase()
                        .with("entropy", "a", 1.02e6)
                        .record()),
                "a")
            .pair();

    Compared row =
        Comparison.of(List.of(pair), new Terms(0, 0.99, false), OptionalDouble.empty(), UNMOVED)
            .rows()
            .getFirst();

    assertThat(row.effect().orElseThrow().p()).isBetween(0.05, 0.99);
    assertThat(row.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void runEqualsItself() {
    RecordedRun run = run("r").with("entropy", "a", 1e6).record();

    Compared row = row(between(run, run), "a");

    assertThat(row.verdict()).isEqualTo(Verdict.SAME);
    assertThat(row.effect().orElseThrow().paired()).isTrue();
    assertThat(row.changePct()).isZero();
  }

  @Test
  void noiseWidensZone() {
    SyntheticRun run =
        run("r")
            .with("entropy", "a", 1e6)
            .withTwin("entropy", "a", 1.04e6)
            .with("entropy", "b", 1.03e6);

    Question question = inside(run.record());

    assertThat(question.answer().zone()).isEqualTo(Math.log(1.04), within(0.005));
    assertThat(row(question, "b").verdict()).isEqualTo(Verdict.SAME);
    Terms anyway = new Terms(1, 0.05, false);
    assertThat(
            row(
                    Question.inside(
                        run.record(),
                        new Question.Axis("variant", "a"),
                        key -> true,
                        List.of(),
                        anyway),
                    "b")
                .verdict())
        .isEqualTo(Verdict.SLOWER);
  }

  /** At 1508 MHz it takes 0.5 % more cycles, which lies in the zone. */
  @ParameterizedTest
  @ValueSource(doubles = {1500, 1508})
  void clockExplainsDifference(double megahertz) {
    RecordedRun run =
        changed(
            run("r").with("entropy", "a", 1e6).with("entropy", "b", 1.1e6),
            row ->
                row.table() == RunTable.SAMPLES
                    ? row.set("sm_clock_mhz", row.get("variant").equals("a") ? 1650.0 : megahertz)
                    : row);

    assertThat(row(inside(run), "b").verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(row(inside(run), "b").reason()).startsWith("clock");
  }

  @Test
  void warnsOfMixedColumns() {
    RecordedRun other =
        changed(
            run("s").with("entropy", "a", 1e6),
            row ->
                RunTable.SAMPLES.equals(row.table()) || RunTable.CHECKS.equals(row.table())
                    ? row.set("inplace", "true")
                    : row);
    RecordedRun base = run("r").with("entropy", "a", 1e6).record();

    Question question = between(base, other);
    Question allowed =
        Question.between(
            base, other, Optional.empty(), key -> true, List.of("inplace"), Terms.DEFAULT);

    assertThat(row(question, "a").pair().mixed()).containsExactly("inplace");
    assertThat(question.warnings())
        .anyMatch(
            each -> each.contains("mix inplace (false with true)") && each.contains("--allow"));
    assertThat(allowed.warnings()).noneMatch(each -> each.contains("mix"));
  }

  /** Neither by name nor by time, and the twin where the files have it. */
  @Test
  void contendersFollowOrderOfResults() {
    RecordedRun run =
        run("r")
            .with("entropy", "z", 3e6)
            .withTwin("entropy", "z", 3e6)
            .with("entropy", "a", 9e6)
            .newCase()
            .withIncorrect("entropy", "m", 1e6)
            .with("entropy", "b", 2e6)
            .record();

    assertThat(RecordedContender.of(run))
        .extracting(each -> each.key().get("variant") + " " + each.key().get("role"))
        .containsExactly("z candidate", "z null", "a candidate", "m candidate", "b candidate");
    assertThat(RecordedContender.of(run).stream().map(RecordedContender::key))
        .containsExactlyElementsOf(
            Derivation.of(run, "").stream().map(Key::of).distinct().toList());
    assertThat(RecordedContender.of(run))
        .allSatisfy(each -> assertThat(Key.of(each.time())).isEqualTo(each.key()));
  }

  @Test
  void suggestsAnchorIfInconclusive() {
    RecordedRun base =
        new SyntheticRun("r", LOUD, 1, 5, 4).newCase().with("entropy", "a", 1e6).record();
    RecordedRun other =
        new SyntheticRun("s", LOUD, 2, 5, 4).newCase().with("entropy", "a", 1.02e6).record();

    assertThat(between(base, other).warnings()).anyMatch(each -> each.contains("--anchor VARIANT"));
  }

  @Test
  void filterExplainsSyntaxErrors() {
    Key key = run("r").with("entropy", "a", 1e6).record().series().getFirst().key();

    assertThat(Filter.parse("op=log_softmax,entropy").test(key)).isTrue();
    assertThat(Filter.parse("op!=entropy").test(key)).isFalse();
    assertThat(Filter.parse("variant~^a$").test(key)).isTrue();
    assertThat(Filter.parse("cols>=32768").test(key)).isTrue();
    assertThat(Filter.parse("cols<32768").test(key)).isFalse();
    for (String wrong : List.of("op", "flavour=sweet", "variant~(")) {
      assertThatThrownBy(() -> Filter.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> inside(run("r").with("entropy", "b", 1e6).record()))
        .hasMessageContaining("variant=a")
        .hasMessageContaining("[b]");
  }
}
