package org.leash.benchmarks.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.input.Case;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Inputs;
import org.leash.device.Device;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Variant;

/**
 * A task on inputs in memory of a device, contested by its native variants and by the preferred one
 * once more, which tells the noise. Timed by the device.
 */
final class DeviceContest implements Contest {
  private static final String NATIVE = "native-";

  private final Suite suite;
  private final Setting setting;
  private final Case described;
  private final DeviceWorkload workload;
  private final List<Contender> contenders = new ArrayList<>();

  /**
   * @param inputs of {@link Case#drawn()}
   * @param chosen which variants, by name
   * @param skipped is told which were left out, and why
   */
  DeviceContest(
      Suite suite,
      Setting setting,
      Case described,
      Device device,
      Inputs inputs,
      Predicate<String> chosen,
      BiConsumer<String, String> skipped) {
    this.suite = suite;
    this.setting = setting;
    this.described = described;
    workload = new DeviceWorkload(device, described, inputs);
    Expected expected =
        Expected.of(described.withRows(Math.min(described.rows(), inputs.rows())), inputs);
    Variant preferred = null;
    for (Variant variant : Catalogue.of(device).variants()) {
      if (variant.operation() == described.task().operation()
          && variant.name().startsWith(NATIVE)
          && chosen.test(variant.name())) {
        Optional<String> obstacle = described.obstacle(variant);
        if (obstacle.isPresent()) {
          skipped.accept(variant.name(), obstacle.get());
        } else if (add(variant.name(), Contender.Role.CANDIDATE, device, expected, skipped)
            && (preferred == null || preferred.preference() < variant.preference())) {
          preferred = variant;
        }
      }
    }
    if (preferred != null) {
      add(preferred.name(), Contender.Role.NULL, device, expected, skipped);
    }
  }

  private boolean add(
      String variant,
      Contender.Role role,
      Device device,
      Expected expected,
      BiConsumer<String, String> skipped) {
    try {
      contenders.add(new DeviceContender(variant, role, device, workload, expected));
      return true;
    } catch (IllegalArgumentException e) {
      skipped.accept(variant, e.getMessage());
      return false;
    }
  }

  @Override
  public List<Contender> contenders() {
    return contenders;
  }

  @Override
  public Key key(Contender.Identity identity) {
    return CaseKey.of(suite, setting, described, identity, workload.inPlace());
  }

  @Override
  public String reference() {
    return "java_f64";
  }

  @Override
  public void close() {
    contenders.forEach(Contender::close);
    workload.close();
  }
}
