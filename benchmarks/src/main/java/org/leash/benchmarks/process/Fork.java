package org.leash.benchmarks.run;

import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Table;

/**
 * The child's side: plays entries of a plan in this process and reports to the parent, a line at a
 * time, on standard output.
 *
 * @param plan the same as the parent's
 * @param setting how this process was set up
 * @param turn the replicate and the process, and where its first entry begins; the others begin at
 *     their first round
 * @param entries to be played, by their number in the plan
 * @param ceilings whether to measure what the machine can do first
 * @param banned {@code entry:variant} that killed an earlier process
 */
public record Fork(
    Plan plan,
    Setting setting,
    Turn turn,
    List<Integer> entries,
    boolean ceilings,
    Set<String> banned) {

  public Fork {
    entries = List.copyOf(entries);
    banned = Set.copyOf(banned);
  }

  /** A fork as its command line names it. */
  public static Fork of(
      Plan plan,
      String setting,
      List<Integer> turn,
      List<Integer> entries,
      boolean ceilings,
      Set<String> banned) {
    Turn begin = new Turn(turn.get(0), turn.get(1), turn.get(2), turn.get(3));
    return new Fork(plan, plan.suite().setting(setting), begin, entries, ceilings, banned);
  }

  /** Replicate, process, complete rounds, next round. */
  public List<Integer> turnNumbers() {
    return List.of(turn.fork(), turn.process(), turn.done(), turn.next());
  }

  /** The replicate, from 1 on. */
  public int number() {
    return turn.fork();
  }

  /** Plays the plan on this machine. */
  public void run(PrintStream out) {
    try (Stage stage = new Machine(plan.suite(), setting)) {
      run(out, stage);
    }
  }

  void run(PrintStream out, Stage stage) {
    List<Plan.Entry> all = plan.entries();
    Reporter reporter = new Reporter(out);
    if (ceilings) {
      stage.measureCeilings(this, reporter);
    }
    Turn begin = turn;
    for (int index : entries) {
      Plan.Entry entry = all.get(index);
      out.println(Message.entry(index));
      Predicate<String> chosen =
          variant -> plan.includes(entry, variant) && !banned.contains(index + ":" + variant);
      if (plan.contenders(entry, setting).stream().anyMatch(chosen)) {
        Optional<Contest> contest =
            stage.open(
                entry,
                chosen,
                (variant, reason) -> reporter.event("skipped", entry + " / " + variant, reason));
        if (contest.isPresent()) {
          play(contest.get(), begin, reporter);
        }
      }
      begin = Turn.first(turn.fork(), turn.process());
    }
    out.println(Message.entry(all.size()));
  }

  private void play(Contest contest, Turn begin, Reporter reporter) {
    try (contest) {
      reporter.contest = contest;
      Rounds.play(contest, plan.effort(), begin, reporter);
    }
  }

  /** Writes the lines that {@link Message} reads. */
  private final class Reporter implements Sink {
    private final PrintStream out;
    private Contest contest;

    Reporter(PrintStream out) {
      this.out = out;
    }

    @Override
    public void append(Row row) {
      out.println(Message.row(row));
    }

    @Override
    public void event(String kind, String subject, String detail) {
      append(
          Row.of(Table.EVENTS)
              .set("ts_utc", Instant.now().toString())
              .set("fork", turn.fork())
              .set("kind", kind)
              .set("subject", subject)
              .set("detail", detail));
    }

    @Override
    public void atWork(Contender.Identity identity) {
      out.println(
          Message.atWork(Row.of(Table.CHECKS).set(contest.key(identity)).set("phase", "run")));
    }
  }
}
