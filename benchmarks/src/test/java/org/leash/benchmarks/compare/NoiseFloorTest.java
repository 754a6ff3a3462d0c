package org.leash.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.leash.benchmarks.compare.SmallRuns.changed;
import static org.leash.benchmarks.compare.SmallRuns.run;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.leash.benchmarks.csv.ResultStatus;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.record.RecordedRun;

final class NoiseFloorTest {
  private static NoiseFloor floor(RecordedRun run) {
    return NoiseFloor.of(RecordedContender.of(run));
  }

  /** Of distances 0 and 4 % the 95th percentile is 3.8 %, on whatever side they lie. */
  @Test
  void isQuantileOfTwinDistances() {
    for (double factor : List.of(0.96, 1 / 0.96)) {
      NoiseFloor floor =
          floor(
              run("r")
                  .with("entropy", "a", 1e6)
                  .withTwin("entropy", "a", 1e6)
                  .newCase()
                  .with("entropy", "a", 1e6)
                  .withTwin("entropy", "a", factor * 1e6)
                  .record());

      assertThat(floor.distance().orElseThrow()).isEqualTo(-0.95 * Math.log(0.96), within(0.003));
    }
  }

  @Test
  void isUnknownWithoutCorrectTwins() {
    RecordedRun wrongOriginal =
        run("r").withIncorrect("entropy", "a", 1e6).withTwin("entropy", "a", 1e6).record();
    RecordedRun wrongTwin =
        changed(
            run("r").with("entropy", "a", 1e6).withTwin("entropy", "a", 1e6),
            row ->
                row.table() == RunTable.CHECKS && row.get("role").equals("null")
                    ? row.set("status", ResultStatus.INCORRECT_NUMERICAL)
                    : row);

    assertThat(floor(wrongOriginal).distance()).isEmpty();
    assertThat(floor(wrongTwin).distance()).isEmpty();
    assertThat(floor(run("r").with("entropy", "a", 1e6).record()).distance()).isEmpty();
  }
}
