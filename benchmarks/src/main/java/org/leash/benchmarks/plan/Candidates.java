package org.leash.benchmarks.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.leash.kernel.Variant;
import org.leash.kernel.panama.Choice;

/**
 * What the suite tune compares for a case on a GPU: the choice compiled into the library, and every
 * other that {@code native-auto} could make.
 */
public final class Candidates {
  /** Follows the table of choices. */
  public static final String AUTO = "native-auto";

  /** Never chosen: the plain kernels. */
  private static final String PLAIN = "native-naive";

  private static final String RESIDENT = "native-resident";
  private static final int[] CLUSTERS = {1, 2, 4, 8, 16};

  private Candidates() {}

  /** Entries of the table for exactly this case, on any GPU. */
  public static List<Choice> of(KernelCase kernelCase) {
    List<Choice> candidates = new ArrayList<>();
    for (Variant variant : kernelCase.cudaVariants()) {
      if (!variant.name().equals(PLAIN)) {
        candidates.add(entry(kernelCase, variant.name(), 0));
      }
      if (variant.name().equals(RESIDENT)) {
        for (int cluster : CLUSTERS) {
          candidates.add(entry(kernelCase, RESIDENT, cluster));
        }
      }
    }
    return candidates;
  }

  private static Choice entry(KernelCase kernelCase, String variant, int cluster) {
    return new Choice(
        Optional.of(kernelCase.contract().operation()),
        Set.of(kernelCase.dtype()),
        kernelCase.vocab(),
        kernelCase.vocab(),
        kernelCase.rows(),
        1,
        Integer.MAX_VALUE,
        variant,
        cluster,
        "measured now");
  }
}
