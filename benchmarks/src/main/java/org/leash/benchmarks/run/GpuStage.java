package org.leash.benchmarks.run;

import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.leash.UnavailableException;
import org.leash.benchmarks.input.Case;
import org.leash.benchmarks.input.Inputs;
import org.leash.device.Device;
import org.leash.device.DeviceId;
import org.leash.device.DeviceKind;
import org.leash.kernel.Catalogue;

/**
 * Where the gpu suite is played: the first GPU, opened when it is first asked for, and the inputs
 * that successive cases share.
 */
final class GpuStage implements AutoCloseable {
  /** What the keys of its cases say. */
  static final DeviceId GPU = new DeviceId(DeviceKind.CUDA, 0);

  private final Suite suite;
  private final Setting setting;
  private final Device home;
  private Device device;
  private Inputs inputs;
  private Case drawn;

  /**
   * @param home where inputs are drawn
   */
  GpuStage(Suite suite, Setting setting, Device home) {
    this.suite = suite;
    this.setting = setting;
    this.home = home;
  }

  /**
   * Measures what the GPU can do.
   *
   * @throws UnavailableException there is none
   */
  void measureCeilings(int fork, Sink sink) {
    DeviceCeilings.measure(device(), CaseKey.GPU_PARAMS, fork, sink);
  }

  /**
   * A contest on a case.
   *
   * @param skipped is told which variants were left out and why; with the name "all", all of them
   * @return empty where the case cannot be played, or nobody is chosen
   */
  Optional<Contest> open(
      Case described, Predicate<String> chosen, BiConsumer<String, String> skipped) {
    try {
      if (Catalogue.of(device()).variants().stream()
          .noneMatch(
              variant ->
                  variant.operation() == described.task().operation()
                      && chosen.test(variant.name()))) {
        return Optional.empty();
      }
      Inputs shared = inputs(described.drawn());
      return Optional.of(
          new DeviceContest(suite, setting, described, device(), shared, chosen, skipped));
    } catch (UnavailableException | OutOfMemoryError e) {
      skipped.accept("all", e.getMessage());
      return Optional.empty();
    }
  }

  private Device device() {
    if (device == null) {
      device = GPU.open();
    }
    return device;
  }

  private Inputs inputs(Case wanted) {
    if (drawn == null || !wanted.sharesInputs(drawn)) {
      closeInputs();
      inputs = Inputs.of(home, wanted);
      drawn = wanted;
    }
    return inputs;
  }

  private void closeInputs() {
    if (inputs != null) {
      inputs.close();
      inputs = null;
      drawn = null;
    }
  }

  @Override
  public void close() {
    closeInputs();
    if (device != null) {
      device.close();
    }
  }
}
