package org.leash.benchmarks.machine;

/**
 * A property of a machine that affects measurements.
 *
 * @param remedy what to do; "" if nothing is wrong
 */
public record Symptom(Verdict verdict, String subject, String detail, String remedy) {

  /** Effect on measurements. */
  public enum Verdict {
    GOOD("ok"),
    /** Noisier times, or missing variants. */
    POOR("poor"),
    /** Meaningless measurements. */
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
