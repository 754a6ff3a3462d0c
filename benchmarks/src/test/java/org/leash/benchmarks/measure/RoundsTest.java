package org.leash.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Table;
import org.leash.benchmarks.data.RecordedRun;
import org.leash.benchmarks.run.FakeContest.Fake;

final class RoundsTest {
  private static List<Row> results(FakeContest contest) {
    return Derivation.of(RecordedRun.of(contest.rows), "");
  }

  @Test
  void everyoneHasOneBlockInEveryRound() {
    FakeContest contest =
        new FakeContest().with(new Fake("a", 1e6)).with(new Fake("b", 2e6)).play();

    for (int round = 1; round <= FakeContest.EFFORT.rounds(); round++) {
      String number = Integer.toString(round);
      List<Row> blocks =
          contest.rows(Table.SAMPLES).stream()
              .filter(row -> row.get("round").equals(number))
              .toList();
      assertThat(blocks).extracting(row -> row.get("variant")).containsExactlyInAnyOrder("a", "b");
      assertThat(blocks).extracting(row -> row.get("slot")).containsExactly("1", "2");
    }
    Set<String> first =
        contest.rows(Table.SAMPLES).stream()
            .filter(row -> row.get("slot").equals("1"))
            .map(row -> row.get("variant"))
            .collect(Collectors.toSet());
    assertThat(first).as("the order changes").containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void outputsAreSpoiledBeforeAndCheckedAfterwards() {
    Fake fake = new Fake("a", 1e6);
    FakeContest contest = new FakeContest().with(fake).play();

    assertThat(fake.poisoned).isEqualTo(1 + FakeContest.EFFORT.rounds());
    assertThat(fake.restored).isGreaterThanOrEqualTo(1 + FakeContest.EFFORT.rounds());
    assertThat(contest.rows(Table.CHECKS))
        .extracting(row -> row.get("phase"))
        .containsExactly("before", "after");
  }

  @Test
  void aWrongKernelHasAStatusAndNoTime() {
    Fake wrong =
        new Fake("wrong", 1e5) {
          @Override
          boolean right() {
            return false;
          }
        };
    FakeContest contest = new FakeContest().with(new Fake("right", 1e6)).with(wrong).play();

    assertThat(contest.rows(Table.SAMPLES, "wrong")).isEmpty();
    Row row = timeOf("wrong", results(contest));
    assertThat(row.get("status")).isEqualTo("INCORRECT_NUMERICAL");
    assertThat(row.get("center")).isEmpty();
    assertThat(row.get("reason")).contains("logprob").contains("1.00e+00");
    assertThat(timeOf("right", results(contest)).get("status")).isEqualTo("OK");
  }

  @Test
  void aKernelThatGoesWrongWhileItIsTimedHasNoTimeEither() {
    Fake worn =
        new Fake("worn", 1e5) {
          @Override
          boolean right() {
            return launches < 5;
          }
        };
    FakeContest contest = new FakeContest().with(worn).play();

    assertThat(contest.rows(Table.SAMPLES, "worn")).isNotEmpty();
    Row row = timeOf("worn", results(contest));
    assertThat(row.get("status")).isEqualTo("INCORRECT_NUMERICAL");
    assertThat(row.get("center")).isEmpty();
  }

  @Test
  void anExceptionConcernsOneContenderOnly() {
    Fake broken =
        new Fake("broken", 1e6) {
          @Override
          public void launch() {
            throw new IllegalStateException("out of order");
          }
        };
    FakeContest contest = new FakeContest().with(broken).with(new Fake("whole", 1e6)).play();

    Row row = timeOf("broken", results(contest));
    assertThat(row.get("status")).isEqualTo("RUNTIME_ERROR");
    assertThat(row.get("reason")).contains("out of order");
    assertThat(contest.rows(Table.SAMPLES, "whole")).hasSize(FakeContest.EFFORT.rounds());
  }

  @Test
  void laggardsLeaveEarlyButAreChecked() {
    FakeContest contest =
        new FakeContest().with(new Fake("fast", 1e5)).with(new Fake("slow", 1e8)).play();

    assertThat(contest.rows(Table.SAMPLES, "slow")).hasSize(Effort.LAGGARD_ROUNDS);
    assertThat(contest.rows(Table.SAMPLES, "fast")).hasSize(FakeContest.EFFORT.rounds());
    assertThat(contest.rows(Table.CHECKS, "slow"))
        .extracting(row -> row.get("phase"))
        .containsExactly("before", "after");
  }

  @Test
  void wantOfMemoryHasAStatusOfItsOwn() {
    Fake hungry =
        new Fake("hungry", 1e6) {
          @Override
          public void launch() {
            throw new OutOfMemoryError("5 GB on the device");
          }
        };
    FakeContest contest = new FakeContest().with(hungry).with(new Fake("whole", 1e6)).play();

    assertThat(timeOf("hungry", results(contest)).get("status")).isEqualTo("OOM");
    assertThat(timeOf("whole", results(contest)).get("status")).isEqualTo("OK");
  }

  @Test
  void anEntryThatWasBrokenOffGoesOnBehindItsRounds() {
    FakeContest contest = new FakeContest().with(new Fake("a", 1e6)).with(new Fake("b", 1e6));

    Rounds.play(contest, FakeContest.EFFORT, new Turn(2, 9, 4, 6), contest);

    assertThat(contest.rows(Table.SAMPLES, "a"))
        .extracting(row -> row.get("round"))
        .containsExactly("6", "7");
    assertThat(contest.rows(Table.SAMPLES)).allMatch(row -> row.get("fork").equals("2"));
    assertThat(contest.rows(Table.CHECKS, "a"))
        .extracting(row -> row.get("phase"))
        .containsExactly("before", "after");
  }

  @Test
  void anEntryThatTakesTooLongEndsWithACheck() {
    Effort capped = FakeContest.EFFORT.withCap(0);
    FakeContest contest = new FakeContest().with(new Fake("a", 1e6));

    Rounds.play(contest, capped, Turn.first(1, 1), contest);

    assertThat(contest.rows(Table.SAMPLES)).hasSize(1);
    assertThat(contest.rows(Table.CHECKS))
        .extracting(row -> row.get("phase"))
        .containsExactly("before", "after");
    assertThat(contest.rows(Table.EVENTS))
        .extracting(row -> row.get("kind"))
        .containsExactly("time_cap");
  }

  private static Row timeOf(String variant, List<Row> results) {
    return results.stream()
        .filter(row -> row.get("variant").equals(variant))
        .filter(row -> row.get("metric").equals("wall_sync_time"))
        .findFirst()
        .orElseThrow();
  }
}
