package org.leash.benchmarks.run;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.leash.benchmarks.csv.BadDataException;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Table;
import org.leash.benchmarks.csv.TableReader;
import org.leash.benchmarks.stats.Estimate;
import org.leash.benchmarks.stats.Quantiles;

/**
 * What has been played: kept up as a run goes, and rebuilt from journal.csv and samples.csv when it
 * is taken up again. A sample belongs to the entry that its process began last before it.
 */
final class Ledger {

  /** What a row of the journal says. */
  enum State {
    /** A process begins an entry. */
    BEGAN,
    /** It has come to its end in this fork. */
    PLAYED,
    /** It was given up in this fork. */
    LOST,
    /** A contender ended the process, and takes part no more. */
    BANNED,
    /** It is known well enough: further forks of the setting leave it out. */
    STOPPED
  }

  private record Part(int fork, int entry) {}

  private record Begun(Part part, long samples) {}

  private final Plan plan;
  private final Map<String, Integer> entries = new HashMap<>();
  private final Set<Part> finished = new HashSet<>();
  private final Map<String, Set<Integer>> stopped = new HashMap<>();
  private final Map<String, Set<String>> banned = new HashMap<>();

  /** Rounds that were begun, by part and process. */
  private final Map<Part, NavigableMap<Integer, NavigableMap<Integer, Integer>>> rounds =
      new HashMap<>();

  /** Nanoseconds by setting and entry, contender and fork. */
  private final Map<String, Map<Integer, Map<Key, NavigableMap<Integer, List<Double>>>>> times =
      new HashMap<>();

  private final Set<Integer> withCeilings = new HashSet<>();
  private int processes;

  Ledger(Plan plan) {
    this.plan = plan;
    List<Plan.Entry> all = plan.entries();
    for (int i = 0; i < all.size(); i++) {
      entries.put(all.get(i).toString(), i);
    }
  }

  /** The ledger of a run that is taken up again. */
  static Ledger of(Plan plan, Path folder) {
    Ledger ledger = new Ledger(plan);
    Map<Integer, List<Begun>> begun = new HashMap<>();
    TableReader.read(
        folder.resolve(Table.JOURNAL.file()),
        Table.JOURNAL,
        row -> {
          ledger.note(row);
          if (ledger.state(row) == State.BEGAN) {
            begun
                .computeIfAbsent(row.count("process"), process -> new ArrayList<>())
                .add(new Begun(ledger.part(row), Long.parseLong(row.get("samples"))));
          }
        });
    TableReader.read(
        folder.resolve(Table.SAMPLES.file()),
        Table.SAMPLES,
        row -> {
          long seq = Long.parseLong(row.get("seq"));
          int process = row.count("process");
          Begun entry =
              begun.getOrDefault(process, List.of()).stream()
                  .filter(each -> each.samples < seq)
                  .reduce((one, later) -> later)
                  .orElseThrow(
                      () -> row.bad("process", process + " has begun nothing, says journal.csv"));
          ledger.sample(process, entry.part.entry, row);
        });
    return ledger;
  }

  /** A row for the journal, noted at once. */
  Row note(State state, Turn turn, int entry, String variant, long samples) {
    Row row =
        Row.of(Table.JOURNAL)
            .set("ts_utc", Instant.now().toString())
            .set("process", turn.process())
            .set("fork", turn.fork())
            .set("entry", plan.entries().get(entry).toString())
            .set("state", state.name())
            .set("variant", variant)
            .set("samples", samples);
    note(row);
    return row;
  }

  private void note(Row row) {
    Part part = part(row);
    processes = Math.max(processes, row.count("process"));
    String setting = plan.setting(part.fork).id();
    switch (state(row)) {
      case BEGAN -> withCeilings.add(part.fork);
      case PLAYED, LOST -> finished.add(part);
      case BANNED ->
          banned
              .computeIfAbsent(setting, id -> new HashSet<>())
              .add(part.entry + ":" + row.get("variant"));
      case STOPPED -> stopped.computeIfAbsent(setting, id -> new TreeSet<>()).add(part.entry);
    }
  }

