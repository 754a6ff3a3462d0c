package org.leash.operation;

import org.leash.device.FloatColumn;
import org.leash.device.Matrix;

/**
 * Entropy of every row in nats: {@code −Σ p log p} of {@code p = softmax(logits[r] / temperature)},
 * in [0, log vocab].
 *
 * <p>Minimum traffic: one read of the logits.
 */
public final class Entropy extends RowArguments<Entropy> {
  private FloatColumn entropy;

  Entropy() {}

  private Entropy(Matrix logits) {
    super(logits);
  }

  /**
   * Arguments with only the logits set.
   *
   * @throws IllegalArgumentException logits is null
   */
  public static Entropy of(Matrix logits) {
    return new Entropy(logits);
  }

  /** The column of entropies, an output; required. */
  public FloatColumn entropy() {
    return entropy;
  }

  /** Sets the column of entropies. */
  public Entropy entropy(FloatColumn entropy) {
    this.entropy = entropy;
    return this;
  }

  @Override
  Entropy self() {
    return this;
  }

  @Override
  void assign(Entropy other) {
    super.assign(other);
    entropy = other.entropy;
  }

  @Override
  public void accept(Visitor visitor) {
    visitor.output("entropy", entropy, true);
  }
}
