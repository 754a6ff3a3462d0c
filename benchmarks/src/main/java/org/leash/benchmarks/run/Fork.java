package org.leash.benchmarks.run;

import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Table;
import org.leash.benchmarks.input.Case;
import org.leash.benchmarks.input.Inputs;
import org.leash.binding.LeashLibrary;
import org.leash.device.Device;

/**
 * The child's side: plays the entries of a plan in this process and reports to the parent, a line
 * at a time, on standard output.
 *
 * @param plan the same as the parent's
 * @param setting how this process was set up
 * @param number of the process, from 1; the fork in the files
 * @param first entries before this one have been played by an earlier process
 * @param banned {@code entry:variant} that killed an earlier process
 */
public record Fork(Plan plan, Setting setting, int number, int first, Set<String> banned) {

  /** A fork as its command line names it. */
  public static Fork of(Plan plan, String setting, int number, int first, Set<String> banned) {
    return new Fork(plan, plan.suite().setting(setting), number, first, banned);
  }

  public String settingId() {
    return setting.id();
  }

  /** Plays the plan. */
  public void run(PrintStream out) {
    List<Plan.Entry> entries = plan.entries();
    Reporter reporter = new Reporter(out);
    try (Device home = Device.cpu()) {
      if (!LeashLibrary.isLoaded()) {
        reporter.event("no_ceilings", "ceilings", number, LeashLibrary.unavailable());
      } else if (first == 0) {
        for (int threads : plan.threads()) {
          Ceilings.measure(home, threads, setting.params(threads), number, reporter);
        }
      }
      Inputs inputs = null;
      Case drawn = null;
      for (int i = first; i < entries.size(); i++) {
        reporter.entry(i);
        switch (entries.get(i)) {
          case Plan.Entry.Kernels(Case described) -> {
            if (drawn == null || !described.sharesInputs(drawn)) {
              if (inputs != null) {
                inputs.close();
              }
              inputs = Inputs.of(home, described);
              drawn = described;
            }
            play(kernelContest(entries.get(i), i, described, home, inputs, reporter), reporter);
          }
          case Plan.Entry.OnGpu(Case described) ->
              reporter.event(
                  "skipped", described.toString(), number, "there is no device timing yet");
          case Plan.Entry.Dispatch(Calls calls) -> {
            if (LeashLibrary.isLoaded()) {
              Plan.Entry entry = entries.get(i);
              int index = i;
              play(
                  new DispatchContest(
                      plan.suite(), setting, calls, variant -> takesPart(entry, index, variant)),
                  reporter);
            } else {
              reporter.event("skipped", calls.label(), number, LeashLibrary.unavailable());
            }
          }
        }
      }
    }
    reporter.entry(entries.size());
  }

  private KernelContest kernelContest(
      Plan.Entry entry, int index, Case described, Device home, Inputs inputs, Reporter reporter) {
    return new KernelContest(
        plan.suite(),
        setting,
        described,
        home,
        inputs,
        variant -> takesPart(entry, index, variant),
        (variant, reason) -> reporter.event("skipped", entry + " / " + variant, number, reason));
  }

  private boolean takesPart(Plan.Entry entry, int index, String variant) {
    return plan.includes(entry, variant) && !banned.contains(index + ":" + variant);
  }

  private void play(Contest contest, Reporter reporter) {
    try (contest) {
      reporter.contest = contest;
      Rounds.play(contest, plan.effort(), number, reporter);
    }
  }

  /** Writes the lines that {@link Message} reads. */
  private static final class Reporter implements Sink {
    private final PrintStream out;
    private Contest contest;

    Reporter(PrintStream out) {
      this.out = out;
    }

    void entry(int index) {
      out.println(Message.entry(index));
    }

    void event(String kind, String subject, int fork, String detail) {
      append(
          Row.of(Table.EVENTS)
              .set("ts_utc", Instant.now().toString())
              .set("fork", fork)
              .set("kind", kind)
              .set("subject", subject)
              .set("detail", detail));
    }

    @Override
    public void append(Row row) {
      out.println(Message.row(row));
    }

    @Override
    public void atWork(Contender.Identity identity) {
      out.println(
          Message.atWork(Row.of(Table.CHECKS).set(contest.key(identity)).set("phase", "run")));
    }
  }
}
