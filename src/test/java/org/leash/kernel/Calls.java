package org.leash.kernel;

import java.util.List;
import java.util.stream.Stream;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.Matrix;
import org.leash.loss.Kl;
import org.leash.loss.PolicyLoss;
import org.leash.operation.Arguments;
import org.leash.operation.Entropy;
import org.leash.operation.LogSoftmax;
import org.leash.operation.LogitsGradient;
import org.leash.operation.Operation;
import org.leash.operation.PolicyGradient;
import org.leash.operation.TokenStatistics;

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
  static <A extends Arguments> void run(Device device, String name, A arguments) {
    Catalogue.of(device).kernel(Operation.of(arguments), name).run(arguments);
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
        .statistics(device.statistics(rows))
        .collision(device.floats(rows));
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
    return Operation.all().stream().map(each -> of(each, device, rows, vocab, dtype)).toList();
  }

  private static Arguments of(
      Operation<?> operation, Device device, long rows, long vocab, DType dtype) {
    return switch (operation.id()) {
      case "log_softmax" -> logSoftmax(device, rows, vocab, dtype);
      case "entropy" -> entropy(device, rows, vocab, dtype);
      case "token_statistics" -> tokenStatistics(device, rows, vocab, dtype);
      case "logits_gradient" -> logitsGradient(device, rows, vocab, dtype);
      case "policy_gradient" -> policyGradient(device, rows, vocab, dtype);
      default -> throw new AssertionError("no arguments of " + operation);
    };
  }
}
