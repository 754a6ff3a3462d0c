package org.leash.benchmarks.measure;

import java.util.List;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Workload;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.ProcessSetting;

/**
 * A library that competes with this one. Found through {@link java.util.ServiceLoader}, as peers
 * are on the class path only if built.
 */
public interface PeerSource {

  /** The id by which a {@link ProcessSetting} selects it: "onnxruntime". */
  String id();

  /** Its version, for env.csv. */
  String version();

  /**
   * Contenders that fulfil the case's contract; none if the peer cannot.
   *
   * @param workload whose copies of the logits are read in turn and not modified; outlives the
   *     contenders
   */
  List<Contender> contenders(
      KernelCase kernelCase, Inputs inputs, Workload workload, Expected expected);
}
