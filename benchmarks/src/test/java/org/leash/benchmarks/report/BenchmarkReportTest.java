package org.leash.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.leash.benchmarks.compare.Question;
import org.leash.benchmarks.compare.Terms;
import org.leash.benchmarks.gate.Gate;
import org.leash.benchmarks.gate.GatePolicy;
import org.leash.benchmarks.record.RecordedRun;
import org.leash.benchmarks.selftest.Noise;
import org.leash.benchmarks.selftest.SyntheticRun;

final class BenchmarkReportTest {
  private static final String HOSTILE = "<img src=x onerror=alert(1)>,\"\n";

  private static RecordedRun run(String id, double factor) {
    return new SyntheticRun(id, Noise.DESIGN, id.hashCode(), 5, 4)
        .fact("note", HOSTILE)
        .newCase()
        .with("token_statistics", "fast", 1e6 * factor)
        .withTwin("token_statistics", "fast", 1e6 * factor)
        .with("token_statistics", HOSTILE, 2e6)
        .withIncorrect("token_statistics", "wrong" + HOSTILE, 1e6)
        .record();
  }

  private static String section(String html, String heading) {
    int begin = html.indexOf("<h2>" + heading + "</h2>");
    assertThat(begin).as(heading).isPositive();
    return html.substring(begin, html.indexOf("</section>", begin));
  }

  @Test
  void escapesHostileNames() {
    RecordedRun run = run("r", 1);
    Question question =
        Question.inside(
            run, new Question.Axis("variant", "fast"), key -> true, List.of(), Terms.DEFAULT);

    String html =
        BenchmarkReport.html(List.of(new BenchmarkReport.Part(question, Optional.empty())));

    assertThat(html)
        .doesNotContain("<img")
        .doesNotContain("<script")
        .contains("&lt;img src=x onerror=alert(1)&gt;,&quot;");
    assertThat(section(html, "Failures")).contains("off by 1").contains("leash-bench run --suite");
    assertThat(section(html, "Change by case")).contains("✗ INCORRECT");
    assertThat(section(html, "Throughput")).contains("read ceiling 100 GB/s").contains("<path");
    assertThat(section(html, "Correctness")).contains("✗ INCORRECT_NUMERICAL").contains("✓ OK");
    assertThat(section(html, "Samples in their order")).contains("class=\"dots");
    assertThat(section(html, "Glossary")).contains("A/A floor");
    assertThat(html).contains("some results are wrong or missing");
  }

  @Test
  void bannerShowsGateOutcome() {
    Question question =
        Question.between(
            run("r", 1), run("s", 1.2), Optional.empty(), key -> true, List.of(), Terms.DEFAULT);

    String html =
        BenchmarkReport.html(
            List.of(
                new BenchmarkReport.Part(
                    question, Optional.of(Gate.findings(question, GatePolicy.none(), false)))));

    assertThat(html).contains("✗ gate: INCORRECT, exit 2");
    assertThat(section(html, "Findings"))
        .contains("<td class=\"bad\" data-column=\"finding\">REGRESSION</td>")
        .contains("fast");
    assertThat(section(html, "Environment")).contains("identical");
  }

  @Test
  void missingVariantIsFailure() {
    RecordedRun base =
        new SyntheticRun("r", Noise.DESIGN, 1, 5, 4)
            .newCase()
            .with("entropy", "kept", 1e6)
            .with("entropy", "gone", 1e6)
            .record();
    RecordedRun candidate =
        new SyntheticRun("s", Noise.DESIGN, 2, 5, 4)
            .newCase()
            .with("entropy", "kept", 1e6)
            .record();
    Question question =
        Question.between(base, candidate, Optional.empty(), key -> true, List.of(), Terms.DEFAULT);

    String html =
        BenchmarkReport.html(List.of(new BenchmarkReport.Part(question, Optional.empty())));

    assertThat(section(html, "Failures")).contains("– MISSING_CAND").contains("gone");
  }

  @Test
  void defaultBaseIsMostFrequentWinner() {
    assertThat(Question.defaultBase(run("r", 1))).contains("fast");
  }
}
