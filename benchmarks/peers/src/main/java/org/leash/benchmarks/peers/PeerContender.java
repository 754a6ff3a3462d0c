package org.leash.benchmarks.peers;

import java.util.List;
import java.util.Map;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Outputs;
import org.leash.benchmarks.input.Workload;
import org.leash.benchmarks.measure.Contender;
import org.leash.benchmarks.plan.Identity;

/** A peer that reads the workload's copies in turn; its outputs are read only for checks. */
abstract class PeerContender implements Contender {
  private final String name;
  private final Workload workload;
  private final Expected expected;
  private int next;

  PeerContender(String name, Workload workload, Expected expected) {
    this.name = name;
    this.workload = workload;
    this.expected = expected;
  }

  /** Computes on one copy and keeps the outputs, replacing those of the previous launch. */
  abstract void compute(int copy);

  /** Releases the outputs. */
  abstract void forget();

  /** Output columns by name. */
  abstract Map<String, float[]> columns();

  /** The output matrix, row by row; empty for contracts without one. */
  float[] matrix() {
    return new float[0];
  }

  @Override
  public final Identity identity() {
    return new Identity(name, name, Identity.Role.PEER);
  }

  @Override
  public final void poison() {
    forget();
  }

  @Override
  public final void launch() {
    compute(next);
    next = next + 1 == workload.copies() ? 0 : next + 1;
  }

  @Override
  public final List<Check> check() {
    Map<String, float[]> columns = columns();
    float[] matrix = matrix();
    return expected.compare(
        new Outputs() {
          @Override
          public float column(String output, int row) {
            return columns.get(output)[row];
          }

          @Override
          public void matrixRow(int row, float[] values) {
            System.arraycopy(matrix, row * values.length, values, 0, values.length);
          }
        },
        Expected.Tolerance.PEERS);
  }
}
