package org.leash.benchmarks.machine;

/**
 * Something about a machine that measures.
 *
 * @param remedy what to do; "" where nothing is wrong
 */
public record Symptom(Verdict verdict, String subject, String detail, String remedy) {

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

  public static Symptom good(String subject, String detail) {
    return new Symptom(Verdict.GOOD, subject, detail, "");
  }

  public static Symptom poor(String subject, String detail, String remedy) {
    return new Symptom(Verdict.POOR, subject, detail, remedy);
  }

  public static Symptom bad(String subject, String detail, String remedy) {
    return new Symptom(Verdict.BAD, subject, detail, remedy);
  }
}
