package org.leash.training;

/** The phases of a training step. */
public enum Phase {
  /** Sampling completions and judging them. */
  ROLLOUT("rollout"),
  /** Rewards, advantages, and other arithmetic on completions. */
  REWARD("reward"),
  /** Log-probabilities before the update and under the reference. */
  LOGPROB("logprob"),
  /** Weights to logits. */
  LOGITS("logits"),
  /** Logits to loss and gradient of logits, by the kernels of the update. */
  KERNEL("kernel"),
  /** Gradient of logits to gradient of weights. */
  BACKWARD("backward"),
  /** Clearing the gradient, its norm, and the change of the weights. */
  OPTIMIZER("optimizer"),
  /** Values of contexts by the critic, and its updates. */
  CRITIC("critic"),
  /** Evaluation. */
  EVAL("eval");

  private final String id;

  Phase(String id) {
    this.id = id;
  }

  /** Its name in metrics. */
  public String id() {
    return id;
  }
}
