package org.leash.benchmarks.report;

import java.util.List;
import org.leash.report.Element;

/** What the numbers mean. */
final class Glossary {
  private static final String[][] TERMS = {
    {
      "time",
      "Of one launch: the geometric mean over forks of each fork's median over rounds. ± is half of"
          + " the 95 % interval (Student's t over forks)."
    },
    {
      "fork",
      "A fresh JVM. Forks are what is independent, so all intervals come from the spread between"
          + " them."
    },
    {
      "round",
      "In a round every variant of a case has one block, in random order, so that drift of the"
          + " machine meets all alike."
    },
    {
      "change",
      "The candidate's time over the base's. Inside a run: per fork, the median over rounds of the"
          + " logarithm of the ratio; then a paired t-test over forks. Between runs: Welch's test"
          + " on the forks' logarithmic times, which sees only larger differences."
    },
    {
      "A/A floor",
      "Twins are the same kernel timed twice. The 95th percentile of how far their ratios stray"
          + " from 1 is what noise alone does in this run."
    },
    {
      "zone",
      "Ratios closer to 1 than this count as the same: 1 % unless asked otherwise, and never less"
          + " than the A/A floor."
    },
    {
      "FASTER, SLOWER",
      "The interval leaves out 1, the ratio lies outside the zone, and the p-value, corrected for"
          + " all comparisons (Holm), is below 0.05."
    },
    {"SAME", "The whole interval lies inside the zone: shown to be equivalent."},
    {
      "INCONCLUSIVE",
      "Neither is shown. The number of forks would decide it with a probability of 0.9 if the ratio"
          + " stays what it is, and the spread is not more than so few forks may hide of it."
    },
    {
      "INCORRECT, INVALID",
      "An output was outside its tolerance; or there is no believable time. Neither has a speed."
    },
    {
      "ceiling",
      "Measured in the same run: the best rate of reading, copying or updating memory, or of"
          + " exponentials, with as many threads. The one that binds is the one that takes longest."
    },
    {
      "least traffic",
      "1R: each logit is read once. 1R+1W: and written once. GB/s are these bytes over the time, GB"
          + " = 10⁹ bytes, whatever a variant really moves."
    },
    {"geometric mean", "Of ratios over all cases, and not given if one of them has none."}
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
