package org.leash.samples;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** The lines of a stream, one at a time, with a limit to the length of a line. */
final class Lines {
  private final InputStream in;
  private final int limit;
  private final byte[] buffer = new byte[1 << 16];
  private int next;
  private int filled;

  private byte[] line = new byte[1 << 12];
  private int length;
  private long number;
  private boolean tooLong;

  Lines(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /** Goes to the next line; false where there is none. */
  boolean advance() throws IOException {
    length = 0;
    tooLong = false;
    boolean any = false;
    while (true) {
      if (next == filled) {
        filled = in.read(buffer);
        next = 0;
        if (filled <= 0) {
          filled = 0;
          number += any ? 1 : 0;
          return any;
        }
      }
      any = true;
      int end = next;
      while (end < filled && buffer[end] != '\n') {
        end++;
      }
      append(next, end);
      boolean ended = end < filled;
      next = ended ? end + 1 : end;
      if (ended) {
        number++;
        return true;
      }
    }
  }

  private void append(int from, int to) {
    int more = to - from;
    if (tooLong || more > limit - length) {
      tooLong = true;
      return;
    }
    if (length + more > line.length) {
      line = Arrays.copyOf(line, Math.min(limit, Math.max(2 * line.length, length + more)));
    }
    System.arraycopy(buffer, from, line, length, more);
    length += more;
  }

  /** Its bytes, until the next call of {@link #advance}: the first {@link #length} of these. */
  byte[] bytes() {
    return line;
  }

  int length() {
    return length;
  }

  /** From 1 on. */
  long number() {
    return number;
  }

  /** Whether the line is longer than the limit, and its bytes not all there. */
  boolean isTooLong() {
    return tooLong;
  }

  boolean isBlank() {
    for (int i = 0; i < length; i++) {
      if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r') {
        return false;
      }
    }
    return true;
  }
}
