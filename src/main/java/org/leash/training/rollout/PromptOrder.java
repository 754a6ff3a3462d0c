package org.leash.training.rollout;

import java.util.Arrays;
import org.leash.training.RandomStream;

/** Prompts in random order, each once before any comes again. */
final class PromptOrder {
  private final int[] order;
  private final RandomStream random;
  private int next;

  PromptOrder(int prompts, RandomStream random) {
    this.order = new int[prompts];
    Arrays.setAll(order, i -> i);
    this.random = random;
    this.next = prompts;
  }

  int[] take(int count) {
    int[] taken = new int[count];
    for (int i = 0; i < count; i++) {
      if (next == order.length) {
        random.shuffle(order);
        next = 0;
      }
      taken[i] = order[next++];
    }
    return taken;
  }

  /** The order and, last, the place in it. */
  double[] state() {
    double[] state = new double[order.length + 1];
    Arrays.setAll(state, i -> i < order.length ? order[i] : next);
    return state;
  }

  /** Restores a {@link #state()}. */
  void restore(double[] state) {
    Arrays.setAll(order, i -> (int) state[i]);
    next = (int) state[order.length];
  }
}
