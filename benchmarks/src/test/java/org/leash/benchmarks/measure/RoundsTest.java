package org.leash.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.measure.FakeCase.Fake;
import org.leash.benchmarks.plan.Effort;
import org.leash.benchmarks.plan.Start;
import org.leash.benchmarks.record.Derivation;
import org.leash.benchmarks.record.RecordedRun;

final class RoundsTest {
  private static List<Row> results(FakeCase openCase) {
    return Derivation.of(RecordedRun.of(openCase.rows), "");
  }

  @Test
  void timesOneBlockPerContenderAndRound() {
    FakeCase openCase = new FakeCase().with(new Fake("a", 1e6)).with(new Fake("b", 2e6)).play();

    for (int round = 1; round <= FakeCase.EFFORT.rounds(); round++) {
      String number = Integer.toString(round);
      List<Row> blocks =
          openCase.rows(RunTable.SAMPLES).stream()
              .filter(row -> row.get("round").equals(number))
              .toList();
      assertThat(blocks).extracting(row -> row.get("variant")).containsExactlyInAnyOrder("a", "b");
      assertThat(blocks).extracting(row -> row.get("slot")).containsExactly("1", "2");
    }
    Set<String> first =
        openCase.rows(RunTable.SAMPLES).stream()
            .filter(row -> row.get("slot").equals("1"))
            .map(row -> row.get("variant"))
            .collect(Collectors.toSet());
    assertThat(first).as("the order changes").containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void poisonsOutputsBeforeAndChecksThemAfter() {
    Fake fake = new Fake("a", 1e6);
    FakeCase openCase = new FakeCase().with(fake).play();

    assertThat(fake.poisoned).isEqualTo(1 + FakeCase.EFFORT.rounds());
    assertThat(fake.restored).isGreaterThanOrEqualTo(1 + FakeCase.EFFORT.rounds());
    assertThat(openCase.rows(RunTable.CHECKS))
        .extracting(row -> row.get("phase"))
        .containsExactly("before", "after");
  }

  @Test
  void wrongContenderHasStatusAndNoTime() {
    Fake wrong =
        new Fake("wrong", 1e5) {
          @Override
          boolean right() {
            return false;
          }
        };
    FakeCase openCase = new FakeCase().with(new Fake("right", 1e6)).with(wrong).play();

    assertThat(openCase.rows(RunTable.SAMPLES, "wrong")).isEmpty();
    Row row = timeOf("wrong", results(openCase));
    assertThat(row.get("status")).isEqualTo("INCORRECT_NUMERICAL");
    assertThat(row.get("center")).isEmpty();
    assertThat(row.get("reason")).contains("logprob").contains("1.00e+00");
    assertThat(timeOf("right", results(openCase)).get("status")).isEqualTo("OK");
  }

  @Test
  void contenderThatTurnsWrongHasNoTime() {
    Fake worn =
        new Fake("worn", 1e5) {
          @Override
          boolean right() {
            return launches < 5;
          }
        };
    FakeCase openCase = new FakeCase().with(worn).play();

    assertThat(openCase.rows(RunTable.SAMPLES, "worn")).isNotEmpty();
    Row row = timeOf("worn", results(openCase));
    assertThat(row.get("status")).isEqualTo("INCORRECT_NUMERICAL");
    assertThat(row.get("center")).isEmpty();
  }

  @Test
  void exceptionConcernsItsContenderOnly() {
    Fake broken =
        new Fake("broken", 1e6) {
          @Override
          public void launch() {
            throw new IllegalStateException("out of order");
          }
        };
    FakeCase openCase = new FakeCase().with(broken).with(new Fake("whole", 1e6)).play();

    Row row = timeOf("broken", results(openCase));
    assertThat(row.get("status")).isEqualTo("RUNTIME_ERROR");
    assertThat(row.get("reason")).contains("out of order");
    assertThat(openCase.rows(RunTable.SAMPLES, "whole")).hasSize(FakeCase.EFFORT.rounds());
  }

  @Test
  void laggardsLeaveEarlyAfterCheck() {
    FakeCase openCase =
        new FakeCase().with(new Fake("fast", 1e5)).with(new Fake("slow", 1e8)).play();

    assertThat(openCase.rows(RunTable.SAMPLES, "slow")).hasSize(Effort.LAGGARD_ROUNDS);
    assertThat(openCase.rows(RunTable.SAMPLES, "fast")).hasSize(FakeCase.EFFORT.rounds());
    assertThat(openCase.rows(RunTable.CHECKS, "slow"))
        .extracting(row -> row.get("phase"))
        .containsExactly("before", "after");
  }

  @Test
  void outOfMemoryHasItsOwnStatus() {
    Fake hungry =
        new Fake("hungry", 1e6) {
          @Override
          public void launch() {
            throw new OutOfMemoryError("5 GB on the device");
          }
        };
    FakeCase openCase = new FakeCase().with(hungry).with(new Fake("whole", 1e6)).play();

    assertThat(timeOf("hungry", results(openCase)).get("status")).isEqualTo("OOM");
    assertThat(timeOf("whole", results(openCase)).get("status")).isEqualTo("OK");
  }

  @Test
  void resumesCaseAfterItsRounds() {
    FakeCase openCase = new FakeCase().with(new Fake("a", 1e6)).with(new Fake("b", 1e6));

    Rounds.play(openCase, FakeCase.EFFORT, new Start(2, 9, 4, 6), openCase.rows::add);

    assertThat(openCase.rows(RunTable.SAMPLES, "a"))
        .extracting(row -> row.get("round"))
        .containsExactly("6", "7");
    assertThat(openCase.rows(RunTable.SAMPLES)).allMatch(row -> row.get("fork").equals("2"));
    assertThat(openCase.rows(RunTable.CHECKS, "a"))
        .extracting(row -> row.get("phase"))
        .containsExactly("before", "after");
  }

  @Test
  void capEndsCaseWithCheck() {
    Effort capped = new Effort(1, 6, 0, 1, 0, 1);
    FakeCase openCase = new FakeCase().with(new Fake("a", 1e6));

    Rounds.play(openCase, capped, Start.first(1, 1), openCase.rows::add);

    assertThat(openCase.rows(RunTable.SAMPLES)).hasSize(1);
    assertThat(openCase.rows(RunTable.CHECKS))
        .extracting(row -> row.get("phase"))
        .containsExactly("before", "after");
    assertThat(openCase.rows(RunTable.EVENTS))
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
