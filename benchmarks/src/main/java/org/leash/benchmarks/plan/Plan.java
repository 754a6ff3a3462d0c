package org.leash.benchmarks.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.leash.device.Device;
import org.leash.device.DeviceKind;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Variant;

/**
 * The cases, contenders and effort of a run. A fork makes the same plan as its parent from the same
 * options.
 *
 * @param threads thread counts of CPU cases
 * @param filter selects the cases and variants whose {@code case / variant} contains a match; empty
 *     matches all
 */
public record Plan(Suite suite, List<Integer> threads, Pattern filter, Effort effort) {
  /** Rough cost of starting a JVM and measuring ceilings. */
  private static final double SECONDS_PER_PROCESS = 4;

  /** Rough cost of drawing inputs, computing references and checking. */
  private static final double SECONDS_PER_CASE = 0.6;

  /** Blocks of slow contenders exceed the wanted length, and outputs are restored after them. */
  private static final double BLOCKS_FACTOR = 2.5;

  public Plan {
    threads = List.copyOf(threads);
  }

  /** One thread, and all processors. */
  public static List<Integer> defaultThreads() {
    int all = Runtime.getRuntime().availableProcessors();
    return all == 1 ? List.of(1) : List.of(1, all);
  }

  /** All cases; the place of one is its number. */
  public List<Case> cases() {
    int[] counts =
        suite.device() == DeviceKind.CUDA
            ? new int[] {KernelCase.ON_GPU}
            : threads.stream().mapToInt(Integer::intValue).toArray();
    List<Case> cases = new ArrayList<>(suite.cases(counts));
    if (suite.measuresDispatch()) {
      cases.addAll(List.of(DispatchCase.values()));
    }
    return cases;
  }

  /** Forks of all settings; the number of processes if none dies. */
  public int forks() {
    return effort.forks() * suite.settings().size();
  }

  /** The setting of a fork; settings take turns. */
  public ProcessSetting setting(int fork) {
    return suite.settings().get((fork - 1) % suite.settings().size());
  }

  /** Names of the contenders of a case that the filter selects. */
  public List<String> contenders(Case theCase, ProcessSetting setting) {
    Stream<String> all =
        switch (theCase) {
          case DispatchCase dispatch -> DispatchCase.VARIANTS.stream();
          case KernelCase onGpu when onGpu.isOnGpu() -> suite.contendersOnGpu(onGpu).stream();
          case KernelCase onCpu ->
              Stream.concat(variants(onCpu).stream(), setting.peers().stream());
        };
    return all.filter(name -> includes(theCase, name)).toList();
  }

  private static List<String> variants(KernelCase kernelCase) {
    try (Device device = Device.cpu()) {
      return Catalogue.of(device).variants().stream()
          .filter(variant -> variant.operation() == kernelCase.contract().operation())
          .map(Variant::name)
          .toList();
    }
  }

  /** Whether the filter selects a contender of a case. */
  public boolean includes(Case theCase, String variant) {
    return filter.matcher(theCase + " / " + variant).find();
  }

  /** One line per selected case, then the totals and a rough duration. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    List<Case> all = cases();
    int cases = 0;
    int contenders = 0;
    double seconds = forks() * SECONDS_PER_PROCESS;
    for (ProcessSetting setting : suite.settings()) {
      for (Case each : all) {
        int here = contenders(each, setting).size();
        if (here == 0) {
          continue;
        }
        if (setting.equals(suite.settings().getFirst())) {
          text.append(each).append('\n');
          cases++;
        }
        contenders += here;
        double block = effort.rounds() * BLOCKS_FACTOR * effort.blockMillis();
        double one = SECONDS_PER_CASE + (here + 1) * (effort.warmupMillis() + block) / 1000;
        seconds += effort.forks() * Math.min(one, effort.capSeconds());
      }
    }
    return text.append(
            String.format(
                Locale.ROOT,
                "%d cases in each of %d processes, %d rounds; %d contenders in all; about %s%n",
                cases,
                forks(),
                effort.rounds(),
                contenders,
                duration(seconds)))
        .toString();
  }

  private static String duration(double seconds) {
    if (seconds < 90) {
      return String.format(Locale.ROOT, "%.0f s", seconds);
    }
    return seconds < 5400
        ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
        : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
  }
}
