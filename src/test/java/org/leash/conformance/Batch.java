package org.leash.conformance;

import org.leash.conformance.Subjects.Subject;
import org.leash.device.ByteColumn;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.Matrix;
import org.leash.device.StatisticsColumn;
import org.leash.loss.objective.Objective;
import org.leash.loss.objective.TokenColumns;
import org.leash.loss.objective.TokenGradients;
import org.leash.operation.LogitsGradient;
import org.leash.operation.Operation;
import org.leash.operation.PolicyGradient;
import org.leash.operation.TokenStatistics;

/**
 * An objective for a batch of logits in single precision, fused or in three steps, by the kernels
 * of a variant.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared as a whole.
record Batch(Objective objective, float[] logits, int vocab, int[] targets, TokenColumns columns) {
  /** Of each token, and of each logit. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared as a whole.
  record Results(double[] loss, float[] gradient) {}

  static boolean takes(Subject subject, Objective objective, int vocab) {
    return objective.isFused()
        ? subject.takes(Operation.POLICY_GRADIENT, DType.F32, vocab)
        : subject.takes(Operation.TOKEN_STATISTICS, DType.F32, vocab)
            && subject.takes(Operation.LOGITS_GRADIENT, DType.F32, vocab);
  }

  Results run(Subject subject) {
    Device device = subject.device();
    byte[] mask = new byte[targets.length];
    for (int t = 0; t < mask.length; t++) {
      mask[t] = (byte) (columns.sequences().isKept(t) ? 1 : 0);
    }
    Matrix matrix = device.matrix(targets.length, vocab, DType.F32);
    IntColumn target = device.ints(targets.length);
    ByteColumn kept = device.bytes(targets.length);
    try (matrix;
        target;
        kept) {
      matrix.copyFrom(logits);
      target.copyFrom(targets);
      kept.copyFrom(mask);
      double[] loss =
          objective.isFused()
              ? fused(subject, matrix, target, kept)
              : inThreeSteps(subject, matrix, target, kept);
      return new Results(loss, matrix.toArray());
    }
  }

  private double[] fused(Subject subject, Matrix matrix, IntColumn target, ByteColumn kept) {
    Device device = subject.device();
    TokenColumns prepared = objective.prepare(columns);
    FloatColumn losses = device.floats(targets.length);
    subject
        .kernel(Operation.POLICY_GRADIENT)
        .run(
            PolicyGradient.of(matrix)
                .policy(objective.policy())
                .inPlace()
                .targets(target)
                .advantage(column(device, prepared.advantage()))
                .oldLogprob(column(device, prepared.oldLogprob()))
                .referenceLogprob(column(device, prepared.referenceLogprob()))
                .rolloutLogprob(column(device, prepared.rolloutLogprob()))
                .weight(column(device, prepared.weight()))
                .loss(losses)
                .mask(kept));
    device.synchronize();
    return widened(losses.toArray());
  }

  private double[] inThreeSteps(Subject subject, Matrix matrix, IntColumn target, ByteColumn kept) {
    Device device = subject.device();
    FloatColumn logprob = device.floats(targets.length);
    FloatColumn entropy = device.floats(targets.length);
    StatisticsColumn statistics = device.statistics(targets.length);
    subject
        .kernel(Operation.TOKEN_STATISTICS)
        .run(
            TokenStatistics.of(matrix)
                .targets(target)
                .logprob(logprob)
                .entropy(entropy)
                .statistics(statistics)
                .mask(kept));
    device.synchronize();
    TokenGradients reduced =
        objective.evaluate(
            columns.withStatistics(widened(logprob.toArray()), widened(entropy.toArray())), 1);
    subject
        .kernel(Operation.LOGITS_GRADIENT)
        .run(
            LogitsGradient.of(matrix)
                .inPlace()
                .targets(target)
                .statistics(statistics)
                .gradLogprob(column(device, reduced.gradLogprob()))
                .gradEntropy(column(device, reduced.gradEntropy()))
                .mask(kept));
    device.synchronize();
    return reduced.loss();
  }

  private static FloatColumn column(Device device, double[] values) {
    if (values == null) {
      return null;
    }
    FloatColumn column = device.floats(values.length);
    float[] narrow = new float[values.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (float) values[i];
    }
    column.copyFrom(narrow);
    return column;
  }

  private static double[] widened(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
