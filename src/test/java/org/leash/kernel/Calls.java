package org.leash.kernel;

import java.util.List;
import java.util.stream.Stream;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.Matrix;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;

/** Calls for tests: every available variant, and legal arguments with every buffer set. */
final class Calls {
  private Calls() {}

  /** The variants that run on this machine. */
  static List<Variant> variants() {
    try (Device device = Device.cpu(1)) {
      return Catalogue.of(device).variants().stream().filter(Variant::available).toList();
    }
  }

  /** Names of all variants that run on this machine. */
  static Stream<String> names() {
    return variants().stream().map(Variant::name).distinct();
  }

  /** Runs arguments by the variant of a name. */
  static void run(Device device, String name, Arguments arguments) {
    Catalogue catalogue = Catalogue.of(device);
    switch (arguments) {
      case LogSoftmax a -> catalogue.kernel(Operation.LOG_SOFTMAX, name).run(a);
      case Entropy a -> catalogue.kernel(Operation.ENTROPY, name).run(a);
      case TokenStatistics a -> catalogue.kernel(Operation.TOKEN_STATISTICS, name).run(a);
      case LogitsGradient a -> catalogue.kernel(Operation.LOGITS_GRADIENT, name).run(a);
      case PolicyGradient a -> catalogue.kernel(Operation.POLICY_GRADIENT, name).run(a);
    }
  }

  static LogSoftmax logSoftmax(Device device, long rows, long vocab, DType dtype) {
    return LogSoftmax.of(device.matrix(rows, vocab, dtype))
        .logprobs(device.matrix(rows, vocab, dtype));
  }

  static Entropy entropy(Device device, long rows, long vocab, DType dtype) {
    return Entropy.of(device.matrix(rows, vocab, dtype)).entropy(device.floats(rows));
  }

  static TokenStatistics tokenStatistics(Device device, long rows, long vocab, DType dtype) {
    return TokenStatistics.of(device.matrix(rows, vocab, dtype))
        .targets(device.ints(rows))
        .logprob(device.floats(rows))
        .entropy(device.floats(rows))
        .lse(device.floats(rows))
        .statistics(device.statistics(rows));
  }

  static LogitsGradient logitsGradient(Device device, long rows, long vocab, DType dtype) {
    return LogitsGradient.of(device.matrix(rows, vocab, dtype))
        .targets(device.ints(rows))
        .statistics(device.statistics(rows))
        .gradLogprob(device.floats(rows))
        .gradEntropy(device.floats(rows))
        .gradLse(device.floats(rows))
        .gradient(device.matrix(rows, vocab, dtype));
  }

  static PolicyGradient policyGradient(Device device, long rows, long vocab, DType dtype) {
    Matrix logits = device.matrix(rows, vocab, dtype);
    return PolicyGradient.of(logits)
        .policy(PolicyLoss.ppoClip(0.2, 0.28).withKl(Kl.K3, 0.01).withEntropy(0.01))
        .targets(device.ints(rows))
        .advantage(device.floats(rows))
        .oldLogprob(device.floats(rows))
        .referenceLogprob(device.floats(rows))
        .rolloutLogprob(device.floats(rows))
        .weight(device.floats(rows))
        .loss(device.floats(rows))
        .logprob(device.floats(rows))
        .entropy(device.floats(rows))
        .ratio(device.floats(rows))
        .kl(device.floats(rows))
        .clipFlags(device.bytes(rows))
        .gradient(device.matrix(rows, vocab, dtype));
  }

  /** Arguments of every operation. */
  static List<Arguments> all(Device device, long rows, long vocab, DType dtype) {
    return List.of(
        logSoftmax(device, rows, vocab, dtype),
        entropy(device, rows, vocab, dtype),
        tokenStatistics(device, rows, vocab, dtype),
        logitsGradient(device, rows, vocab, dtype),
        policyGradient(device, rows, vocab, dtype));
  }
}
