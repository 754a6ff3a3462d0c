package org.leash.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Table;
import org.leash.benchmarks.input.Case;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.input.Distribution;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Task;
import org.leash.binding.LeashLibrary;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.DeviceId;
import org.leash.device.DeviceKind;

/**
 * The gpu suite's contests, on a CPU device and, in a run of its own with the system property
 * {@code leash.test.device}, on an emulated GPU.
 */
final class DeviceContestTest {
  private static final DeviceId ID = DeviceId.parse(System.getProperty("leash.test.device", "cpu"));
  private static final int VOCAB = 517;

  private Device home;
  private Device device;

  @BeforeEach
  void open() {
    assumeTrue(LeashLibrary.isLoaded(), "no native library");
    home = Device.cpu(2);
    device = ID.open();
  }

  @AfterEach
  void close() {
    if (home != null) {
      device.close();
      home.close();
    }
  }

  private static Case described(Task task, DType dtype, int rows) {
    return new Case(task, dtype, rows, VOCAB, Distribution.PEAKED, Case.ON_GPU);
  }

  private DeviceContest contest(Case described, Inputs inputs, List<String> skipped) {
    return new DeviceContest(
        Suite.GPU,
        Setting.PLAIN,
        described,
        device,
        inputs,
        name -> !name.equals("native-portable"),
        (name, reason) -> skipped.add(name + ": " + reason));
  }

  @ParameterizedTest
  @EnumSource
  void everyVariantComputesTheTask(Task task) {
    // Rows that repeat the drawn ones, and fewer than them.
    int rows = task == Task.POLICY_GRADIENT ? 256 : 8;
    Case described = described(task, task == Task.ENTROPY ? DType.F16 : DType.F32, rows);
    List<String> skipped = new ArrayList<>();
    try (Inputs inputs = Inputs.of(home, described.drawn());
        DeviceContest contest = contest(described, inputs, skipped)) {
      Set<String> names =
          contest.contenders().stream()
              .map(each -> each.identity().variant())
              .collect(Collectors.toSet());
      assertThat(names)
          .contains(ID.kind() == DeviceKind.CPU ? "native-avx2" : "native-naive")
          .doesNotContain("native-portable");
      for (Contender contender : contest.contenders()) {
        contender.poison();
        double nanos = contender.time(2 <= contender.launchesPerBlock() ? 2 : 1);
        assertThat(nanos).isPositive();
        assertThat(contender.check())
            .as(contender.identity().toString())
            .isNotEmpty()
            .allMatch(Check::passed);
        contender.restore();
        // Once more on restored logits.
        contender.poison();
        contender.launch();
        assertThat(contender.check()).allMatch(Check::passed);
        contender.restore();
      }
    }
  }

  @Test
  void aLaunchThatComputesNothingFailsItsChecks() {
    Case described = described(Task.POLICY_GRADIENT, DType.BF16, 4);
    try (Inputs inputs = Inputs.of(home, described.drawn());
        DeviceContest contest = contest(described, inputs, new ArrayList<>())) {
      Contender contender = contest.contenders().getFirst();
      contender.poison();
      assertThat(contender.check()).noneMatch(Check::passed);
    }
  }

  @Test
  void keysAreThoseOfAGpu() {
    Case described = described(Task.POLICY_GRADIENT, DType.BF16, 4);
    try (Inputs inputs = Inputs.of(home, described.drawn());
        DeviceContest contest = contest(described, inputs, new ArrayList<>())) {
      var key = contest.key(contest.contenders().getFirst().identity());
      assertThat(key.get("timing")).isEqualTo("event");
      assertThat(key.get("device")).isEqualTo("cuda:0");
      assertThat(key.get("inplace")).isEqualTo("true");
      assertThat(key.get("params")).isEqualTo("streams=1");
      assertThat(key.contest()).isEqualTo(CaseKey.forPeers(Suite.GPU, described).contest());
    }
  }

  @Test
  void refusesRowsThatAreNoMultipleOfTheDrawn() {
    Case described = described(Task.ENTROPY, DType.F32, 200);
    try (Inputs inputs = Inputs.of(home, described.drawn())) {
      assertThatThrownBy(() -> new DeviceWorkload(device, described, inputs))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("200 rows");
    }
  }

  @Test
  void ceilingsOfAGpuBoundItsCases() {
    assumeTrue(ID.kind() == DeviceKind.CUDA, "these are a GPU's");
    FakeContest sink = new FakeContest();
    DeviceCeilings.measure(device, "streams=1", 1, sink, 1 << 17);
    assertThat(sink.rows)
        .allMatch(row -> row.table() == Table.CEILINGS)
        .allMatch(row -> row.get("params").equals("streams=1"))
        .allMatch(row -> row.number("rate") > 0)
        .extracting((Row row) -> row.get("kind"))
        .containsExactly("read", "copy", "update", "event_floor");
  }
}
