package org.leash.benchmarks.record;

import org.leash.benchmarks.csv.Key;

/**
 * The least traffic of a contract: each logit read once, and written once if an output is a matrix.
 * Per-row values are not counted.
 *
 * @param bytesRead of the logits
 * @param bytesWritten of the matrix
 */
public record Traffic(long bytesRead, long bytesWritten) {

  /** The least traffic of a key. */
  public static Traffic of(Key key) {
    int size = key.get("dtype_in").equals("f32") ? 4 : 2;
    long matrix = (long) (elements(key) * size);
    String contract = key.get("contract");
    boolean written = contract.contains("gradient") || contract.contains("logprobs");
    return new Traffic(matrix, written ? matrix : 0);
  }

  static double elements(Key key) {
    return Double.parseDouble(key.get("rows")) * Double.parseDouble(key.get("cols"));
  }

  public long bytes() {
    return bytesRead + bytesWritten;
  }

  /** The model in a few characters. */
  public String model() {
    return bytesWritten == 0 ? "1R" : "1R+1W";
  }
}
