package org.leash.benchmarks.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Workload;
import org.leash.benchmarks.plan.Candidates;
import org.leash.benchmarks.plan.CaseKey;
import org.leash.benchmarks.plan.Identity;
import org.leash.benchmarks.plan.Identity.Role;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.ProcessSetting;
import org.leash.benchmarks.plan.Suite;
import org.leash.device.Device;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Variant;
import org.leash.kernel.panama.Choice;

/**
 * A kernel case with the variants of its device as contenders, the preferred one a second time as
 * the A/A twin, and peers. On a GPU there are native variants only, timed by the device; if the
 * suite has candidates for native-auto, these and native-auto itself instead.
 */
final class OpenKernelCase implements OpenCase {
  private static final String NATIVE = "native-";

  private final Suite suite;
  private final ProcessSetting setting;
  private final KernelCase kernelCase;
  private final Device device;
  private final Catalogue catalogue;
  private final Workload workload;
  private final Expected expected;
  private final BiConsumer<String, String> skipped;
  private final List<Contender> contenders = new ArrayList<>();

  /**
   * Prepares a case.
   *
   * @param device for the case; a CPU is closed with it
   * @param inputs drawn for the case
   * @param chosen selects variants and peers by name
   * @param skipped receives the name and the reason of each that cannot run
   */
  OpenKernelCase(
      Suite suite,
      ProcessSetting setting,
      KernelCase kernelCase,
      Device device,
      Inputs inputs,
      Predicate<String> chosen,
      BiConsumer<String, String> skipped) {
    this.suite = suite;
    this.setting = setting;
    this.kernelCase = kernelCase;
    this.device = device;
    this.skipped = skipped;
    catalogue = Catalogue.of(device);
    workload = Workload.of(device, kernelCase, inputs, Workload.COLD, true);
    expected = Expected.of(kernelCase.withRows(Math.min(kernelCase.rows(), inputs.rows())), inputs);
    List<Choice> candidates = suite.candidates(kernelCase);
    if (candidates.isEmpty()) {
      addVariants(chosen);
    } else {
      addCandidates(candidates, chosen);
    }
    if (!kernelCase.isOnGpu()) {
      addClone(chosen);
      addPeers(inputs, chosen);
    }
  }

  private void addVariants(Predicate<String> chosen) {
    Optional<Variant> preferred = Optional.empty();
    for (Variant variant : catalogue.variants()) {
      if (isEligible(variant) && chosen.test(variant.name())) {
        Optional<String> obstacle = kernelCase.obstacle(variant);
        if (obstacle.isPresent()) {
          skipped.accept(variant.name(), obstacle.get());
        } else if (add(variant.name(), Role.CANDIDATE)
            && preferred.filter(best -> best.preference() >= variant.preference()).isEmpty()) {
          preferred = Optional.of(variant);
        }
      }
    }
    preferred.ifPresent(variant -> add(variant.name(), Role.NULL));
  }

  /** Adds native-auto by the table compiled in, twice, and by each candidate. */
  private void addCandidates(List<Choice> candidates, Predicate<String> chosen) {
    if (chosen.test(Candidates.AUTO)) {
      contenders.add(contender(Candidates.AUTO, List.of(), Role.CANDIDATE));
      contenders.add(contender(Candidates.AUTO, List.of(), Role.NULL));
    }
    for (Choice candidate : candidates) {
      if (!chosen.test(candidate.label())) {
        continue;
      }
      if (takes(candidate)) {
        contenders.add(contender(candidate.label(), List.of(candidate), Role.CANDIDATE));
      } else {
        skipped.accept(candidate.label(), "does not take this case on this GPU");
      }
    }
  }

  /** Whether the device would follow an entry of the table for this case. */
  private boolean takes(Choice candidate) {
    Choice.use(List.of(candidate));
    try {
      return kernelCase
          .choice(
              device.properties().computeCapability(),
              device.properties().sharedBytesPerBlock(),
              device.properties().maxCluster())
          .filter(candidate::equals)
          .isPresent();
    } finally {
      Choice.use(List.of());
    }
  }

  private Contender contender(String label, List<Choice> entries, Role role) {
    return new KernelContender.Chosen(label, entries, role, device, workload, expected);
  }

  private boolean isEligible(Variant variant) {
    return variant.operation() == kernelCase.contract().operation()
        && (!kernelCase.isOnGpu() || variant.name().startsWith(NATIVE));
  }

  private boolean add(String variant, Role role) {
    try {
      contenders.add(contender(variant, role));
      return true;
    } catch (IllegalArgumentException e) {
      skipped.accept(variant, e.getMessage());
      return false;
    }
  }

  private Contender contender(String variant, Role role) {
    return kernelCase.isOnGpu()
        ? new KernelContender.TimedByDevice(variant, role, device, workload, expected)
        : new KernelContender.TimedByHost(variant, role, catalogue, workload, expected);
  }

  private void addClone(Predicate<String> chosen) {
    SlowedClone.ordered()
        .filter(order -> chosen.test(order.name()))
        .filter(
            order ->
                catalogue.variants().stream()
                    .anyMatch(
                        variant ->
                            variant.name().equals(order.variant())
                                && isEligible(variant)
                                && kernelCase.obstacle(variant).isEmpty()))
        .map(order -> new SlowedClone(contender(order.variant(), Role.CANDIDATE), order))
        .ifPresent(contenders::add);
  }

  private void addPeers(Inputs inputs, Predicate<String> chosen) {
    for (PeerSource source : ServiceLoader.load(PeerSource.class)) {
      if (setting.peers().contains(source.id()) && chosen.test(source.id())) {
        contenders.addAll(source.contenders(kernelCase, inputs, workload, expected));
      }
    }
  }

  @Override
  public List<Contender> contenders() {
    return contenders;
  }

  @Override
  public Key key(Identity identity) {
    boolean inPlace = workload.inPlace() && identity.role() != Role.PEER;
    return CaseKey.of(suite, setting, kernelCase, identity, inPlace);
  }

  @Override
  public String toString() {
    return kernelCase.toString();
  }

  @Override
  public void close() {
    contenders.forEach(Contender::close);
    workload.close();
    if (!kernelCase.isOnGpu()) {
      device.close();
    }
  }
}
