package org.leash.benchmarks.run;

import java.util.List;
import java.util.Locale;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.input.Case;

/** The key of a contender in a case: the same for all who can be compared, in whatever process. */
public final class CaseKey {
  /** The {@code params} of cases and ceilings of a GPU. */
  static final String GPU_PARAMS = "streams=1";

  private CaseKey() {}

  /**
   * The key of someone who computes a case.
   *
   * @param inPlace whether the matrix takes the place of the logits
   */
  static Key of(
      Suite suite, Setting setting, Case described, Contender.Identity identity, boolean inPlace) {
    boolean gpu = described.threads() == Case.ON_GPU;
    String dtype = lower(described.dtype());
    return new Key(
        List.of(
            suite.toString(),
            described.task().id(),
            identity.variant(),
            identity.impl(),
            lower(identity.role()),
            described.task().contract(),
            dtype,
            "f32",
            described.task().writesMatrix() ? dtype : "f32",
            Integer.toString(described.rows()),
            Integer.toString(described.vocab()),
            Boolean.toString(inPlace),
            gpu ? GPU_PARAMS : setting.params(described.threads()),
            described.distribution().id(),
            Long.toString(Case.SEED),
            "cold_rotate",
            gpu ? "event" : "wall_sync",
            gpu ? GpuStage.GPU.toString() : "cpu"));
  }

  /** The key of a case for a process of its own, whose contenders add who they are. */
  public static Key forPeers(Suite suite, Case described) {
    Contender.Identity nobody = new Contender.Identity("", "", Contender.Role.PEER);
    return of(suite, Setting.PLAIN, described, nobody, false);
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
