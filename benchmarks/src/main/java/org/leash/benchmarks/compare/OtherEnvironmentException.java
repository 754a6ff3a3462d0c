package org.leash.benchmarks.compare;

import java.util.List;
import java.util.stream.Collectors;
import org.leash.benchmarks.record.Environment;
import org.leash.benchmarks.record.RecordedRun;

/** Two runs, or a run and this process, differ in what makes times comparable. */
public final class OtherEnvironmentException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public OtherEnvironmentException(String message) {
    super(message);
  }

  /**
   * Requires that two runs are of the same environment.
   *
   * @throws OtherEnvironmentException they are not
   */
  public static void check(RecordedRun base, RecordedRun candidate) {
    List<Environment.Difference> obstacles = Question.obstacles(base, candidate);
    if (!obstacles.isEmpty()) {
      throw new OtherEnvironmentException(
          "the runs are of different environments ("
              + obstacles.stream().map(Object::toString).collect(Collectors.joining("; "))
              + "); use --cross-env to compare them nevertheless");
    }
  }
}
