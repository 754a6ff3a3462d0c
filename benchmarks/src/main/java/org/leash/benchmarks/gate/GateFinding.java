package org.leash.benchmarks.gate;

import org.leash.benchmarks.csv.Labels;

/**
 * Something that keeps the gate from passing.
 *
 * @param subject the case and variant, or what else it is about
 * @param reason for people, with the numbers
 * @param repro the command that measures it again; "" where there is none
 */
public record GateFinding(GateOutcome outcome, String subject, String reason, String repro) {
  public GateFinding {
    subject = Labels.plain(subject);
    reason = Labels.plain(reason);
    repro = Labels.plain(repro);
  }
}
