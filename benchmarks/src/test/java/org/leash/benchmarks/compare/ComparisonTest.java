package org.leash.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Table;
import org.leash.benchmarks.data.RecordedRun;
import org.leash.benchmarks.run.Derivation;
import org.leash.benchmarks.selftest.Noise;
import org.leash.benchmarks.selftest.SyntheticRun;

final class ComparisonTest {
  private static final Noise QUIET = new Noise(0.001, 0.001, 0, 0.001, 0, 0);

  private static SyntheticRun run(String id) {
    return new SyntheticRun(id, QUIET, id.hashCode(), 5, 4).newCase();
  }

  private static Question inside(RecordedRun run) {
    return Question.inside(
        run, new Question.Axis("variant", "a"), key -> true, List.of(), Terms.DEFAULT);
  }

  private static Question between(RecordedRun base, RecordedRun candidate) {
    return Question.between(
        base, candidate, Optional.empty(), key -> true, List.of(), Terms.DEFAULT);
  }

  private static Question anchored(RecordedRun base, RecordedRun candidate, String anchor) {
    return Question.between(
        base, candidate, Optional.of(anchor), key -> true, List.of(), Terms.DEFAULT);
  }

  private static Compared of(Question question, String variant) {
    return question.answer().rows().stream()
        .filter(row -> row.pair().key().get("variant").equals(variant))
        .findFirst()
        .orElseThrow();
  }

  /** A run whose rows are changed one by one; null drops a row. */
  private static RecordedRun changed(SyntheticRun run, UnaryOperator<Row> change) {
    List<Row> rows = new ArrayList<>();
    for (Row row : run.rows()) {
      Row other = change.apply(row);
      if (other != null) {
        rows.add(other);
      }
    }
    return RecordedRun.of(rows);
  }

