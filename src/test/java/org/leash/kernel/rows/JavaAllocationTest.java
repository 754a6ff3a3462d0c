package org.leash.kernel.rows;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.kernel.Catalogue;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;
import org.leash.operation.Operation;
import org.leash.operation.PolicyGradient;

/** Once compiled, Java kernels allocate nothing per call, not even loss outcomes and vectors. */
class JavaAllocationTest {
  private static final int ROWS = 2;
  private static final int VOCAB = 2100;
  private static final int CALLS = 100;

  /** For the compiler, which has to share the machine. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest
  @ValueSource(strings = {"java-scalar", "java-vector"})
  void policyGradientAllocatesNothing(String variant) {
    try (Device device = Device.cpu(1)) {
      for (DType dtype : DType.values()) {
        Matrix logits = device.matrix(ROWS, VOCAB, dtype);
        IntColumn targets = device.ints(ROWS);
        FloatColumn ones = device.floats(ROWS);
        PolicyGradient arguments =
            PolicyGradient.of(logits)
                .policy(PolicyLoss.ppoClip(0.2, 0.2).withKl(Kl.K3, 0.1).withEntropy(0.1))
                .targets(targets)
                .advantage(ones)
                .referenceLogprob(ones)
                .rolloutLogprob(ones)
                .loss(device.floats(ROWS))
                .gradient(device.matrix(ROWS, VOCAB, dtype));
        var kernel = Catalogue.of(device).kernel(Operation.POLICY_GRADIENT, variant);
        long allocated = Long.MAX_VALUE;
        long start = System.nanoTime();
        while (allocated > 0 && System.nanoTime() - start < PATIENCE_NANOS) {
          long before = THREADS.getCurrentThreadAllocatedBytes();
          for (int i = 0; i < CALLS; i++) {
            kernel.run(arguments);
          }
          allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(allocated).as("bytes in %d calls, %s", CALLS, dtype).isZero();
      }
    }
  }
}
