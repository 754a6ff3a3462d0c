package org.leash.loss.advantage;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * On-policy distillation: advantages by which a policy moves to a teacher on its own samples, alone
 * or beside those of rewards.
 *
 * <pre>
 *   A_t = rewardScale · A'_t + coefficient · w_t d_t      d_t = log teacher_t − log student_t
 *   w_t = 1 + γ (1 − Σ_{s &lt; t} |d_s| / Σ_s |d_s|)         over the kept tokens of a response
 * </pre>
 *
 * <p>d is {@link Rewards#withTeacher}. γ = 0 is what prime-rl (adv_tau, teacher_tau) and slime
 * (distillation in advantages) add; γ = 0.5 and no rewards, with {@code PolicyLoss.reinforce()}, is
 * TRL's IW-OPD trainer (2026), for which earlier tokens matter more. Responses without an outcome
 * have only the teacher's part.
 *
 * @param rewards the estimator of A'; empty: 0
 * @param rewardScale finite
 * @param coefficient finite
 * @param gamma at least 0 and finite
 */
public record Distillation(
    Optional<Advantage> rewards, double rewardScale, double coefficient, double gamma)
    implements Advantage {
  private static final double LEAST_TOTAL = 1e-8;

  /** Checks the ranges. */
  public Distillation {
    if (!Double.isFinite(rewardScale) || !Double.isFinite(coefficient)) {
      throw new IllegalArgumentException(
          "rewardScale = %s, coefficient = %s: must be finite".formatted(rewardScale, coefficient));
    }
    if (!(gamma >= 0.0 && gamma < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("gamma = " + gamma + ": must be finite and >= 0");
    }
  }

  /** The teacher alone; gamma is 0 without weights, 0.5 in TRL. */
  public static Distillation alone(double gamma) {
    return new Distillation(Optional.empty(), 0.0, 1.0, gamma);
  }

  /** The teacher beside rewards. */
  public static Distillation beside(Advantage rewards, double coefficient) {
    return new Distillation(Optional.of(rewards), 1.0, coefficient, 0.0);
  }

  @Override
  public double[] of(Sequences sequences, Rewards given) {
    double[] teacher = given.teacher(sequences);
    double[] advantages = new double[sequences.tokens()];
    double[] ofRewards = rewards.map(each -> each.of(sequences, given)).orElse(advantages);
    for (int i = 0; i < sequences.count(); i++) {
      double total = 0.0;
      for (int t = sequences.begin(i); t < sequences.end(i); t++) {
        total += sequences.isKept(t) ? Math.abs(teacher[t]) : 0.0;
      }
      double before = 0.0;
      for (int t = sequences.begin(i); t < sequences.end(i); t++) {
        if (sequences.isKept(t)) {
          double weight = 1.0 + gamma * (1.0 - before / Math.max(total, LEAST_TOTAL));
          advantages[t] = rewardScale * ofRewards[t] + coefficient * weight * teacher[t];
          before += Math.abs(teacher[t]);
        }
      }
    }
    return advantages;
  }

  @Override
  public double[] ofScored(Sequences sequences, Rewards given) {
    return of(sequences, given);
  }

  @Override
  public Set<Need> needs() {
    Set<Need> needs = EnumSet.of(Need.TEACHER);
    rewards.ifPresent(each -> needs.addAll(each.needs()));
    return needs;
  }
}
