package org.leash.samples;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The content of a gzip stream (RFC 1952) of one or more members, as bgzip and pigz write them and
 * cat joins them. Zeros after a member are padding; a stream that is cut off, anything else after a
 * member, and wrong checksums are errors.
 *
 * <p>{@link java.util.zip.GZIPInputStream} takes the stream to end with a member if {@link
 * InputStream#available} is 0 there, which it may be at any byte of a file, and ignores what is no
 * member. Not thread-safe.
 */
final class GzipMembers extends InputStream {
  private static final int MAGIC_1 = 0x1f;
  private static final int MAGIC_2 = 0x8b;
  private static final int DEFLATE = 8;

  // Bits of the flags.
  private static final int HEADER_CHECKSUM = 1 << 1;
  private static final int EXTRA = 1 << 2;
  private static final int NAME = 1 << 3;
  private static final int COMMENT = 1 << 4;
  private static final int RESERVED = 0xe0;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();
  private final byte[] buffer = new byte[1 << 16];
  private int next;
  private int filled;
  private long members;
  private boolean inMember;
  private boolean atEnd;

  GzipMembers(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    while (length > 0) {
      if (!inMember && !beginMember()) {
        return -1;
      }
      int count = inflate(bytes, offset, length);
      if (count > 0) {
        checksum.update(bytes, offset, count);
        return count;
      }
      if (inflater.finished()) {
        endMember();
      } else if (inflater.needsDictionary()) {
        throw damaged("needs a dictionary");
      } else {
        fill();
        inflater.setInput(buffer, next, filled - next);
        next = filled;
      }
    }
    return 0;
  }

  private int inflate(byte[] bytes, int offset, int length) throws IOException {
    try {
      return inflater.inflate(bytes, offset, length);
    } catch (DataFormatException e) {
      throw damaged(e.getMessage() == null ? "invalid data" : e.getMessage());
    }
  }

  /** Reads the header of the next member; false at the end of the stream. */
  private boolean beginMember() throws IOException {
    int first = atEnd ? -1 : nextByte();
    while (members > 0 && first == 0) {
      first = nextByte();
    }
    if (first < 0) {
      if (members == 0) {
        throw new IOException("not gzipped: the file is empty");
      }
      atEnd = true;
      return false;
    }
    members++;
    checksum.reset();
    checksum.update(first);
    if (first != MAGIC_1 || headerByte() != MAGIC_2) {
      throw new IOException(
          members == 1 ? "not gzipped" : "followed by something that is not gzipped");
    }
    int method = headerByte();
    int flags = headerByte();
    if (method != DEFLATE || (flags & RESERVED) != 0) {
      throw damaged("unknown method or flags");
    }
    skip(6); // Time, extra flags and operating system.
    if ((flags & EXTRA) != 0) {
      skip(headerByte() | headerByte() << 8);
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CHECKSUM) != 0) {
      long expected = checksum.getValue() & 0xffff;
      if ((headerByte() | headerByte() << 8) != expected) {
        throw damaged("wrong checksum of a header");
      }
    }
    checksum.reset();
    inflater.reset();
    inMember = true;
    return true;
  }

  /** Reads the trailer of a member. */
  private void endMember() throws IOException {
    next = filled - inflater.getRemaining();
    long written = inflater.getBytesWritten();
    if (littleEndian() != checksum.getValue()) {
      throw damaged("wrong checksum");
    }
    if (littleEndian() != (written & 0xffff_ffffL)) {
      throw damaged("wrong length");
    }
    inMember = false;
  }

  private long littleEndian() throws IOException {
    long value = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      value |= (long) memberByte() << shift;
    }
    return value;
  }

  private void skip(int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      headerByte();
    }
  }

  private void skipText() throws IOException {
    while (headerByte() != 0) {
      // Up to its zero.
    }
  }

  private int headerByte() throws IOException {
    int value = memberByte();
    checksum.update(value);
    return value;
  }

  private int memberByte() throws IOException {
    int value = nextByte();
    if (value < 0) {
      throw cutOff();
    }
    return value;
  }

  private int nextByte() throws IOException {
    if (next == filled && !refill()) {
      return -1;
    }
    return buffer[next++] & 0xff;
  }

  private void fill() throws IOException {
    if (next == filled && !refill()) {
      throw cutOff();
    }
  }

  private boolean refill() throws IOException {
    next = 0;
    filled = Math.max(0, in.read(buffer, 0, buffer.length));
    return filled > 0;
  }

  private IOException cutOff() {
    return new IOException(
        "cut off: it ends within gzip member " + members + "; copy or download it again");
  }

  private IOException damaged(String fault) {
    return new IOException("damaged: gzip member " + members + ": " + fault);
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
