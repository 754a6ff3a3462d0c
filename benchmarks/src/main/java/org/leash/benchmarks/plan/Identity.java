package org.leash.benchmarks.plan;

import java.util.Locale;
import org.leash.benchmarks.csv.Key;

/**
 * Name of a contender.
 *
 * @param variant name in tables
 * @param impl kind of implementation: c_cpu, cuda, java_ffm, java_vector, java_scalar, or the
 *     peer's name
 */
public record Identity(String variant, String impl, Role role) {

  /** Part that a contender plays in comparisons. */
  public enum Role {
    CANDIDATE,
    /** Reference for the other contenders of the case. */
    BASELINE,
    /** An implementation by others. */
    PEER,
    /** The A/A twin: a candidate timed a second time, whose ratio to itself is noise. */
    NULL;

    /** Value of the column {@code role}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a contender has this role. */
    public boolean isOf(Key key) {
      return key.get("role").equals(id());
    }
  }
}
