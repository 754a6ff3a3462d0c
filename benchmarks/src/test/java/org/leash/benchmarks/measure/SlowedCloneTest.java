package org.leash.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.leash.benchmarks.csv.Table;

final class SlowedCloneTest {
  @Test
  void takesLongerThanItsOriginalAndGoesByAnotherName() {
    SlowedClone clone = new SlowedClone(new FakeContest.Fake("a", 2e5), SlowedClone.parse("a:50"));
    SlowedClone equal = new SlowedClone(new FakeContest.Fake("b", 2e5), SlowedClone.parse("b:0"));

    FakeContest contest = new FakeContest().with(clone).with(equal).play();

    assertThat(contest.rows(Table.SAMPLES, "a.clone"))
        .isNotEmpty()
        .allMatch(row -> row.number("time_ns") >= 3e5);
    assertThat(contest.rows(Table.SAMPLES, "b.clone"))
        .isNotEmpty()
        .allMatch(row -> row.number("time_ns") == 2e5);
  }

  @Test
  void saysHowToAskForOne() {
    assertThatThrownBy(() -> SlowedClone.parse("native-avx2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("VARIANT:PERCENT");
  }
}
