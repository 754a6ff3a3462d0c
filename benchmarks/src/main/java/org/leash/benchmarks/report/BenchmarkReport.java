package org.leash.benchmarks.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.leash.benchmarks.compare.Contestant;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.compare.Verdict;
import org.leash.benchmarks.gate.Gate;
import org.leash.benchmarks.gate.GateFinding;
import org.leash.benchmarks.gate.GateOutcome;
import org.leash.report.Element;
import org.leash.report.Page;

/** The report of runs as one page. */
public final class BenchmarkReport {
  private BenchmarkReport() {}

  /**
   * A part of a report.
   *
   * @param gate what a gate found; empty if none was asked
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
                  failed ? "✗ not every result is right" : "✓ every timed result is right"));
    }
    Element who = Element.of("div");
    if (question.axis().isEmpty()) {
      who.add(Element.of("div", "base " + TextReport.name(question.base())));
      who.add(Element.of("div", "candidate " + TextReport.name(question.candidate())));
    } else {
      who.add(
          Element.of(
              "div",
              TextReport.name(question.candidate()) + " · base " + question.axis().get().base()));
    }
    who.add(Element.of("div", "verdicts: " + question.verdicts()));
    who.add(Element.of("div", TextReport.terms(question)).with("class", "same"));
    question
        .warnings()
        .forEach(each -> who.add(Element.of("div", "⚠ " + each).with("class", "open")));
    return banner.add(who);
  }

  private static void add(Page page, Part part) {
    Question question = part.question();
    Chapter chapter = new Chapter(question, part.gate().orElse(List.of()));
    List<Contestant> all = question.all();
    section(
        page,
        "Findings",
        "What keeps the gate from passing, the most severe first.",
        chapter.findings().isEmpty() ? List.of() : Tables.findings(chapter.findings()));
    section(
        page,
        "Failures",
        "Without a believable time, each with the command that measures it again.",
        Tables.failures(question));
    section(
        page,
        "Change by case",
        "Time over the base's. Green is faster, orange slower, deeper the more; hatched is not"
            + " shown to differ.",
        Stream.of(HeatMap.of(chapter), Tables.undecided(question)).flatMap(List::stream).toList());
    section(
        page,
        "Ratios and their intervals",
        "Left of 1× is faster. Grey ground: the zone in which times count as the same; dotted: the"
            + " A/A floor, how far identical code strayed.",
        Forests.of(chapter));
    section(
        page,
        "Throughput",
        "Bytes of the least traffic over the time, with the 95 % interval as a band; dashed: what"
            + " the machine could do at most, measured in the same run.",
        Throughput.of(chapter));
    section(
        page,
        "Roofline",
        "Under the slope memory is the limit, under the flat part the exponential.",
        Roofline.of(chapter));
    section(
        page, "Host overhead", "What a call costs beside its work.", HostOverhead.of(chapter, all));
    section(
        page,
        "Correctness",
        "The largest errors against a double-precision reference, before and after the timing;"
            + " relative to max(1, |value|), in matrices to the row's largest. The tolerance is"
            + " relative too; half-precision outputs may be off by their rounding besides.",
        Tables.correctness(chapter));
    section(
        page,
        "Samples in their order",
        "Every timed block; dots at the edge lie beyond it. What moves all variants at once is the"
            + " machine; a trend in one alone is not.",
        SampleTracks.of(chapter, all));
    section(page, "Left out or gone wrong", "", Tables.events(question));
    section(page, "Environment", "", Tables.environment(question));
  }

  private static void section(
      Page page, String heading, String introduction, List<Element> content) {
    if (!content.isEmpty()) {
      page.section(heading, introduction, content);
    }
  }
}
