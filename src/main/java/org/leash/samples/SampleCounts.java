package org.leash.samples;

import java.security.MessageDigest;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.leash.analysis.ProblemSamples;

/**
 * Counts samples by problem. Memory grows with the number of problems and distinct answers, and
 * with the number of samples only if their ids are not small integers.
 */
final class SampleCounts {
  private static final class Counts {
    long line;
    int samples;
    int correct;
    int correctChains;
    final Map<String, Integer> answers = new HashMap<>();
    final Map<String, Boolean> verdicts = new HashMap<>();
    final SampleIds ids;

    Counts(MessageDigest sha256) {
      ids = new SampleIds(sha256);
    }
  }

  private final MessageDigest sha256 = SampleIds.sha256();
  private final Map<String, Counts> problems = new LinkedHashMap<>();

  /**
   * Adds a sample unless it is invalid.
   *
   * @param line in the file
   * @param answer null: no answer
   * @param chain null: not judged, equal to {@code correct}
   * @param id null: no detection of duplicates
   * @return null, or the reason why the sample is invalid
   */
  String add(long line, String problem, boolean correct, String answer, Boolean chain, String id) {
    Counts counts = problems.computeIfAbsent(problem, _ -> new Counts(sha256));
    if (id != null && counts.ids.contains(id)) {
      return "sample " + id + " of problem " + problem + " occurs twice";
    }
    if (answer != null) {
      Boolean verdict = counts.verdicts.get(answer);
      if (verdict != null && verdict != correct) {
        return "answer '%s' to problem %s was %scorrect before"
            .formatted(answer, problem, verdict ? "" : "not ");
      }
      counts.verdicts.put(answer, correct);
      counts.answers.merge(answer, 1, Integer::sum);
    }
    if (id != null) {
      counts.ids.add(id);
    }
    if (counts.samples++ == 0) {
      counts.line = line;
    }
    if (correct) {
      counts.correct++;
      counts.correctChains += chain == null || chain ? 1 : 0;
    }
    return null;
  }

  List<ProblemSamples> problems() {
    return problems.entrySet().stream()
        .filter(entry -> entry.getValue().samples > 0)
        .map(entry -> samples(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** The line of the first sample of each problem. */
  Map<String, Long> lines() {
    Map<String, Long> lines = new HashMap<>();
    problems.forEach(
        (problem, counts) -> {
          if (counts.samples > 0) {
            lines.put(problem, counts.line);
          }
        });
    return lines;
  }

  private static ProblemSamples samples(String problem, Counts counts) {
    Map<String, ProblemSamples.Answer> answers = new HashMap<>();
    counts.answers.forEach(
        (answer, count) ->
            answers.put(answer, new ProblemSamples.Answer(count, counts.verdicts.get(answer))));
    return new ProblemSamples(
        problem, counts.samples, counts.correct, counts.correctChains, answers);
  }
}
