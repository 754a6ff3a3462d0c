package org.leash.files;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/**
 * Stops reading a file when a record exceeds a limit, such as one with an unclosed quote. Not
 * thread-safe.
 */
public final class LimitedReader extends FilterReader {
  private final int limit;
  private long taken;
  private boolean end;

  /**
   * A reader of records.
   *
   * @param limit maximum characters of a record; a block that was read ahead may exceed it
   */
  public LimitedReader(Reader in, int limit) {
    super(in);
    this.limit = limit;
  }

  /** Another record begins. */
  public void beginRecord() {
    taken = 0;
  }

  /** Whether the end of the file has been read. */
  public boolean isAtEnd() {
    return end;
  }

  public boolean isExceeded() {
    return taken > limit;
  }

  @Override
  public int read() throws IOException {
    char[] one = new char[1];
    return read(one, 0, 1) < 0 ? -1 : one[0];
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    if (isExceeded()) {
      throw new IOException("a record is longer than " + limit + " characters");
    }
    int count = in.read(buffer, offset, length);
    end |= count < 0;
    taken += Math.max(0, count);
    return count;
  }
}
