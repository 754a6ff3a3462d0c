package org.leash.training.record;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A line of completions.jsonl: a completion sampled in training.
 *
 * @param answer null if it has none
 * @param foreign whether it came from elsewhere instead of the policy
 */
public record Completion(
    int prompt,
    List<Integer> tokens,
    String answer,
    boolean correct,
    boolean correctChain,
    double reward,
    boolean foreign) {

  /** Copies the list. */
  public Completion {
    tokens = List.copyOf(tokens);
  }

  Map<String, Object> line(int step) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("step", step);
    line.put("prompt", prompt);
    line.put("tokens", tokens);
    line.put("answer", answer);
    line.put("correct", correct);
    line.put("correct_chain", correctChain);
    line.put("reward", reward);
    line.put("off_policy", foreign);
    return line;
  }
}
