package org.leash.benchmarks.run;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.leash.benchmarks.input.Case;
import org.leash.benchmarks.predict.ByteModel;
import org.leash.device.Device;
import org.leash.device.DeviceKind;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Variant;

/**
 * What a run does. A fork makes the same plan as its parent, from the same options.
 *
 * @param suite which cases
 * @param threads thread counts
 * @param filter takes those cases and those variants of which {@code case / variant} contains a
 *     match; empty matches all
 * @param effort how long
 */
public record Plan(Suite suite, List<Integer> threads, Pattern filter, Effort effort) {

  public Plan {
    threads = List.copyOf(threads);
  }

  /** One thread, and all processors. */
  public static List<Integer> defaultThreads() {
    int all = Runtime.getRuntime().availableProcessors();
    return all == 1 ? List.of(1) : List.of(1, all);
  }

  /** Something to be contested; its place in the plan is its number. */
  sealed interface Entry {

    /** A task on inputs, by all variants that are available and the setting's peers. */
    record Kernels(Case described) implements Entry {
      @Override
      public String toString() {
        return described.toString();
      }
    }

    /** A task on inputs, by all variants of a GPU, timed by the GPU. */
    record OnGpu(Case described) implements Entry {
      @Override
      public String toString() {
        return described.toString();
      }
    }

    /** The cost of a call from Java and from C. */
    record Dispatch(Calls calls) implements Entry {
      @Override
      public String toString() {
        return calls.label();
      }
    }
  }

  List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    if (suite.device() == DeviceKind.CUDA) {
      suite.cases().forEach(each -> entries.add(new Entry.OnGpu(each)));
    } else {
      int[] counts = threads.stream().mapToInt(Integer::intValue).toArray();
      suite.cases(counts).forEach(each -> entries.add(new Entry.Kernels(each)));
    }
    if (suite.measuresDispatch()) {
      for (Calls calls : Calls.values()) {
        entries.add(new Entry.Dispatch(calls));
      }
    }
    return entries;
  }

  /** Processes that are started if none dies: each setting's forks, in turn. */
  int processes() {
    return effort.forks() * suite.settings().size();
  }

  /** The setting of a fork; they take turns. */
  Setting setting(int fork) {
    return suite.settings().get((fork - 1) % suite.settings().size());
  }

  /** Names of those who would compute an entry if the filter let them. */
  List<String> contenders(Entry entry, Setting setting) {
    return switch (entry) {
      case Entry.Dispatch dispatch -> DispatchContest.VARIANTS;
      case Entry.OnGpu(Case described) ->
          Stream.concat(ByteModel.of(described).stream().map(ByteModel::variant), Stream.of("auto"))
              .map(name -> "native-" + name)
              .toList();
      case Entry.Kernels(Case described) -> {
        try (Device device = Device.cpu()) {
          yield Stream.concat(
                  Catalogue.of(device).variants().stream()
                      .filter(variant -> variant.operation() == described.task().operation())
                      .map(Variant::name),
                  setting.peers().stream())
              .toList();
        }
      }
    };
  }

  /** Whether a contender takes part. */
  boolean includes(Entry entry, String variant) {
    return filter.matcher(entry + " / " + variant).find();
  }

  /** Those of an entry's contenders that take part. */
  List<String> chosen(Entry entry, Setting setting) {
    return contenders(entry, setting).stream().filter(name -> includes(entry, name)).toList();
  }

  /** Starting a JVM and measuring ceilings, roughly. */
  private static final double SECONDS_PER_PROCESS = 4;

  /** Drawing inputs, computing references and checking, roughly. */
  private static final double SECONDS_PER_ENTRY = 0.6;

  /** Blocks of slow contenders are longer than wanted, and outputs are restored after them. */
  private static final double BLOCKS_FACTOR = 2.5;

  /** A line for each entry that someone takes part in, how often it is played, and for how long. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    List<Entry> entries = entries();
    int cases = 0;
    int contenders = 0;
    double seconds = processes() * SECONDS_PER_PROCESS;
    for (Setting setting : suite.settings()) {
      for (Entry entry : entries) {
        int here = chosen(entry, setting).size();
        if (here == 0) {
          continue;
        }
        if (setting.equals(suite.settings().getFirst())) {
          text.append(entry).append('\n');
          cases++;
        }
        contenders += here;
        double block = effort.rounds() * BLOCKS_FACTOR * effort.blockMillis();
        double each = SECONDS_PER_ENTRY + (here + 1) * (effort.warmupMillis() + block) / 1000;
        seconds += effort.forks() * Math.min(each, effort.capSeconds());
      }
    }
    return text.append(
            "%d entries in each of %d processes, %d rounds; %d contenders in all; about %s%n"
                .formatted(cases, processes(), effort.rounds(), contenders, duration(seconds)))
        .toString();
  }

  private static String duration(double seconds) {
    if (seconds < 90) {
      return "%.0f s".formatted(seconds);
    }
    return seconds < 5400 ? "%.0f min".formatted(seconds / 60) : "%.1f h".formatted(seconds / 3600);
  }
}
