package org.leash.benchmarks.measure;

import java.util.List;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.input.Expected;
import org.leash.benchmarks.input.Inputs;
import org.leash.benchmarks.input.Outputs;
import org.leash.benchmarks.plan.DispatchCase;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Kernel;
import org.leash.kernel.Variant;
import org.leash.kernel.panama.DispatchTimer;
import org.leash.operation.Operation;
import org.leash.operation.TokenStatistics;

/**
 * {@code token_statistics} of {@link DispatchCase#TINY_INPUT} on one thread by the preferred native
 * variant, in three ways: from C, through the binding, and through the library. Needs the native
 * library.
 */
public final class TinyCall implements AutoCloseable {
  private final Device device = Device.cpu(1);
  private final Inputs inputs = Inputs.of(device, DispatchCase.TINY_INPUT);
  private final Expected expected = Expected.of(DispatchCase.TINY_INPUT, inputs);
  private final FloatColumn logprob = device.floats(DispatchCase.TINY_INPUT.rows());
  private final FloatColumn entropy = device.floats(DispatchCase.TINY_INPUT.rows());
  private final TokenStatistics arguments =
      TokenStatistics.of(inputs.logits())
          .targets(inputs.columns().targets())
          .logprob(logprob)
          .entropy(entropy);
  private final Kernel<TokenStatistics> kernel;
  private final DispatchTimer timer;

  public TinyCall() {
    Catalogue catalogue = Catalogue.of(device);
    String preferred =
        catalogue.variants().stream()
            .filter(variant -> variant.operation() == Operation.TOKEN_STATISTICS)
            .filter(variant -> variant.available() && variant.name().startsWith("native-"))
            .findFirst()
            .map(Variant::name)
            .orElseThrow(
                () -> new IllegalStateException("no native variant: " + catalogue.describe()));
    kernel = catalogue.kernel(Operation.TOKEN_STATISTICS, preferred);
    timer = new DispatchTimer(device, preferred, arguments);
  }

  /** Calls without the library's checks. */
  public DispatchTimer timer() {
    return timer;
  }

  /** One call through the library. */
  public void throughLibrary() {
    kernel.run(arguments);
  }

  /** Invalidates the outputs. */
  public void poison() {
    logprob.set(0, Float.NaN);
    entropy.set(0, Float.NaN);
  }

  /** Compares the latest outputs with the reference. */
  public List<Check> check() {
    return expected.compare(
        new Outputs() {
          @Override
          public float column(String name, int row) {
            return (name.equals("logprob") ? logprob : entropy).get(row);
          }

          @Override
          public void matrixRow(int row, float[] values) {
            throw new IllegalStateException("token_statistics has no matrix");
          }
        },
        Expected.Tolerance.OURS);
  }

  @Override
  public void close() {
    timer.close();
    inputs.close();
    device.close();
  }
}