  private State state(Row row) {
    try {
      return State.valueOf(row.get("state"));
    } catch (IllegalArgumentException e) {
      throw row.bad("state", "'%s' is not known".formatted(row.get("state")));
    }
  }

  private Part part(Row row) {
    Integer entry = entries.get(row.get("entry"));
    int fork = row.count("fork");
    if (entry == null || fork < 1) {
      throw new BadDataException(
          "journal.csv: the plan has no entry '%s' in a fork %d".formatted(row.get("entry"), fork));
    }
    return new Part(fork, entry);
  }

  /** Notes a sample of an entry. */
  void sample(int process, int entry, Row row) {
    int fork = row.count("fork");
    rounds
        .computeIfAbsent(new Part(fork, entry), part -> new TreeMap<>())
        .computeIfAbsent(process, number -> new TreeMap<>())
        .merge(row.count("round"), 1, Integer::sum);
    times
        .computeIfAbsent(plan.setting(fork).id(), id -> new HashMap<>())
        .computeIfAbsent(entry, index -> new LinkedHashMap<>())
        .computeIfAbsent(Key.of(row), key -> new TreeMap<>())
        .computeIfAbsent(fork, number -> new ArrayList<>())
        .add(row.number("time_ns"));
  }

  /** Processes that earlier parts of the run began. */
  int processes() {
    return processes;
  }

  int nextProcess() {
    return ++processes;
  }

  /** The entries that a fork has not finished, and that are not known well enough. */
  List<Integer> left(int fork) {
    Set<Integer> known = stopped.getOrDefault(plan.setting(fork).id(), Set.of());
    boolean all = plan.effort().precisionPct() <= 0;
    List<Integer> left = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      if (!finished.contains(new Part(fork, i)) && (all || !known.contains(i))) {
        left.add(i);
      }
    }
    return left;
  }

  boolean hasCeilings(int fork) {
    return withCeilings.contains(fork);
  }

  void giveUpCeilings(int fork) {
    withCeilings.add(fork);
  }

  Set<String> banned(int fork) {
    return banned.getOrDefault(plan.setting(fork).id(), Set.of());
  }

  /** Where a new process goes on with an entry: the last round of each earlier one may be torn. */
  Turn turn(int fork, int process, int entry) {
    var begun = rounds.getOrDefault(new Part(fork, entry), new TreeMap<>());
    int done = begun.values().stream().mapToInt(each -> each.size() - 1).sum();
    int last = begun.values().stream().mapToInt(NavigableMap::lastKey).max().orElse(0);
    return new Turn(fork, process, done, last + 1);
  }

  /** How many forks have samples of an entry. */
  int forks(Setting setting, int entry) {
    return times
        .getOrDefault(setting.id(), Map.of())
        .getOrDefault(entry, Map.of())
        .values()
        .stream()
        .mapToInt(Map::size)
        .max()
        .orElse(0);
  }

  /**
   * The widest interval among the contenders of an entry that matter, in percent, if there are
   * enough forks for it to mean something.
   */
  OptionalDouble halfWidthPct(Setting setting, int entry) {
    List<Estimate> estimates =
        times.getOrDefault(setting.id(), Map.of()).getOrDefault(entry, Map.of()).values().stream()
            .map(forks -> Estimate.of(forks.values().stream().map(Quantiles::median).toList()))
            .toList();
    double fastest =
        estimates.stream().mapToDouble(Estimate::center).min().orElse(Double.POSITIVE_INFINITY);
    List<Estimate> serious =
        estimates.stream().filter(it -> it.center() <= Effort.LAGGARD_FACTOR * fastest).toList();
    return serious.stream().allMatch(it -> it.forks() >= Effort.LEAST_FORKS)
        ? serious.stream().mapToDouble(Estimate::halfWidthPct).max()
        : OptionalDouble.empty();
  }
}
