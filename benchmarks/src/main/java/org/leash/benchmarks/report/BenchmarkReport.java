package org.leash.benchmarks.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.compare.RecordedContender;
import org.leash.benchmarks.compare.Verdict;
import org.leash.benchmarks.gate.Gate;
import org.leash.benchmarks.gate.GateFinding;
import org.leash.benchmarks.gate.GateOutcome;
import org.leash.report.Element;
import org.leash.report.Page;

/** A report of runs as one HTML page. */
public final class BenchmarkReport {
  private BenchmarkReport() {}

  /**
   * A part of a report.
   *
   * @param gate findings of a gate; empty without one
   */
  public record Part(Question question, Optional<List<GateFinding>> gate) {}

  /** A page with a chapter for each part. */
  public static String html(List<Part> parts) {
    Page page =
        Page.of(
            "Benchmarks: "
                + parts.stream()
                    .map(part -> part.question().candidate().runId())
                    .collect(Collectors.joining(", ")));
    for (Part part : parts) {
      page.header(banner(part));
    }
    for (Part part : parts) {
      if (parts.size() > 1) {
        page.part(part.question().candidate().runId());
      }
      add(page, part);
    }
    if (parts.size() > 1) {
      page.part("All runs");
    }
    page.section("Glossary", "", Glossary.elements());
    return page.html();
  }

  private static Element banner(Part part) {
    Question question = part.question();
    Element banner = Element.of("div");
    if (part.gate().isPresent()) {
      GateOutcome outcome = Gate.outcome(part.gate().get(), false);
      banner
          .with(
              "class",
              "banner "
                  + (outcome == GateOutcome.PASS
                      ? "good"
                      : outcome.exitCode() == 3 ? "open" : "bad"))
          .add(
              Element.of(
                  "strong",
                  (outcome == GateOutcome.PASS ? "✓ gate: " : "✗ gate: ")
                      + outcome
                      + ", exit "
                      + outcome.exitCode()));
    } else {
      boolean failed =
          Stream.of(Verdict.INCORRECT, Verdict.INVALID)
              .anyMatch(question.answer().counts()::containsKey);
      banner
          .with("class", "banner " + (failed ? "bad" : "good"))
          .add(
              Element.of(
                  "strong",
                  failed
                      ? "✗ some results are wrong or missing"
                      : "✓ every timed result is right"));
    }
    Element lines = Element.of("div");
    if (question.axis().isEmpty()) {
      lines.add(Element.of("div", "base " + TextReport.name(question.base())));
      lines.add(Element.of("div", "candidate " + TextReport.name(question.candidate())));
    } else {
      lines.add(
          Element.of(
              "div",
              TextReport.name(question.candidate()) + " · base " + question.axis().get().base()));
    }
    lines.add(Element.of("div", "verdicts: " + question.verdicts()));
    lines.add(Element.of("div", TextReport.terms(question)).with("class", "same"));
    question
        .warnings()
        .forEach(each -> lines.add(Element.of("div", "⚠ " + each).with("class", "open")));
    return banner.add(lines);
  }

  private static void add(Page page, Part part) {
    Question question = part.question();
    Chapter chapter = new Chapter(question, part.gate().orElse(List.of()));
    List<RecordedContender> all = question.all();
    page.section(
        "Findings",
        "Obstacles to passing the gate, the most severe first.",
        Tables.findings(chapter.findings()));
    page.section(
        "Failures",
        "Cases without a credible time, each with the command that measures it again.",
        Tables.failures(question));
    page.section(
        "Change by case",
        "Time relative to the base. Green is faster, orange slower, a deeper colour a larger"
            + " change; hatched is undecided.",
        Stream.of(HeatMap.of(chapter), Tables.undecided(question)).flatMap(List::stream).toList());
    page.section(
        "Ratios and their intervals",
        "Left of 1× is faster. Grey: the zone in which times count as equal; dotted: the A/A floor,"
            + " the difference of identical code.",
        Forests.of(chapter));
    page.section(
        "Throughput",
        "Least traffic per time, with the 95 % interval as a band; dashed: the ceilings, measured"
            + " in the same run.",
        Throughput.of(chapter));
    page.section(
        "Roofline",
        "Memory limits under the slope, exponentials under the flat part.",
        Roofline.of(chapter));
    page.section(
        "Host overhead", "Cost of a call in addition to its work.", HostOverhead.of(chapter, all));
    page.section(
        "Correctness",
        "Largest errors against a double-precision reference, before and after timing; relative to"
            + " max(1, |value|), in matrices to the row's largest. The tolerance is relative too;"
            + " half-precision outputs may differ by one more rounding.",
        Tables.correctness(chapter));
    page.section(
        "Samples in their order",
        "Every timed block; dots at the edge lie beyond it. Changes common to all variants are the"
            + " machine's, a trend in one variant is its own.",
        SampleTracks.of(chapter, all));
    page.section("Left out or failed", "", Tables.events(question));
    page.section("Environment", "", Tables.environment(question));
  }
}
