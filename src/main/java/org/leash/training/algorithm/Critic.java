package org.leash.training.algorithm;

import java.util.Map;
import org.leash.training.Contexts;
import org.leash.training.PrefixTree;
import org.leash.training.record.Checkpoint;

/**
 * A table of values: for every context, the reward still to be expected. Starts at 0 and learns by
 * regression on targets R; with V_old the values before a step's updates,
 *
 * <pre>loss = mean of ½ max((V − R)², (clip(V, V_old − ε, V_old + ε) − R)²)</pre>
 *
 * <p>With ε = ∞ that is the plain squared error; the clip is that of PPO's implementations
 * (Engstrom et al., arXiv 2005.12729, section 3). Not thread-safe.
 */
final class Critic {
  private final PrefixTree contexts;
  private final double clip;
  private final double[] table;
  private final Descent descent;

  /** Values of 0 for all contexts. */
  Critic(PrefixTree contexts, UpdateConfig config) {
    this.contexts = contexts;
    this.clip = config.valueClip();
    this.table = contexts.table(1);
    this.descent = new Descent(table, config, "critic/");
  }

  /** The value of each context. */
  double[] values(Contexts rows) {
    double[] values = new double[rows.rows()];
    for (int row = 0; row < values.length; row++) {
      values[row] = table[(int) contexts.context(rows, row)];
    }
    return values;
  }

  /**
   * Updates by the completions that the policy sampled; does nothing if there are none.
   *
   * @param batch with values and targets
   * @param updates receives the figures of the update
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
      int context = (int) contexts.context(batch.contexts, row);
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
    updates.add(UpdateFigures.Figure.CRITIC_LOSS, loss / count);
    updates.add(UpdateFigures.Figure.CRITIC_CLIPPED, (double) clipped / count);
    updates.add(UpdateFigures.Figure.CRITIC_GRADIENT_NORM, descent.step(learningRate));
  }

  /** Adds its state. */
  void save(Map<String, double[]> model, Map<String, double[]> optimizers) {
    model.put("critic", table);
    descent.save(optimizers);
  }

  /** Restores the state that {@link #save} added. */
  void restore(Checkpoint checkpoint) {
    Checkpoint.copy(checkpoint.model(), "critic", table);
    descent.restore(checkpoint.optimizer());
  }
}
