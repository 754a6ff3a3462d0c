package org.leash.benchmarks.process;

import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.measure.Machine;
import org.leash.benchmarks.measure.OpenCase;
import org.leash.benchmarks.measure.Rounds;
import org.leash.benchmarks.measure.Sink;
import org.leash.benchmarks.measure.Stage;
import org.leash.benchmarks.plan.Case;
import org.leash.benchmarks.plan.Plan;
import org.leash.benchmarks.plan.ProcessSetting;
import org.leash.benchmarks.plan.Start;

/**
 * Work of one process, which measures cases of a plan and reports to its parent on standard output,
 * a {@link Message} per line.
 *
 * @param plan equal to the parent's
 * @param start of the first case; the others start at their first round
 * @param cases numbers in the plan
 * @param ceilings whether to measure the ceilings first
 * @param banned {@code case:variant} of contenders that killed an earlier process
 */
public record Fork(
    Plan plan,
    ProcessSetting setting,
    Start start,
    List<Integer> cases,
    boolean ceilings,
    Set<String> banned) {

  public Fork {
    cases = List.copyOf(cases);
    banned = Set.copyOf(banned);
  }

  /** Number of the replicate, from 1. */
  public int number() {
    return start.fork();
  }

  /** Measures on this machine. */
  public void run(PrintStream out) {
    try (Stage stage = new Machine(plan.suite(), setting)) {
      run(out, stage);
    }
  }

  void run(PrintStream out, Stage stage) {
    List<Case> all = plan.cases();
    Sink parent =
        new Sink() {
          @Override
          public void append(Row row) {
            out.println(Message.append(row));
          }

          @Override
          public void atWork(Row blame) {
            out.println(Message.atWork(blame));
          }
        };
    if (ceilings) {
      stage.measureCeilings(number(), plan.threads(), parent);
    }
    Start begin = start;
    for (int index : cases) {
      out.println(Message.caseBegins(index));
      measure(all.get(index), index, begin, stage, parent);
      begin = Start.first(start.fork(), start.process());
    }
    out.println(Message.caseBegins(all.size()));
  }

  private void measure(Case theCase, int index, Start begin, Stage stage, Sink parent) {
    Predicate<String> chosen =
        variant -> plan.includes(theCase, variant) && !banned.contains(index + ":" + variant);
    if (plan.contenders(theCase, setting).stream().noneMatch(chosen)) {
      return;
    }
    Optional<OpenCase> opened =
        stage.open(
            theCase,
            chosen,
            (variant, reason) ->
                parent.append(Row.event(number(), "skipped", theCase + " / " + variant, reason)));
    if (opened.isPresent()) {
      try (OpenCase openCase = opened.get()) {
        Rounds.play(openCase, plan.effort(), begin, parent);
      }
    }
  }
}
