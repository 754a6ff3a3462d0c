package org.leash.benchmarks.run;

import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.leash.UnavailableException;
import org.leash.benchmarks.input.Case;
import org.leash.benchmarks.input.Inputs;
import org.leash.binding.LeashLibrary;
import org.leash.device.Device;
import org.leash.device.DeviceKind;

/** The stage for real contests. */
final class Machine implements Stage {
  private final Suite suite;
  private final Setting setting;
  private final Device home = Device.cpu();
  private final GpuStage gpu;
  private Inputs inputs;
  private Case drawn;

  Machine(Suite suite, Setting setting) {
    this.suite = suite;
    this.setting = setting;
    gpu = new GpuStage(suite, setting, home);
  }

  @Override
  public void measureCeilings(Fork fork, Sink sink) {
    if (!LeashLibrary.isLoaded()) {
      sink.event("no_ceilings", "ceilings", LeashLibrary.unavailable());
      return;
    }
    if (suite.device() == DeviceKind.CUDA) {
      try {
        gpu.measureCeilings(fork.number(), sink);
      } catch (UnavailableException e) {
        sink.event("no_ceilings", "ceilings", e.getMessage());
      }
      return;
    }
    for (int threads : fork.plan().threads()) {
      Ceilings.measure(home, threads, setting.params(threads), fork.number(), sink);
    }
  }

  @Override
  public Optional<Contest> open(
      Plan.Entry entry, Predicate<String> chosen, BiConsumer<String, String> skipped) {
    return switch (entry) {
      case Plan.Entry.Kernels(Case described) ->
          Optional.of(
              new KernelContest(
                  suite, setting, described, home, inputs(described), chosen, skipped));
      case Plan.Entry.OnGpu(Case described) -> gpu.open(described, chosen, skipped);
      case Plan.Entry.Dispatch(Calls calls) -> {
        if (LeashLibrary.isLoaded()) {
          yield Optional.of(new DispatchContest(suite, setting, calls, chosen));
        }
        skipped.accept("all", LeashLibrary.unavailable());
        yield Optional.empty();
      }
    };
  }

  private Inputs inputs(Case described) {
    if (drawn == null || !described.sharesInputs(drawn)) {
      if (inputs != null) {
        inputs.close();
      }
      inputs = Inputs.of(home, described);
      drawn = described;
    }
    return inputs;
  }

  @Override
  public void close() {
    if (inputs != null) {
      inputs.close();
    }
    gpu.close();
    home.close();
  }
}
