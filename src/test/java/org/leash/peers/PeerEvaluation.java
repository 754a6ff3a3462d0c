package org.leash.peers;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.leash.loss.LogRatio;
import org.leash.loss.PolicyLoss;
import org.leash.loss.advantage.Sequences;
import org.leash.loss.correction.RolloutCorrection.Weight;
import org.leash.loss.objective.Adjustment;
import org.leash.loss.objective.TokenColumns;
import org.leash.loss.objective.TokenGradients;
import org.leash.peers.PeerForms.Form;
import org.leash.reference.RowReference;
import org.leash.reference.RowReference.Row;

/**
 * A batch with the policy's statistics, and the loss by this library in double precision, for
 * comparison with the trainer's.
 */
public final class PeerEvaluation {
  public final PeerBatch batch;
  public final Form form;
  public final Sequences sequences;
  public final int[] targets;
  public final Row[] rows;
  public final TokenColumns columns;
  public final TokenGradients out;

  /** Evaluates a batch. */
  public PeerEvaluation(PeerBatch batch, Form form) {
    this.batch = batch;
    this.form = form;
    sequences = batch.sequences();
    targets = batch.integers("tokens");
    rows = new Row[targets.length];
    double[] logits = batch.numbers("logits");
    double[] logprob = new double[targets.length];
    double[] entropy = new double[targets.length];
    double[] ones = new double[targets.length];
    Arrays.fill(ones, 1.0);
    for (int t = 0; t < targets.length; t++) {
      int from = t * batch.vocab();
      rows[t] = RowReference.of(Arrays.copyOfRange(logits, from, from + batch.vocab()), 1.0);
      logprob[t] = rows[t].logprob(targets[t]);
      entropy[t] = rows[t].entropy();
    }
    double[] advantage = batch.numbers("advantage");
    if (!form.hasSurrogate()) {
      Arrays.fill(advantage, 0.0);
    }
    TokenColumns given =
        new TokenColumns(
            sequences,
            logprob,
            entropy,
            sequences.spread(advantage),
            batch.numbers("old_logprob"),
            batch.numbers("reference_logprob"),
            batch.numbers("rollout_logprob"),
            weighsRollouts() ? null : ones,
            form.aggregation().weights(sequences, batch.maxLength()));
    columns = form.correction().apply(given, form.aggregation(), batch.maxLength());
    out = form.objective().evaluate(columns, 1);
  }

  private boolean weighsRollouts() {
    PolicyLoss policy = form.objective().policy();
    return policy.rolloutFloor() > 0 || policy.rolloutCap() < Double.POSITIVE_INFINITY;
  }

  /** Empty if loss and gradient agree. */
  String difference() {
    if (Double.isNaN(batch.loss())) {
      // The trainer's mean is over no tokens, as all are rejected.
      return out.total() == 0 ? "" : "loss %s of nothing".formatted(out.total());
    }
    boolean[] all = new boolean[targets.length];
    Arrays.fill(all, true);
    double terms = Arrays.stream(out.loss()).map(Math::abs).sum();
    double lossError = Math.abs(out.total() - batch.loss());
    String gradient = gradientDifference(all);
    return gradient.isEmpty() && lossError <= form.tolerance() * Math.max(terms, 1)
        ? ""
        : "loss %s instead of %s%s".formatted(out.total(), batch.loss(), gradient);
  }

  /** Empty if the gradients of some tokens agree. */
  private String gradientDifference(boolean[] tokens) {
    double[] expected = batch.numbers("logits_gradient");
    double largest = 1e-300;
    double error = 0;
    for (int t = 0; t < targets.length; t++) {
      double[] gradient =
          rows[t].gradient(targets[t], out.gradLogprob()[t], out.gradEntropy()[t], 0.0);
      for (int j = 0; tokens[t] && j < gradient.length; j++) {
        double peer = expected[t * gradient.length + j];
        largest = Math.max(largest, Math.abs(peer));
        error = Math.max(error, Math.abs(gradient[j] - peer));
      }
    }
    return error <= form.tolerance() * largest
        ? ""
        : String.format(Locale.ROOT, ", gradient off by %.3g of %.3g", error, largest);
  }

  /**
   * Whether a difference of log-probabilities is clamped here, to ±20. Many trainers do not clamp,
   * so that their figures are then others.
   */
  public boolean isClamped() {
    for (int t = 0; t < targets.length; t++) {
      if (isClamped(t)) {
        return true;
      }
    }
    return ofResponses() && IntStream.range(0, targets.length).anyMatch(this::isLargest);
  }

  private boolean isLargest(int t) {
    return out.ratio()[t] >= Math.exp(20.0);
  }

  private boolean isClamped(int t) {
    double[] logprob = columns.logprob();
    return sequences.isKept(t)
        && (LogRatio.isClamped(logprob[t] - columns.oldLogprob()[t])
            || LogRatio.isClamped(logprob[t] - columns.referenceLogprob()[t])
            || (columns.rolloutLogprob() != null
                && LogRatio.isClamped(columns.oldLogprob()[t] - columns.rolloutLogprob()[t])));
  }

  private boolean ofResponses() {
    return form.objective().adjustments().stream().anyMatch(Adjustment::ownsRatio);
  }

  /**
   * Empty if the gradients of all tokens agree that no clamped difference enters: neither their own
   * nor, if the tokens of a response share a ratio or a weight, that of another.
   */
  String differenceElsewhere() {
    boolean isShared =
        ofResponses()
            || form.correction().weight() == Weight.PRODUCT
            || form.correction().weight() == Weight.GEOMETRIC_MEAN;
    boolean[] tokens = new boolean[targets.length];
    for (int i = 0; i < sequences.count(); i++) {
      int end = sequences.end(i);
      boolean isEntered =
          IntStream.range(sequences.begin(i), end).anyMatch(t -> isClamped(t) || isLargest(t));
      for (int t = sequences.begin(i); t < end; t++) {
        tokens[t] = isShared ? !isEntered : !isClamped(t);
      }
    }
    return gradientDifference(tokens);
  }
}
