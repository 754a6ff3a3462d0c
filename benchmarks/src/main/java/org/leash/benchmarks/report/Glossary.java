package org.leash.benchmarks.report;

import java.util.List;
import org.leash.report.Element;

/** Definitions of the report's terms. */
final class Glossary {
  private static final String[][] TERMS = {
    {
      "time",
      "Time of one launch: the geometric mean over forks of each fork's median over rounds. ± is"
          + " half of the 95 % interval (Student's t over forks)."
    },
    {
      "fork",
      "A fresh JVM. The fork is the unit of replication: all intervals come from the spread between"
          + " forks."
    },
    {
      "round",
      "Every variant of a case has one block in a round, in random order, so that drift of the"
          + " machine affects all alike."
    },
    {
      "change",
      "The candidate's time over the base's. Inside a run: per fork, the median over rounds of the"
          + " logarithm of the ratio; then a paired t-test over forks. Between runs: Welch's test"
          + " on the forks' logarithmic times, which sees only larger differences."
    },
    {
      "A/A floor",
      "Twins are the same kernel timed twice. The floor is the 95th percentile of the distance of"
          + " their ratios from 1: the noise of this run."
    },
    {
      "zone",
      "Ratios closer to 1 than this count as equal: by default 1 %, and at least the A/A floor."
    },
    {
      "FASTER, SLOWER",
      "The interval excludes 1, the ratio lies outside the zone, and the p-value, corrected for all"
          + " comparisons (Holm), is below 0.05."
    },
    {"SAME", "The whole interval lies inside the zone: shown to be equivalent."},
    {
      "INCONCLUSIVE",
      "Neither is shown. The number of forks would decide it with a probability of 0.9 if the ratio"
          + " stays the same and the spread is within what few forks may hide."
    },
    {
      "INCORRECT, INVALID",
      "An output is outside its tolerance, or there is no credible time. Neither has a speed."
    },
    {
      "ceiling",
      "The best rate of reading, copying or updating memory, or of exponentials, measured in the"
          + " same run with as many threads. The binding ceiling is the one that takes longest."
    },
    {
      "least traffic",
      "1R: each logit is read once. 1R+1W: and written once. GB/s are these bytes per time, GB ="
          + " 10⁹ bytes, regardless of a variant's actual traffic."
    },
    {"geometric mean", "Geometric mean of the ratios of all cases; not given if a case has none."}
  };

  private Glossary() {}

  static List<Element> elements() {
    Element list = Element.of("dl");
    for (String[] term : TERMS) {
      list.add(Element.of("dt", term[0]), Element.of("dd", term[1]));
    }
    return List.of(list);
  }
}
