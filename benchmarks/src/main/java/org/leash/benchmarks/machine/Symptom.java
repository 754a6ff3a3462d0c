package org.leash.benchmarks.machine;

/**
 * Something about a machine that measures.
 *
 * @param remedy what to do; "" where nothing is wrong
 */
public record Finding(Verdict verdict, String subject, String detail, String remedy) {

  /** What it means for measurements. */
  public enum Verdict {
    GOOD("ok"),
    /** Times are noisier, or something is left out. */
    POOR("poor"),
    /** What is measured here means nothing. */
    BAD("BAD");

    private final String label;

    Verdict(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  public static Finding good(String subject, String detail) {
    return new Finding(Verdict.GOOD, subject, detail, "");
  }

  public static Finding poor(String subject, String detail, String remedy) {
    return new Finding(Verdict.POOR, subject, detail, remedy);
  }

  public static Finding bad(String subject, String detail, String remedy) {
    return new Finding(Verdict.BAD, subject, detail, remedy);
  }
}
