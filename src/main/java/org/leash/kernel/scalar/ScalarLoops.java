package org.leash.kernel.scalar;

import java.lang.foreign.MemorySegment;
import org.leash.device.DType;
import org.leash.device.Matrix;
import org.leash.kernel.rows.RowLoops;
import org.leash.kernel.rows.RowSums;

/**
 * The loops as direct transcriptions of the formulas: element by element, in double precision, with
 * the exponential of the JDK. The sums read a row twice (maximum, then exponentials), an output
 * matrix once more.
 */
final class ScalarLoops implements RowLoops {

  @Override
  public void sums(Matrix logits, long row, double temperature, RowSums sums) {
    MemorySegment memory = logits.memory();
    DType dtype = logits.dtype();
    long step = dtype.bytes();
    long begin = row * logits.rowStride() * step;
    long end = begin + logits.vocab() * step;

    float max = Float.NEGATIVE_INFINITY;
    long largest = begin;
    for (long at = begin; at < end; at += step) {
      float x = dtype.decode(memory, at);
      if (x > max) {
        max = x;
        largest = at;
      }
    }

    // The maximum ignores NaN, which propagates here; so does +infinity, as infinity - infinity.
    double rest = 0.0;
    double weighted = 0.0;
    double squares = 0.0;
    for (long at = begin; at < end; at += step) {
      double shifted = ((double) dtype.decode(memory, at) - max) / temperature;
      double term = Math.exp(shifted);
      if (at != largest && term != 0.0) {
        rest += term;
        weighted += term * shifted;
        squares += term * term;
      }
    }
    sums.finish(max, temperature, rest, weighted, squares);
  }

  @Override
  public void logSoftmax(
      Matrix logits,
      Matrix logprobs,
      long row,
      double temperature,
      double maxLogit,
      double logSum) {
    MemorySegment in = logits.memory();
    MemorySegment out = logprobs.memory();
    DType dtype = logits.dtype();
    long step = dtype.bytes();
    long from = row * logits.rowStride() * step;
    long to = row * logprobs.rowStride() * step;
    for (long offset = 0; offset < logits.vocab() * step; offset += step) {
      double shifted = (dtype.decode(in, from + offset) - maxLogit) / temperature;
      dtype.encode(out, to + offset, (float) (shifted - logSum));
    }
  }

  @Override
  public void gradient(
      Matrix logits,
      Matrix gradient,
      long row,
      double temperature,
      double maxLogit,
      double base,
      double slope) {
    MemorySegment in = logits.memory();
    MemorySegment out = gradient.memory();
    DType dtype = logits.dtype();
    long step = dtype.bytes();
    long from = row * logits.rowStride() * step;
    long to = row * gradient.rowStride() * step;
    for (long offset = 0; offset < logits.vocab() * step; offset += step) {
      double shifted = (dtype.decode(in, from + offset) - maxLogit) / temperature;
      double term = Math.exp(shifted);
      double value = term == 0.0 ? 0.0 : term * (base + slope * shifted);
      dtype.encode(out, to + offset, (float) value);
    }
  }
}
