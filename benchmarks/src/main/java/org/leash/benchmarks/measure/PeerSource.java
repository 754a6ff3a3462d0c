package org.leash.benchmarks.run;

import java.util.List;
import org.leash.benchmarks.input.Case;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Inputs;

/**
 * Someone else's implementations. Found through {@link java.util.ServiceLoader}: they are on the
 * class path only where they were asked for at build time.
 */
public interface PeerSource {

  /** The name by which a {@link Setting} asks for it: "onnxruntime". */
  String id();

  /** Facts for env.csv: the version. */
  String version();

  /**
   * Contenders that fulfil the case's contract; none where the peer cannot.
   *
   * @param workload whose copies of the logits are read in turn and left as they are; open longer
   *     than the contenders
   */
  List<Contender> contenders(Case described, Inputs inputs, Workload workload, Expected expected);
}
