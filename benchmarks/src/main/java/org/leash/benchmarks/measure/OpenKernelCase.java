package org.leash.benchmarks.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
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
 * A task on inputs, contested by the library's variants, by the one that it prefers once more,
 * which tells the noise, and by peers.
 */
final class KernelContest implements Contest {
  private final Suite suite;
  private final Setting setting;
  private final Case described;
  private final Device device;
  private final Workload workload;
  private final List<Contender> contenders = new ArrayList<>();

  /**
   * @param home gives the memory
   * @param chosen which variants and peers, by name
   * @param skipped is told which were left out, and why
   */
  KernelContest(
      Suite suite,
      Setting setting,
      Case described,
      Device home,
      Inputs inputs,
      Predicate<String> chosen,
      BiConsumer<String, String> skipped) {
    this.suite = suite;
    this.setting = setting;
    this.described = described;
    device = Device.cpu(described.threads());
    workload = Workload.of(home, described, inputs, Workload.COLD, true);

    Expected expected = Expected.of(described, inputs);
    Catalogue catalogue = Catalogue.of(device);
    for (Variant variant : catalogue.variants()) {
      if (variant.operation() == described.task().operation() && chosen.test(variant.name())) {
        Optional<String> obstacle = described.obstacle(variant);
        obstacle.ifPresentOrElse(
            reason -> skipped.accept(variant.name(), reason),
            () ->
                contenders.add(
                    new KernelContender(
                        variant.name(), Contender.Role.CANDIDATE, catalogue, workload, expected)));
      }
    }
    best(catalogue, chosen)
        .ifPresent(
            variant ->
                contenders.add(
                    new KernelContender(
                        variant.name(), Contender.Role.NULL, catalogue, workload, expected)));
    SlowedClone.ordered()
        .filter(order -> chosen.test(order.name()))
        .filter(order -> runsHere(catalogue, order.variant()))
        .ifPresent(
            order ->
                contenders.add(
                    new SlowedClone(
                        new KernelContender(
                            order.variant(),
                            Contender.Role.CANDIDATE,
                            catalogue,
                            workload,
                            expected),
                        order)));
    for (PeerSource source : ServiceLoader.load(PeerSource.class)) {
      if (setting.peers().contains(source.id()) && chosen.test(source.id())) {
        contenders.addAll(source.contenders(described, inputs, workload, expected));
      }
    }
  }

  private boolean runsHere(Catalogue catalogue, String name) {
    return catalogue.variants().stream()
        .anyMatch(
            variant ->
                variant.name().equals(name)
                    && variant.operation() == described.task().operation()
                    && described.obstacle(variant).isEmpty());
  }

  private Optional<Variant> best(Catalogue catalogue, Predicate<String> chosen) {
    return catalogue.variants().stream()
        .filter(variant -> variant.operation() == described.task().operation())
        .filter(variant -> described.obstacle(variant).isEmpty() && chosen.test(variant.name()))
        .max(Comparator.comparingInt(Variant::preference));
  }

  @Override
  public List<Contender> contenders() {
    return contenders;
  }

  @Override
  public String reference() {
    return "java_f64";
  }

  @Override
  public Key key(Contender.Identity identity) {
    boolean inPlace = workload.inPlace() && identity.role() != Contender.Role.PEER;
    return CaseKey.of(suite, setting, described, identity, inPlace);
  }

  @Override
  public String toString() {
    return described.toString();
  }

  @Override
  public void close() {
    contenders.forEach(Contender::close);
    workload.close();
    device.close();
  }
}