  @Test
  void everyVerdictInsideARun() {
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

    assertThat(of(question, "faster").verdict()).isEqualTo(Verdict.FASTER);
    assertThat(of(question, "faster").changePct()).isEqualTo(-10, within(0.5));
    assertThat(of(question, "slower").verdict()).isEqualTo(Verdict.SLOWER);
    assertThat(of(question, "same").verdict()).isEqualTo(Verdict.SAME);
    assertThat(of(question, "near").verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(of(question, "wrong").verdict()).isEqualTo(Verdict.INCORRECT);
    assertThat(of(question, "wrong").reason()).contains("off by 1");
    assertThat(question.answer().rows()).hasSize(5).allMatch(row -> row.pair().mixed().isEmpty());
    assertThat(question.answer().floor().orElseThrow()).isLessThan(0.003);
  }

  @Test
  void anIncorrectBaseInvalidates() {
    Question question =
        inside(run("r").withIncorrect("entropy", "a", 1e6).with("entropy", "b", 1e6).record());

    assertThat(of(question, "b").verdict()).isEqualTo(Verdict.INVALID);
    assertThat(of(question, "b").reason()).startsWith("base: INCORRECT");
  }

  @Test
  void whatOneOfTwoRunsLacksIsMissing() {
    Question question =
        between(
            run("r").with("entropy", "a", 1e6).with("entropy", "gone", 1e6).record(),
            run("s").with("entropy", "a", 1e6).with("entropy", "new", 1e6).record());

    assertThat(of(question, "gone").verdict()).isEqualTo(Verdict.MISSING_CAND);
    assertThat(of(question, "new").verdict()).isEqualTo(Verdict.MISSING_BASE);
    assertThat(of(question, "a").effect().orElseThrow().paired()).isFalse();
    assertThat(Comparison.geometricMean(question.answer().rows())).isEmpty();
  }

  @Test
  void aRunIsTheSameAsItself() {
    RecordedRun run = run("r").with("entropy", "a", 1e6).record();

    Compared row = of(between(run, run), "a");

    assertThat(row.verdict()).isEqualTo(Verdict.SAME);
    assertThat(row.effect().orElseThrow().paired()).isTrue();
    assertThat(row.changePct()).isZero();
  }

  @Test
  void theZoneIsNeverNarrowerThanTheNoise() {
    SyntheticRun run =
        run("r")
            .with("entropy", "a", 1e6)
            .withTwin("entropy", "a", 1.04e6)
            .with("entropy", "b", 1.03e6);

    Question question = inside(run.record());

    assertThat(question.answer().zone()).isEqualTo(Math.log(1.04), within(0.005));
    assertThat(of(question, "b").verdict()).isEqualTo(Verdict.SAME);
    Terms anyway = new Terms(1, 0.05, false);
    assertThat(
            of(
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

  @Test
  void aDifferenceThatOnlyTheClockMakesDoesNotCount() {
    RecordedRun run =
        changed(
            run("r").with("entropy", "a", 1e6).with("entropy", "b", 1.1e6),
            row ->
                row.table() == Table.SAMPLES
                    ? row.set("sm_clock_mhz", row.get("variant").equals("a") ? 1650.0 : 1500.0)
                    : row);

    assertThat(of(inside(run), "b").verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(of(inside(run), "b").reason()).startsWith("clock");
  }

  @Test
  void warnsOfColumnsThatWereMixed() {
    RecordedRun other =
        changed(
            run("s").with("entropy", "a", 1e6),
            row ->
                Table.SAMPLES.equals(row.table()) || Table.CHECKS.equals(row.table())
                    ? row.set("inplace", "true")
                    : row);
    RecordedRun base = run("r").with("entropy", "a", 1e6).record();

    Question question = between(base, other);
    Question allowed =
        Question.between(
            base, other, Optional.empty(), key -> true, List.of("inplace"), Terms.DEFAULT);

    assertThat(of(question, "a").pair().mixed()).containsExactly("inplace");
    assertThat(question.warnings())
        .anyMatch(
            each -> each.contains("mix inplace (false with true)") && each.contains("--allow"));
    assertThat(allowed.warnings()).noneMatch(each -> each.contains("mix"));
  }

  /** The candidate's machine is 5 % slower throughout, and the variant itself by 3 %. */
  @Test
  void multiplesOfAnAnchorAreFreeOfTheMachine() {
    RecordedRun base = run("r").with("entropy", "a", 1e6).with("entropy", "fixed", 4e6).record();
    RecordedRun other =
        run("s").with("entropy", "a", 1.05 * 1.03e6).with("entropy", "fixed", 1.05 * 4e6).record();

    Question question = anchored(base, other, "fixed");

    assertThat(of(question, "a").verdict()).isEqualTo(Verdict.SLOWER);
    assertThat(of(question, "a").changePct()).isEqualTo(3, within(0.5));
    assertThat(of(between(base, other), "a").changePct()).isEqualTo(8.15, within(0.5));
    assertThat(of(question, "fixed").changePct()).isEqualTo(5, within(0.5));
    assertThat(question.warnings())
        .anyMatch(each -> each.contains("on trust that it is the same code"))
        .anyMatch(each -> each.startsWith("fixed itself takes another time in 1 cases"));
  }

  @Test
  void anAnchorHasToBeInBothRuns() {
    RecordedRun with = run("r").with("entropy", "a", 1e6).with("entropy", "fixed", 4e6).record();
    RecordedRun without = run("s").with("entropy", "a", 1e6).record();

    assertThatThrownBy(() -> anchored(with, without, "fixed"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--anchor: run s has no fixed; it has [a]");
    assertThatThrownBy(() -> anchored(without, with, "fixed"))
        .hasMessage("--anchor: run s has no fixed; it has [a]");
  }

  /** A wrong result of the anchor is the gate's to judge, and no reason to compare nothing. */
  @Test
  void anAnchorWithoutATimeIsNoAnchor() {
    RecordedRun base = run("r").with("entropy", "a", 1e6).with("entropy", "fixed", 4e6).record();
    RecordedRun other =
        run("s").with("entropy", "a", 1.2e6).withIncorrect("entropy", "fixed", 8e6).record();

    Question question = anchored(base, other, "fixed");

    assertThat(of(question, "a").changePct()).isEqualTo(20, within(0.5));
    assertThat(of(question, "fixed").verdict()).isEqualTo(Verdict.INCORRECT);
    assertThat(question.warnings())
        .contains("1 of 1 pairs have no time of fixed: their times are compared as they are")
        .noneMatch(each -> each.contains("multiples"));
  }

  /** 20 ns are more than the machine can read in: the time is not to be believed. */
  @Test
  void anAnchorBeyondTheCeilingIsNoAnchor() {
    RecordedRun base = run("r").with("entropy", "a", 1e6).with("entropy", "fixed", 20).record();
    RecordedRun other = run("s").with("entropy", "a", 1.2e6).with("entropy", "fixed", 40).record();

    assertThat(of(anchored(base, other, "fixed"), "a").changePct()).isEqualTo(20, within(0.5));
  }

  @Test
  void anAnchorAloneIsComparedAsItIs() {
    RecordedRun base = run("r").with("entropy", "fixed", 4e6).record();
    RecordedRun other = run("s").with("entropy", "fixed", 5e6).record();

    Question question = anchored(base, other, "fixed");

    assertThat(of(question, "fixed").verdict()).isEqualTo(Verdict.SLOWER);
    assertThat(question.warnings())
        .noneMatch(each -> each.contains("multiples"))
        .anyMatch(each -> each.startsWith("fixed itself takes another time in 1 cases"));
  }

  /** Neither by name nor by time, and the twin where the files have it. */
  @Test
  void contestantsComeInTheOrderOfTheResults() {
    RecordedRun run =
        run("r")
            .with("entropy", "z", 3e6)
            .withTwin("entropy", "z", 3e6)
            .with("entropy", "a", 9e6)
            .newCase()
            .withIncorrect("entropy", "m", 1e6)
            .with("entropy", "b", 2e6)
            .record();

    assertThat(Contestant.of(run))
        .extracting(each -> each.key().get("variant") + " " + each.key().get("role"))
        .containsExactly("z candidate", "z null", "a candidate", "m candidate", "b candidate");
    assertThat(Contestant.of(run).stream().map(Contestant::key))
        .containsExactlyElementsOf(
            Derivation.of(run, "").stream().map(Key::of).distinct().toList());
    assertThat(Contestant.of(run))
        .allSatisfy(each -> assertThat(Key.of(each.time())).isEqualTo(each.key()));
  }

  @Test
  void twoRunsThatLeaveItOpenSayWhatHasMorePower() {
    Noise loud = new Noise(0.03, 0.001, 0, 0.001, 0, 0);
    RecordedRun base =
        new SyntheticRun("r", loud, 1, 5, 4).newCase().with("entropy", "a", 1e6).record();
    RecordedRun other =
        new SyntheticRun("s", loud, 2, 5, 4).newCase().with("entropy", "a", 1.02e6).record();

    assertThat(between(base, other).warnings()).anyMatch(each -> each.contains("--anchor VARIANT"));
  }

  @Test
  void filtersSayWhatTheyDoNotUnderstand() {
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
