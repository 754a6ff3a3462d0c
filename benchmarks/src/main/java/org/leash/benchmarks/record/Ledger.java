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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.leash.benchmarks.csv.BadDataException;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Table;
import org.leash.benchmarks.csv.TableReader;
import org.leash.benchmarks.stats.Estimate;
import org.leash.benchmarks.stats.Quantiles;

/**
 * What has been played: kept up as a run goes, and rebuilt from journal.csv and samples.csv when it
 * is taken up again. A sample belongs to the entry that its process began last before it; an entry
 * that has lost samples since it was played is not finished.
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

  /** A finished entry that is played again, and how many of its samples are missing. */
  record Reopened(int fork, int entry, long missing) {}

  /** An entry as one process plays it, with the samples between two counts. */
  private static final class Stint {
    final Part part;
    final long from;
    long to = Long.MAX_VALUE;
    long held;
    String contest = "";

    Stint(Part part, long from) {
      this.part = part;
      this.from = from;
    }

    void hold(Row sample) {
      String its = Key.of(sample).contest();
      if (Long.parseLong(sample.get("seq")) > to || !(contest.isEmpty() || contest.equals(its))) {
        throw sample.bad(
            "process",
            "what it played here is not in journal.csv, which lacks lines: put back a whole one");
      }
      contest = its;
      held++;
    }

    long missing() {
      return to - from - held;
    }
  }

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

  private final Map<String, List<Integer>> played = new HashMap<>();
  private final Map<Part, Reopened> reopened = new LinkedHashMap<>();
  private final Set<Integer> withCeilings = new HashSet<>();
  private int processes;

  Ledger(Plan plan) {
    this.plan = plan;
    List<Plan.Entry> all = plan.entries();
    for (int i = 0; i < all.size(); i++) {
      entries.put(all.get(i).toString(), i);
    }
  }

  /**
   * The ledger of a run that is taken up again.
   *
   * @param checksTorn whether the last check that was written is lost: its entry is played again
   */
  static Ledger of(Plan plan, Path folder, boolean checksTorn) {
    Ledger ledger = new Ledger(plan);
    Map<Integer, List<Stint>> stints = new LinkedHashMap<>();
    TableReader.read(
        folder.resolve(Table.JOURNAL.file()),
        Table.JOURNAL,
        row -> {
          ledger.note(row);
          Part part = ledger.part(row);
          long samples = Long.parseLong(row.get("samples"));
          List<Stint> mine =
              stints.computeIfAbsent(row.count("process"), process -> new ArrayList<>());
          switch (ledger.state(row)) {
            case BEGAN -> mine.add(new Stint(part, samples));
            case PLAYED, LOST -> {
              if (mine.isEmpty() || !mine.getLast().part.equals(part)) {
                throw row.bad("entry", "ends here, but is not what its process began last");
              }
              mine.getLast().to = samples;
            }
            case BANNED, STOPPED -> {}
          }
        });
    TableReader.read(
        folder.resolve(Table.SAMPLES.file()),
        Table.SAMPLES,
        row -> {
          long seq = Long.parseLong(row.get("seq"));
          int process = row.count("process");
          Stint stint =
              stints.getOrDefault(process, List.of()).stream()
                  .filter(each -> each.from < seq)
                  .reduce((one, later) -> later)
                  .orElseThrow(
                      () ->
                          row.bad(
                              "process",
                              process
                                  + " is not in journal.csv, which lacks lines: put back a whole"
                                  + " one"));
          stint.hold(row);
          ledger.sample(process, stint.part.entry, row);
        });
    List<Stint> all = stints.values().stream().flatMap(List::stream).toList();
    ledger.reopen(all);
    if (checksTorn && !all.isEmpty()) {
      ledger.reopen(all.getLast().part, 0);
    }
    return ledger;
  }

  /** Takes entries for unfinished that no process has played to the end with its samples kept. */
  private void reopen(List<Stint> stints) {
    Set<Part> kept =
        stints.stream()
            .filter(each -> each.missing() <= 0)
            .map(each -> each.part)
            .collect(Collectors.toSet());
    for (Stint each : stints) {
      if (finished.contains(each.part) && !kept.contains(each.part)) {
        reopen(each.part, each.missing());
      }
    }
  }

  private void reopen(Part part, long missing) {
    if (finished.remove(part)) {
      reopened.put(part, new Reopened(part.fork, part.entry, missing));
    }
  }

  /** Entries that had been finished, but are no longer whole. */
  List<Reopened> reopened() {
    return List.copyOf(reopened.values());
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

  /**
   * The entries that somebody plays and a fork has not finished, but for those known well enough.
   */
  List<Integer> left(int fork) {
    Setting setting = plan.setting(fork);
    Set<Integer> known =
        plan.effort().precisionPct() <= 0 ? Set.of() : stopped.getOrDefault(setting.id(), Set.of());
    List<Integer> left = new ArrayList<>();
    for (int entry : played.computeIfAbsent(setting.id(), id -> played(setting))) {
      Part part = new Part(fork, entry);
      if (!finished.contains(part) && (!known.contains(entry) || reopened.containsKey(part))) {
        left.add(entry);
      }
    }
    return left;
  }

  private List<Integer> played(Setting setting) {
    List<Plan.Entry> all = plan.entries();
    return IntStream.range(0, all.size())
        .filter(i -> !plan.chosen(all.get(i), setting).isEmpty())
        .boxed()
        .toList();
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
