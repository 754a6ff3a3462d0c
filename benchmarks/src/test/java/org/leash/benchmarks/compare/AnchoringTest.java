package org.leash.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.leash.benchmarks.compare.SmallRuns.anchored;
import static org.leash.benchmarks.compare.SmallRuns.between;
import static org.leash.benchmarks.compare.SmallRuns.row;
import static org.leash.benchmarks.compare.SmallRuns.run;

import org.junit.jupiter.api.Test;
import org.leash.benchmarks.record.RecordedRun;

/** Two runs whose times are told as multiples of an anchor's. */
final class AnchoringTest {
  /** The candidate's machine is 5 % slower throughout, and the variant itself by 3 %. */
  @Test
  void anchorCancelsMachine() {
    RecordedRun base = run("r").with("entropy", "a", 1e6).with("entropy", "fixed", 4e6).record();
    RecordedRun other =
        run("s").with("entropy", "a", 1.05 * 1.03e6).with("entropy", "fixed", 1.05 * 4e6).record();

    Question question = anchored(base, other, "fixed");

    assertThat(row(question, "a").verdict()).isEqualTo(Verdict.SLOWER);
    assertThat(row(question, "a").changePct()).isEqualTo(3, within(0.5));
    assertThat(row(between(base, other), "a").changePct()).isEqualTo(8.15, within(0.5));
    assertThat(row(question, "fixed").changePct()).isEqualTo(5, within(0.5));
    assertThat(question.warnings())
        .anyMatch(each -> each.contains("assuming that its code is the same"))
        .anyMatch(each -> each.startsWith("fixed itself has changed in 1 cases"));
  }

  @Test
  void rejectsAnchorMissingFromRun() {
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
  void ignoresAnchorWithoutTime() {
    RecordedRun base = run("r").with("entropy", "a", 1e6).with("entropy", "fixed", 4e6).record();
    RecordedRun other =
        run("s").with("entropy", "a", 1.2e6).withIncorrect("entropy", "fixed", 8e6).record();

    Question question = anchored(base, other, "fixed");

    assertThat(row(question, "a").changePct()).isEqualTo(20, within(0.5));
    assertThat(row(question, "fixed").verdict()).isEqualTo(Verdict.INCORRECT);
    assertThat(question.warnings())
        .contains("1 of 1 pairs have no time of fixed; their own times are compared")
        .noneMatch(each -> each.contains("multiples"));
    assertThat(anchored(other, base, "fixed").warnings()).isEqualTo(question.warnings());
  }

  /** 20 ns are more than the machine can read in: the time is not to be believed. */
  @Test
  void ignoresAnchorAboveCeiling() {
    RecordedRun base = run("r").with("entropy", "a", 1e6).with("entropy", "fixed", 20).record();
    RecordedRun other = run("s").with("entropy", "a", 1.2e6).with("entropy", "fixed", 40).record();

    assertThat(row(anchored(base, other, "fixed"), "a").changePct()).isEqualTo(20, within(0.5));
  }

  @Test
  void comparesAnchorByItsOwnTime() {
    RecordedRun base = run("r").with("entropy", "fixed", 4e6).record();
    RecordedRun other = run("s").with("entropy", "fixed", 5e6).record();

    Question question = anchored(base, other, "fixed");

    assertThat(row(question, "fixed").verdict()).isEqualTo(Verdict.SLOWER);
    assertThat(question.warnings())
        .noneMatch(each -> each.contains("multiples"))
        .anyMatch(each -> each.startsWith("fixed itself has changed in 1 cases"));
  }

  @Test
  void rejectsNullContenderAsAnchor() {
    RecordedRun base =
        run("r")
            .withTwin("entropy", "fixed", 8e6)
            .with("entropy", "a", 1e6)
            .with("entropy", "fixed", 4e6)
            .record();
    RecordedRun other =
        run("s")
            .withTwin("entropy", "fixed", 2e6)
            .with("entropy", "a", 1.2e6)
            .with("entropy", "fixed", 4e6)
            .record();

    assertThat(row(anchored(base, other, "fixed"), "a").changePct()).isEqualTo(20, within(0.5));
  }

  /** Names come from files, and warnings go to terminals. */
  @Test
  void warningsHaveNoControlCharacters() {
    String name = "fixed\u001b[2J";
    RecordedRun base = run("r").with("entropy", "a", 1e6).with("entropy", name, 4e6).record();

    assertThat(anchored(base, base, name).warnings())
        .anyMatch(each -> each.contains("fixed\uFFFD[2J"))
        .noneMatch(each -> each.contains("\u001b"));
  }
}
