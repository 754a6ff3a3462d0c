package org.leash.training;

import java.util.Arrays;

/**
 * Contexts for a policy to continue: in each row a prompt and the tokens after it. Rows refer to
 * the tokens, which are not copied. Not thread-safe.
 */
public final class Contexts {
  private int[][] tokens = new int[16][];
  private int[] prompt = new int[16];
  private int[] start = new int[16];
  private int[] length = new int[16];
  private int rows;

  /** Removes all rows. */
  public void clear() {
    Arrays.fill(tokens, 0, rows, null);
    rows = 0;
  }

  /** Adds a row: the prompt, and length tokens from start on. */
  public void add(int prompt, int[] tokens, int start, int length) {
    if (rows == this.prompt.length) {
      int capacity = 2 * rows;
      this.tokens = Arrays.copyOf(this.tokens, capacity);
      this.prompt = Arrays.copyOf(this.prompt, capacity);
      this.start = Arrays.copyOf(this.start, capacity);
      this.length = Arrays.copyOf(this.length, capacity);
    }
    this.tokens[rows] = tokens;
    this.prompt[rows] = prompt;
    this.start[rows] = start;
    this.length[rows] = length;
    rows++;
  }

  /** The number of rows. */
  public int rows() {
    return rows;
  }

  /** The prompt of a row. */
  public int prompt(int row) {
    return prompt[row];
  }

  /** The number of tokens after the prompt. */
  public int length(int row) {
    return length[row];
  }

  /** The token at a position in [0, length). */
  public int token(int row, int position) {
    return tokens[row][start[row] + position];
  }
}
