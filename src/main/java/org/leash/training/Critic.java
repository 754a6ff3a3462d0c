package org.leash.training;

import java.util.Map;
import org.leash.training.files.Checkpoint;

/**
 * A table of values: for every context that a tabular policy tells apart, what is still to be
 * earned from there on. Starts at 0 and learns by regression on targets R, the values before a
 * step's updates being V_old:
 *
 * <pre>loss = mean of ½ max((V − R)², (clip(V, V_old − ε, V_old + ε) − R)²)</pre>
 *
 * <p>With ε = ∞ that is the plain squared error; the clip is that of PPO's implementations
 * (Engstrom et al., arXiv 2005.12729, section 3). Not thread-safe.
 */
final class Critic {
  private final TabularPolicy policy;
  private final double clip;
  private final double[] table;
  private final Descent descent;

  /**
   * Values of 0.
   *
   * @param policy whose contexts it judges; only their places are asked for
   */
  Critic(TabularPolicy policy, TrainingConfig config) {
    this.policy = policy;
    this.clip = config.valueClip();
    this.table = new double[policy.contexts()];
    this.descent = new Descent(table, config, "critic/");
  }

  /** The value of each context. */
  double[] values(Contexts contexts) {
    double[] values = new double[contexts.rows()];
    for (int row = 0; row < values.length; row++) {
      values[row] = table[policy.index(contexts, row)];
    }
    return values;
  }

  /**
   * One update by the rows of completions that the policy wrote; none without any.
   *
   * @param batch with its values and targets
   * @param updates what the update is added to
   */
  void update(TokenBatch batch, double learningRate, UpdateFigures updates) {
    double[] gradient = descent.cleared();
    int count = 0;
    for (boolean foreign : batch.offPolicy) {
      count += foreign ? 0 : 1;
    }
    if (count == 0) {
      return;
    }
    double loss = 0;
    int clipped = 0;
    for (int row = 0; row < batch.rows(); row++) {
      if (batch.offPolicy[row]) {
        continue;
      }
      int context = policy.index(batch.contexts, row);
      double old = batch.value[row];
      double error = table[context] - batch.target[row];
      double bounded = Math.clamp(table[context], old - clip, old + clip) - batch.target[row];
      if (bounded * bounded > error * error) {
        clipped++;
        loss += bounded * bounded / 2;
      } else {
        gradient[context] += error / count;
        loss += error * error / 2;
      }
    }
    double norm = descent.step(learningRate);
    updates.critic(loss / count, (double) clipped / count, norm);
  }

  /** Adds what it needs to go on. */
  void save(Map<String, double[]> model, Map<String, double[]> optimizers) {
    model.put("critic", table);
    descent.save(optimizers);
  }

  /** Goes on where {@link #save} was called. */
  void restore(Checkpoint checkpoint) {
    Checkpoint.copy(checkpoint.model(), "critic", table);
    descent.restore(checkpoint.optimizer());
  }
}
