package org.leash.benchmarks.record;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.csv.TableReader;
import org.leash.benchmarks.plan.Case;
import org.leash.benchmarks.plan.Effort;
import org.leash.benchmarks.plan.Plan;
import org.leash.benchmarks.plan.ProcessSetting;
import org.leash.benchmarks.plan.Start;
import org.leash.benchmarks.stats.Estimate;
import org.leash.benchmarks.stats.Quantiles;

/**
 * What a run has measured so far: updated as it goes, and rebuilt from journal.csv and samples.csv
 * when it is resumed. A sample belongs to the case that its process began last before it. A case
 * that has lost samples since it was finished is not finished. Cases have their number in the plan.
 */
public final class Ledger {

  /** Event that a row of the journal records. */
  public enum State {
    /** A process begins a case. */
    BEGAN,
    /** The fork has finished the case. */
    PLAYED,
    /** The fork has given up the case. */
    LOST,
    /** A contender killed the process and takes part no more. */
    BANNED,
    /** The case is precise enough for its setting; further forks skip it. */
    STOPPED
  }

  private record ForkCase(int fork, int index) {}

  /** A finished case to be measured again, and the number of its missing samples. */
  public record Reopened(int fork, int index, long missing) {}

  /** A case as measured by one process, with the samples between two counts. */
  private static final class Attempt {
    final ForkCase forkCase;
    final long from;
    long to = Long.MAX_VALUE;
    long found;
    String caseId = "";

    Attempt(ForkCase forkCase, long from) {
      this.forkCase = forkCase;
      this.from = from;
    }

    void count(Row sample) {
      String its = Key.of(sample).caseGroup();
      if (Long.parseLong(sample.get("seq")) > to || !(caseId.isEmpty() || caseId.equals(its))) {
        throw sample.bad(
            "process", "its case is missing from journal.csv, which lacks lines: restore the file");
      }
      caseId = its;
      found++;
    }

    long missing() {
      return to - from - found;
    }
  }

  private final Plan plan;
  private final List<String> cases;
  private final Set<ForkCase> finished = new HashSet<>();
  private final Map<String, Set<Integer>> stopped = new HashMap<>();
  private final Map<String, Set<String>> banned = new HashMap<>();

  /** Number of samples by round begun, by process. */
  private final Map<ForkCase, NavigableMap<Integer, NavigableMap<Integer, Integer>>> rounds =
      new HashMap<>();

  private record SettingCase(String setting, int index) {}

  /** Nanoseconds by contender and fork. */
  private final Map<SettingCase, Map<Key, NavigableMap<Integer, List<Double>>>> times =
      new HashMap<>();

  private final Map<String, List<Integer>> selected = new HashMap<>();
  private final Map<ForkCase, Reopened> reopened = new LinkedHashMap<>();
  private final Set<Integer> withCeilings = new HashSet<>();
  private int processes;

  private Ledger(Plan plan) {
    this.plan = plan;
    cases = plan.cases().stream().map(Case::toString).toList();
  }

  /**
   * The ledger of a new or resumed run.
   *
   * @param checksTorn whether the last check written is lost: its case is measured again
   */
  public static Ledger of(Plan plan, Path folder, boolean checksTorn) {
    Ledger ledger = new Ledger(plan);
    Map<Integer, List<Attempt>> attempts = new LinkedHashMap<>();
    TableReader.read(
        folder.resolve(RunTable.JOURNAL.file()),
        RunTable.JOURNAL,
        row ->
            ledger.replay(
                row, attempts.computeIfAbsent(row.count("process"), key -> new ArrayList<>())));
    TableReader.read(
        folder.resolve(RunTable.SAMPLES.file()),
        RunTable.SAMPLES,
        row -> {
          int process = row.count("process");
          Attempt attempt = attemptOf(row, attempts.getOrDefault(process, List.of()));
          attempt.count(row);
          ledger.sample(process, attempt.forkCase.index, row);
        });
    List<Attempt> all = attempts.values().stream().flatMap(List::stream).toList();
    ledger.reopen(all);
    if (checksTorn && !all.isEmpty()) {
      ledger.reopen(all.getLast().forkCase, 0);
    }
    return ledger;
  }

  /** Notes a row of the journal, and what it says about the attempts of its process. */
  private void replay(Row row, List<Attempt> ofProcess) {
    note(row);
    ForkCase forkCase = forkCase(row);
    long samples = Long.parseLong(row.get("samples"));
    switch (state(row)) {
      case BEGAN -> ofProcess.add(new Attempt(forkCase, samples));
      case PLAYED, LOST -> {
        if (ofProcess.isEmpty() || !ofProcess.getLast().forkCase.equals(forkCase)) {
          throw row.bad("entry", "ends here, but its process began another one last");
        }
        ofProcess.getLast().to = samples;
      }
      case BANNED, STOPPED -> {}
    }
  }

  private static Attempt attemptOf(Row sample, List<Attempt> ofProcess) {
    long seq = Long.parseLong(sample.get("seq"));
    return ofProcess.stream()
        .filter(each -> each.from < seq)
        .reduce((one, later) -> later)
        .orElseThrow(
            () ->
                sample.bad(
                    "process",
                    sample.get("process")
                        + " is missing from journal.csv, which lacks lines: restore the file"));
  }

