package org.leash.samples;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.BitSet;

/**
 * The ids seen of one problem's samples. Ids that are numbers not much larger than there are
 * samples, as counters are, take a few bits each and are told apart exactly. Any other takes 24 to
 * 48 bytes, however long it is, and is told apart by 127 bits of its SHA-256: two of 10⁹ ids are
 * mistaken for one with a chance below 1e-20.
 */
final class SampleIds {
  /** No more than this many bits for each sample, so that a few large numbers waste nothing. */
  private static final int BITS_PER_SAMPLE = 256;

  private static final int DIGITS = 9;

  private final MessageDigest sha256;
  private final BitSet numbers = new BitSet();

  /** Pairs of halves of digests by open addressing, a power of two of them; 0, 0 is nothing. */
  private long[] digests = new long[8];

  private int texts;
  private long count;

  /**
   * None.
   *
   * @param sha256 may be shared with others of one thread
   */
  SampleIds(MessageDigest sha256) {
    this.sha256 = sha256;
  }

  /** SHA-256, which every Java has. */
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
    return digest.putLong(8, digest.getLong(8) | 1); // never nothing
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

  /** Where a digest is, or where it would go. */
  private static int place(long[] table, long first, long second) {
    int place = 2 * (int) first & (table.length - 1);
    while (table[place + 1] != 0 && (table[place] != first || table[place + 1] != second)) {
      place = place + 2 & (table.length - 1);
    }
    return place;
  }

  /** The number that the text is the only way to write, or −1. */
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
