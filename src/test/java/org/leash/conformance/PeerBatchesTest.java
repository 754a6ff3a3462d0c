package org.leash.conformance;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.leash.conformance.Subjects.Subject;
import org.leash.loss.LogRatio;
import org.leash.loss.PolicyLoss;
import org.leash.loss.objective.KlCov;
import org.leash.loss.objective.SequenceWeight;
import org.leash.peers.PeerBatch;
import org.leash.peers.PeerEvaluation;
import org.leash.peers.PeerForms;
import org.leash.peers.PeerForms.Form;

/**
 * Every variant on the batches of trainers ({@link PeerBatch}): gradients against the library's in
 * double precision, which are those of the trainers.
 *
 * <p>The gradient of a row may be off by 1e-6 of its largest element, and a loss by 1e-5 of the
 * size of its terms. In three steps, kernels hand over log-probabilities in single precision; a
 * relative error of 2⁻²⁴ there is multiplied by the log-probability, and for VESPO, whose weight is
 * exp(k log W − λ W) for a product W of many, also by k + λ W.
 */
class PeerBatchesTest {
  private static final double GRADIENT = 1e-6;
  private static final double LOSS = 1e-5;
  private static final double NO_SLOPE = 1e-4;
  private static final double HANDED_OVER = 0x1p-24;
  private static final List<PeerBatch> BATCHES = batches();
  private static final Map<String, Form> FORMS = PeerForms.all();

  private static int cases;
  private static double worstGradient;
  private static double worstLoss;

  @AfterAll
  static void print() {
    System.out.printf(
        "peers: %d cases of batch x variant; gradients off by at most %.2g, losses by %.2g of what"
            + " is allowed%n",
        cases, worstGradient, worstLoss);
  }

  /** All; if shapes are to be small, one of each case, of regimes in turn. */
  private static List<PeerBatch> batches() {
    if (!Subjects.areShapesSmall()) {
      return PeerBatch.losses();
    }
    Map<String, List<PeerBatch>> byName =
        PeerBatch.losses().stream()
            .collect(groupingBy(batch -> batch.name, LinkedHashMap::new, toList()));
    List<PeerBatch> some = new ArrayList<>();
    for (List<PeerBatch> each : byName.values()) {
      some.add(each.get(3 * some.size() % each.size()));
    }
    return some;
  }

  @TestFactory
  Stream<DynamicTest> everyVariant() {
    return Subjects.all().stream()
        .map(
            subject ->
                DynamicTest.dynamicTest(
                    subject.toString(), () -> BATCHES.forEach(batch -> judge(subject, batch))));
  }

  private static void judge(Subject subject, PeerBatch batch) {
    PeerEvaluation expected = new PeerEvaluation(batch, FORMS.get(batch.name));
    if (!Batch.takes(subject, expected.form.objective(), batch.vocab())) {
      return;
    }
    cases++;
    double[] logits = batch.numbers("logits");
    float[] narrow = new float[logits.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (float) logits[i];
    }
    Batch.Results found =
        new Batch(
                expected.form.objective(),
                narrow,
                batch.vocab(),
                expected.targets,
                expected.columns)
            .run(subject);
    for (int t = 0; t < expected.targets.length; t++) {
      if (expected.columns.sequences().isKept(t)) {
        judge(batch, expected, found, t);
      }
    }
  }

  private static void judge(PeerBatch batch, PeerEvaluation expected, Batch.Results found, int t) {
    double[] row =
        expected.rows[t].gradient(
            expected.targets[t], expected.out.gradLogprob()[t], expected.out.gradEntropy()[t], 0.0);
    double largest = Arrays.stream(row).map(Math::abs).max().orElseThrow();
    double handedOver = expected.form.objective().isFused() ? 0.0 : handedOver(expected, t);
    double scale = largest + termsBesides(expected, t);
    for (int j = 0; j < row.length; j++) {
      double error = Math.abs(found.gradient()[t * row.length + j] - row[j]);
      double allowed = (GRADIENT + handedOver) * scale + Float.MIN_NORMAL;
      worstGradient = Math.max(worstGradient, error / allowed);
      assertThat(error)
          .as("%s: gradient of token %d, logit %d, of %s", batch, t, j, largest)
          .isLessThanOrEqualTo(allowed);
    }
    PolicyLoss policy = expected.form.objective().policy();
    double loss = expected.out.loss()[t];
    double others =
        expected.columns.weight()[t]
            * (policy.klCoefficient() * (1 + Math.abs(expected.out.kl()[t]))
                + Math.abs(policy.entropyCoefficient()) * expected.columns.entropy()[t]);
    double allowed = (LOSS + handedOver) * (Math.abs(loss) + 2 * others) + Float.MIN_NORMAL;
    double error = Math.abs(found.loss()[t] - loss);
    worstLoss = Math.max(worstLoss, error / allowed);
    assertThat(error).as("%s: loss of token %d, %s", batch, t, loss).isLessThanOrEqualTo(allowed);
  }

  /**
   * The size of terms that may nearly cancel in a gradient: of the KL term, which near d = 0 is a
   * difference of nearly equal numbers, of KL-Cov's penalty, and of a surrogate of almost no slope.
   */
  private static double termsBesides(PeerEvaluation expected, int t) {
    PolicyLoss policy = expected.form.objective().policy();
    double d = LogRatio.of(expected.columns.logprob()[t], expected.columns.referenceLogprob()[t]);
    double ratio = policy.hasCorrectedKl() ? Math.max(1, expected.out.ratio()[t]) : 1;
    double penalty =
        expected.form.objective().adjustments().stream()
            .filter(KlCov.class::isInstance)
            .mapToDouble(each -> ((KlCov) each).coefficient())
            .sum();
    return expected.columns.weight()[t]
        * (policy.klCoefficient() * Math.max(1, Math.exp(-d)) * ratio
            + penalty
            + NO_SLOPE * Math.abs(expected.columns.advantage()[t]));
  }

  /** The relative error that log-probabilities of the response in single precision may cause. */
  private static double handedOver(PeerEvaluation expected, int t) {
    double[] logprob = expected.columns.logprob();
    double sum = 0;
    double logRatio = 0;
    for (int i = 0; i < expected.sequences.count(); i++) {
      if (t >= expected.sequences.begin(i) && t < expected.sequences.end(i)) {
        for (int other = expected.sequences.begin(i); other < expected.sequences.end(i); other++) {
          if (expected.sequences.isKept(other)) {
            sum += Math.abs(logprob[other]);
            logRatio += logprob[other] - expected.columns.oldLogprob()[other];
          }
        }
      }
    }
    double w = Math.exp(Math.min(logRatio, 20));
    double condition =
        expected.form.objective().adjustments().stream()
            .filter(SequenceWeight.class::isInstance)
            .map(SequenceWeight.class::cast)
            .mapToDouble(weight -> weight.powerNegative() + weight.decayPositive() * w)
            .sum();
    return HANDED_OVER * sum * Math.max(1, condition);
  }
}
