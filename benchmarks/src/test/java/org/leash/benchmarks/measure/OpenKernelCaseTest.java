package org.leash.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Table;
import org.leash.benchmarks.input.Case;
import org.leash.benchmarks.input.Distribution;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Task;
import org.leash.device.DType;
import org.leash.device.Device;

/** The real variants through the whole of a fork's work, on little data. */
final class KernelContestTest {
  private static final Effort EFFORT = new Effort(1, 2, 1, 1);

  private static final class Kept implements Sink {
    private final List<Row> rows = new ArrayList<>();

    @Override
    public void append(Row row) {
      rows.add(row);
    }

    @Override
    public void event(String kind, String subject, String detail) {}

    @Override
    public void atWork(Contender.Identity identity) {}
  }

  @ParameterizedTest
  @EnumSource
  void everyAvailableVariantIsTimedAndRight(Task task) {
    Case described = new Case(task, DType.F32, 33, 50257, Distribution.PEAKED, 2);
    List<String> skipped = new ArrayList<>();
    Kept kept = new Kept();
    try (Device home = Device.cpu();
        Inputs inputs = Inputs.of(home, described);
        KernelContest contest =
            new KernelContest(
                Suite.QUICK,
                Setting.PLAIN,
                described,
                home,
                inputs,
                variant -> true,
                (variant, reason) -> skipped.add(variant + ": " + reason))) {
      Rounds.play(contest, EFFORT, Turn.first(1, 1), kept);
      assertThat(contest.contenders())
          .extracting(each -> each.identity().variant())
          .contains("java-scalar");
      assertThat(contest.contenders().size() + skipped.size()).isGreaterThanOrEqualTo(5);
    }
    List<Row> checks = kept.rows.stream().filter(row -> row.table() == Table.CHECKS).toList();
    assertThat(checks).isNotEmpty();
    assertThat(checks)
        .filteredOn(row -> !row.get("status").equals("OK"))
        .as("checks that failed")
        .isEmpty();
    assertThat(skipped).allMatch(each -> each.length() > "native-avx512: ".length());
  }
}