  /** Reopens the cases that no process has finished with all samples still there. */
  private void reopen(List<Attempt> attempts) {
    Set<ForkCase> whole =
        attempts.stream()
            .filter(each -> each.missing() <= 0)
            .map(each -> each.forkCase)
            .collect(Collectors.toSet());
    for (Attempt each : attempts) {
      if (finished.contains(each.forkCase) && !whole.contains(each.forkCase)) {
        reopen(each.forkCase, each.missing());
      }
    }
  }

  private void reopen(ForkCase forkCase, long missing) {
    if (finished.remove(forkCase)) {
      reopened.put(forkCase, new Reopened(forkCase.fork, forkCase.index, missing));
    }
  }

  /** Finished cases that have lost samples or checks. */
  public List<Reopened> reopened() {
    return List.copyOf(reopened.values());
  }

  /**
   * Notes an event.
   *
   * @return its row for the journal
   */
  public Row note(State state, Start start, int index, String variant, long samples) {
    Row row =
        Row.of(RunTable.JOURNAL)
            .set("ts_utc", Instant.now().toString())
            .set("process", start.process())
            .set("fork", start.fork())
            .set("entry", cases.get(index))
            .set("state", state.name())
            .set("variant", variant)
            .set("samples", samples);
    note(row);
    return row;
  }

  private void note(Row row) {
    ForkCase forkCase = forkCase(row);
    processes = Math.max(processes, row.count("process"));
    String setting = plan.setting(forkCase.fork).id();
    switch (state(row)) {
      case BEGAN -> withCeilings.add(forkCase.fork);
      case PLAYED, LOST -> finished.add(forkCase);
      case BANNED ->
          banned
              .computeIfAbsent(setting, id -> new HashSet<>())
              .add(forkCase.index + ":" + row.get("variant"));
      case STOPPED -> stopped.computeIfAbsent(setting, id -> new TreeSet<>()).add(forkCase.index);
    }
  }

  private static State state(Row row) {
    try {
      return State.valueOf(row.get("state"));
    } catch (IllegalArgumentException e) {
      throw row.bad("state", "unknown state '%s'".formatted(row.get("state")));
    }
  }

  private ForkCase forkCase(Row row) {
    int index = cases.indexOf(row.get("entry"));
    int fork = row.count("fork");
    if (index < 0 || fork < 1) {
      throw row.bad(
          "entry",
          String.format(
              Locale.ROOT, "the plan has no case '%s' in fork %d", row.get("entry"), fork));
    }
    return new ForkCase(fork, index);
  }

  /** Notes a sample of a case. */
  public void sample(int process, int index, Row row) {
    int fork = row.count("fork");
    rounds
        .computeIfAbsent(new ForkCase(fork, index), key -> new TreeMap<>())
        .computeIfAbsent(process, key -> new TreeMap<>())
        .merge(row.count("round"), 1, Integer::sum);
    times
        .computeIfAbsent(
            new SettingCase(plan.setting(fork).id(), index), key -> new LinkedHashMap<>())
        .computeIfAbsent(Key.of(row), key -> new TreeMap<>())
        .computeIfAbsent(fork, key -> new ArrayList<>())
        .add(row.number("time_ns"));
  }

  /** Number of processes begun so far. */
  public int processes() {
    return processes;
  }

  public int nextProcess() {
    return ++processes;
  }

  /** Cases with contenders that a fork has yet to measure; without those precise enough. */
  public List<Integer> left(int fork) {
    ProcessSetting setting = plan.setting(fork);
    Set<Integer> precise =
        plan.effort().precisionPct() <= 0 ? Set.of() : stopped.getOrDefault(setting.id(), Set.of());
    List<Integer> left = new ArrayList<>();
    for (int index : selected.computeIfAbsent(setting.id(), id -> selected(setting))) {
      ForkCase forkCase = new ForkCase(fork, index);
      if (!finished.contains(forkCase)
          && (!precise.contains(index) || reopened.containsKey(forkCase))) {
        left.add(index);
      }
    }
    return left;
  }

  private List<Integer> selected(ProcessSetting setting) {
    List<Case> all = plan.cases();
    return IntStream.range(0, all.size())
        .filter(i -> !plan.contenders(all.get(i), setting).isEmpty())
        .boxed()
        .toList();
  }

  public boolean hasCeilings(int fork) {
    return withCeilings.contains(fork);
  }

  public void giveUpCeilings(int fork) {
    withCeilings.add(fork);
  }

  /** {@code case:variant} of contenders banned in a fork. */
  public Set<String> banned(int fork) {
    return banned.getOrDefault(plan.setting(fork).id(), Set.of());
  }

  /** Where a new process starts a case; the last round of each earlier one may be incomplete. */
  public Start start(int fork, int process, int index) {
    var begun = rounds.getOrDefault(new ForkCase(fork, index), new TreeMap<>());
    int done = begun.values().stream().mapToInt(each -> each.size() - 1).sum();
    int last = begun.values().stream().mapToInt(NavigableMap::lastKey).max().orElse(0);
    return new Start(fork, process, done, last + 1);
  }

  private Collection<NavigableMap<Integer, List<Double>>> times(ProcessSetting setting, int index) {
    return times.getOrDefault(new SettingCase(setting.id(), index), Map.of()).values();
  }

  /** Number of forks with samples of a case. */
  public int forks(ProcessSetting setting, int index) {
    return times(setting, index).stream().mapToInt(Map::size).max().orElse(0);
  }

  /**
   * Widest half interval of a case, in percent, among the contenders that are not laggards; empty
   * with too few forks.
   */
  public OptionalDouble halfWidthPct(ProcessSetting setting, int index) {
    List<Estimate> estimates =
        times(setting, index).stream()
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
