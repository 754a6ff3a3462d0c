package org.leash.environment;

/**
 * A property of a machine, as the doctors of both commands report it.
 *
 * @param remedy what to do; "" if nothing is wrong
 */
public record Finding(Severity severity, String subject, String detail, String remedy) {
  private static final String UNKNOWN_REMEDY = "check with nvidia-smi whether a GPU works";

  /** The effect of a finding. */
  public enum Severity {
    GOOD,
    /** Something optional is slow, noisy or missing. */
    POOR,
    /** The work is impossible or meaningless. */
    BAD
  }

  public static Finding good(String subject, String detail) {
    return new Finding(Severity.GOOD, subject, detail, "");
  }

  public static Finding poor(String subject, String detail, String remedy) {
    return new Finding(Severity.POOR, subject, detail, remedy);
  }

  public static Finding bad(String subject, String detail, String remedy) {
    return new Finding(Severity.BAD, subject, detail, remedy);
  }

  /**
   * A finding with the library's reason.
   *
   * @param reason the fault and, after the last semicolon, the remedy
   */
  public static Finding of(Severity severity, String subject, String reason) {
    int end = reason.lastIndexOf("; ");
    return end < 0
        ? new Finding(severity, subject, reason, UNKNOWN_REMEDY)
        : new Finding(severity, subject, reason.substring(0, end), reason.substring(end + 2));
  }

  public boolean isBad() {
    return severity == Severity.BAD;
  }

  /** Lines with a label for the severity, the subject in a column of some width, and the remedy. */
  public String describe(String label, int labelWidth, int subjectWidth) {
    String indent = " ".repeat(labelWidth + 1 + subjectWidth);
    String line = pad(label, labelWidth) + " " + pad(subject, subjectWidth) + " " + detail + "\n";
    return remedy.isEmpty() ? line : line + indent + " → " + remedy + "\n";
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
