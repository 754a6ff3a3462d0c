package org.leash.benchmarks.gate;

import org.leash.benchmarks.csv.Labels;

/**
 * An obstacle to passing the gate.
 *
 * @param subject case and variant, or another subject
 * @param reason explanation with numbers
 * @param repro command that measures it again, or ""
 */
public record GateFinding(GateOutcome outcome, String subject, String reason, String repro) {
  public GateFinding {
    subject = Labels.plain(subject);
    reason = Labels.plain(reason);
    repro = Labels.plain(repro);
  }
}
