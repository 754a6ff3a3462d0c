package org.leash.samples;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.BitSet;

/**
 * The set of ids of a problem's samples. Numeric ids of about the magnitude of the sample count,
 * such as counters, take a few bits each and are compared exactly. Any other id takes 24 to 48
 * bytes, whatever its length, and is compared by 127 bits of its SHA-256: among 10⁹ ids, the
 * probability of a collision is below 1e-20.
 */
final class SampleIds {
  /** Maximum number of bits per sample, so that a few large numbers waste no memory. */
  private static final int BITS_PER_SAMPLE = 256;

  private static final int DIGITS = 9;

  private final MessageDigest sha256;
  private final BitSet numbers = new BitSet();

  /**
   * Open-addressing table of digests as pairs of halves; the size is a power of two, 0 is empty.
   */
  private long[] digests = new long[8];

  private int texts;
  private long count;

  /**
   * An empty set.
   *
   * @param sha256 may be shared within one thread
   */
  SampleIds(MessageDigest sha256) {
    this.sha256 = sha256;
  }

  /** A SHA-256 digest, which every JDK provides. */
  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  boolean contains(String id) {
    int number = number(id);
    if (number >= 0 && numbers.get(number)) {
      return true;
    }
    if (texts == 0) {
      return false;
    }
    ByteBuffer digest = digest(id);
    return digests[place(digests, digest.getLong(0), digest.getLong(8)) + 1] != 0;
  }

  void add(String id) {
    count++;
    int number = number(id);
    if (number >= 0 && number < BITS_PER_SAMPLE * count) {
      numbers.set(number);
      return;
    }
    if (6L * ++texts > digests.length * 2L) {
      grow();
    }
    ByteBuffer digest = digest(id);
    put(digests, digest.getLong(0), digest.getLong(8));
  }

  private ByteBuffer digest(String id) {
    ByteBuffer digest = ByteBuffer.wrap(sha256.digest(id.getBytes(StandardCharsets.UTF_8)));
    return digest.putLong(8, digest.getLong(8) | 1); // never 0
  }

  private void grow() {
    long[] larger = new long[2 * digests.length];
    for (int i = 0; i < digests.length; i += 2) {
      if (digests[i + 1] != 0) {
        put(larger, digests[i], digests[i + 1]);
      }
    }
    digests = larger;
  }

  private static void put(long[] table, long first, long second) {
    int place = place(table, first, second);
    table[place] = first;
    table[place + 1] = second;
  }

  /** The index of a digest, or the free index for it. */
  private static int place(long[] table, long first, long second) {
    int place = 2 * (int) first & (table.length - 1);
    while (table[place + 1] != 0 && (table[place] != first || table[place + 1] != second)) {
      place = place + 2 & (table.length - 1);
    }
    return place;
  }

  /** The number whose canonical decimal form the text is, or −1. */
  private static int number(String id) {
    int length = id.length();
    if (length == 0 || length > DIGITS || (length > 1 && id.charAt(0) == '0')) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < length; i++) {
      char digit = id.charAt(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      number = 10 * number + (digit - '0');
    }
    return number;
  }
}
