package org.leash.benchmarks.measure;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.leash.UnavailableException;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.plan.Case;
import org.leash.benchmarks.plan.CaseKey;
import org.leash.benchmarks.plan.DispatchCase;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.ProcessSetting;
import org.leash.benchmarks.plan.Suite;
import org.leash.binding.LeashLibrary;
import org.leash.device.Device;
import org.leash.device.DeviceKind;
import org.leash.kernel.Catalogue;

/** This machine's CPU, and its GPU once a case needs it. Consecutive cases share their inputs. */
public final class Machine implements Stage {
  private final Suite suite;
  private final ProcessSetting setting;
  private final Device home = Device.cpu();
  private Device gpu;
  private Inputs inputs;
  private KernelCase drawn;

  public Machine(Suite suite, ProcessSetting setting) {
    this.suite = suite;
    this.setting = setting;
  }

  @Override
  public void measureCeilings(int fork, List<Integer> threads, Sink sink) {
    try {
      if (!LeashLibrary.isLoaded()) {
        throw new UnavailableException(LeashLibrary.unavailable());
      }
      if (suite.device() == DeviceKind.CUDA) {
        Ceilings.ofGpu(gpu(), CaseKey.GPU_PARAMS, fork, sink);
      } else {
        for (int count : threads) {
          Ceilings.ofCpu(count, setting.params(count), fork, sink);
        }
      }
    } catch (UnavailableException e) {
      sink.append(Row.event(fork, "no_ceilings", "ceilings", e.getMessage()));
    }
  }

  @Override
  public Optional<OpenCase> open(
      Case theCase, Predicate<String> chosen, BiConsumer<String, String> skipped) {
    return switch (theCase) {
      case KernelCase kernelCase when kernelCase.isOnGpu() -> onGpu(kernelCase, chosen, skipped);
      case KernelCase kernelCase -> {
        Device device = Device.cpu(kernelCase.threads());
        yield Optional.of(
            new OpenKernelCase(
                suite, setting, kernelCase, device, inputs(kernelCase), chosen, skipped));
      }
      case DispatchCase dispatchCase -> {
        if (LeashLibrary.isLoaded()) {
          yield Optional.of(new OpenDispatchCase(suite, setting, dispatchCase, chosen));
        }
        skipped.accept("all", LeashLibrary.unavailable());
        yield Optional.empty();
      }
    };
  }

  private Optional<OpenCase> onGpu(
      KernelCase kernelCase, Predicate<String> chosen, BiConsumer<String, String> skipped) {
    try {
      if (Catalogue.of(gpu()).variants().stream()
          .noneMatch(
              variant ->
                  variant.operation() == kernelCase.contract().operation()
                      && chosen.test(variant.name()))) {
        return Optional.empty();
      }
      Inputs shared = inputs(kernelCase.drawn());
      return Optional.of(
          new OpenKernelCase(suite, setting, kernelCase, gpu(), shared, chosen, skipped));
    } catch (UnavailableException | OutOfMemoryError e) {
      skipped.accept("all", e.getMessage());
      return Optional.empty();
    }
  }

  private Device gpu() {
    if (gpu == null) {
      gpu = KernelCase.GPU.open();
    }
    return gpu;
  }

  private Inputs inputs(KernelCase wanted) {
    if (drawn == null || !wanted.sharesInputs(drawn)) {
      closeInputs();
      inputs = Inputs.of(home, wanted);
      drawn = wanted;
    }
    return inputs;
  }

  private void closeInputs() {
    if (drawn != null) {
      inputs.close();
      drawn = null;
    }
  }

  @Override
  public void close() {
    closeInputs();
    if (gpu != null) {
      gpu.close();
    }
    home.close();
  }
}
