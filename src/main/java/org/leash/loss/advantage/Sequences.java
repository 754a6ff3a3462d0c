package org.leash.loss.advantage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The responses and groups of a batch of tokens. Responses lie end to end: response i has the
 * tokens [{@link #begin begin(i)}, {@link #end end(i)}). A group is all responses to one prompt.
 * Tokens that are not kept (padding, prompts, tool output) never count; their array entries are
 * ignored. Immutable.
 */
public final class Sequences {
  private final int[] begins;
  private final int[] groups;
  private final boolean[] kept;
  private final int[] lengths;
  private final int keptTokens;
  private final int nonEmpty;

  private Sequences(int[] begins, int[] groups, boolean[] kept) {
    this.begins = begins;
    this.groups = groups;
    this.kept = kept;
    this.lengths = new int[groups.length];
    for (int i = 0; i < lengths.length; i++) {
      for (int t = begins[i]; t < begins[i + 1]; t++) {
        lengths[i] += isKept(t) ? 1 : 0;
      }
    }
    this.keptTokens = Arrays.stream(lengths).sum();
    this.nonEmpty = (int) Arrays.stream(lengths).filter(length -> length > 0).count();
  }

  /**
   * Responses with all tokens kept.
   *
   * @param lengths of the responses in tokens, each ≥ 0
   * @param groups one number per response, equal for responses to the same prompt
   */
  public static Sequences of(int[] lengths, int[] groups) {
    if (lengths.length != groups.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d lengths, but %d groups; each response needs one of each",
              lengths.length,
              groups.length));
    }
    int[] begins = new int[lengths.length + 1];
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] < 0) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "length %d of response %d", lengths[i], i));
      }
      begins[i + 1] = Math.addExact(begins[i], lengths[i]);
    }
    return new Sequences(begins, groups.clone(), null);
  }

  /**
   * The same responses with a mask of kept tokens.
   *
   * @param kept one entry per token
   */
  public Sequences masked(boolean[] kept) {
    if (kept.length != tokens()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%d entries in the mask for %d tokens", kept.length, tokens()));
    }
    return new Sequences(begins, groups, kept.clone());
  }

  /** Number of responses. */
  public int count() {
    return groups.length;
  }

  /** Number of tokens, kept or not. */
  public int tokens() {
    return begins[begins.length - 1];
  }

  /** The first token of a response. */
  public int begin(int sequence) {
    return begins[sequence];
  }

  /** The token after the last of a response. */
  public int end(int sequence) {
    return begins[sequence + 1];
  }

  /** Whether a token is kept. */
  public boolean isKept(int token) {
    return kept == null || kept[token];
  }

  /** Number of kept tokens of a response. */
  public int length(int sequence) {
    return lengths[sequence];
  }

  /** Number of kept tokens of all responses. */
  public int keptTokens() {
    return keptTokens;
  }

  /** Number of responses with a kept token. */
  public int nonEmpty() {
    return nonEmpty;
  }

  /** The responses of each group, in the order of first occurrence. */
  public List<int[]> groups() {
    Map<Integer, List<Integer>> members = new LinkedHashMap<>();
    for (int i = 0; i < groups.length; i++) {
      members.computeIfAbsent(groups[i], group -> new ArrayList<>()).add(i);
    }
    return members.values().stream()
        .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
        .toList();
  }

  /** Some of the responses, in ascending order, as a batch of their own. */
  Sequences selected(int[] responses) {
    int[] selectedBegins = new int[responses.length + 1];
    int[] selectedGroups = new int[responses.length];
    for (int i = 0; i < responses.length; i++) {
      selectedGroups[i] = groups[responses[i]];
      selectedBegins[i + 1] = selectedBegins[i] + end(responses[i]) - begin(responses[i]);
    }
    boolean[] selectedKept = new boolean[selectedBegins[responses.length]];
    for (int i = 0; i < responses.length; i++) {
      for (int t = selectedBegins[i]; t < selectedBegins[i + 1]; t++) {
        selectedKept[t] = isKept(begin(responses[i]) + t - selectedBegins[i]);
      }
    }
    return new Sequences(selectedBegins, selectedGroups, selectedKept);
  }

  /** The values of the tokens of some responses. */
  double[] gathered(int[] responses, double[] perToken) {
    double[] gathered = new double[Arrays.stream(responses).map(i -> end(i) - begin(i)).sum()];
    int filled = 0;
    for (int i : responses) {
      System.arraycopy(perToken, begin(i), gathered, filled, end(i) - begin(i));
      filled += end(i) - begin(i);
    }
    return gathered;
  }

  /** The others' values, with those of the tokens of some responses in their places. */
  double[] scattered(int[] responses, double[] perToken, double[] others) {
    int read = 0;
    for (int i : responses) {
      System.arraycopy(perToken, read, others, begin(i), end(i) - begin(i));
      read += end(i) - begin(i);
    }
    return others;
  }

  /** Repeats the value of each response at its kept tokens; 0 elsewhere. */
  public double[] spread(double[] perSequence) {
    double[] spread = new double[tokens()];
    for (int i = 0; i < count(); i++) {
      for (int t = begin(i); t < end(i); t++) {
        spread[t] = isKept(t) ? perSequence[i] : 0.0;
      }
    }
    return spread;
  }

  /** The values of the kept tokens only. */
  public double[] compact(double[] perToken) {
    double[] compact = new double[keptTokens()];
    int filled = 0;
    for (int t = 0; t < tokens(); t++) {
      if (isKept(t)) {
        compact[filled++] = perToken[t];
      }
    }
    return compact;
  }

  /**
   * Checks the length of an array.
   *
   * @throws IllegalArgumentException the array has another length
   */
  public void check(String name, double[] values, int entries) {
    if (values.length != entries) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%s has %d entries, should have %d", name, values.length, entries));
    }
  }
}
