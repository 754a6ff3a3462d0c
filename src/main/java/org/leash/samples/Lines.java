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
    int value = read();
    if (value < 0) {
      return false;
    }
    for (; value >= 0 && value != '\n'; value = read()) {
      if (length == limit) {
        tooLong = true;
        continue;
      }
      if (length == line.length) {
        line = Arrays.copyOf(line, Math.min(limit, 2 * length));
      }
      line[length++] = (byte) value;
    }
    number++;
    return true;
  }

  private int read() throws IOException {
    if (next == filled) {
      filled = Math.max(0, in.read(buffer));
      next = 0;
    }
    return next < filled ? buffer[next++] & 0xff : -1;
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
