package org.leash.samples;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads the lines of a stream one by one, up to a maximum length. */
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

  /** Advances to the next line; false at the end of the stream. */
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

  /** A buffer with the line in its first {@link #length} bytes, valid until {@link #advance}. */
  byte[] bytes() {
    return line;
  }

  int length() {
    return length;
  }

  /** The number of the line, from 1. */
  long number() {
    return number;
  }

  /** Whether the line exceeds the limit, so that its bytes are incomplete. */
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
