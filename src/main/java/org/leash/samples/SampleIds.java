package org.leash.samples;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * The ids seen of one problem's samples, exactly. Ids that are numbers not much larger than there
 * are samples, as counters are, take a few bits each; any other takes its text.
 */
final class SampleIds {
  /** No more than this many bits for each sample, so that a few large numbers waste nothing. */
  private static final int BITS_PER_SAMPLE = 256;

  private static final int DIGITS = 9;

  private final BitSet numbers = new BitSet();
  private final Set<String> others = new HashSet<>();
  private long count;

  boolean contains(String id) {
    int number = number(id);
    return (number >= 0 && numbers.get(number)) || others.contains(id);
  }

  void add(String id) {
    count++;
    int number = number(id);
    if (number >= 0 && number < BITS_PER_SAMPLE * count) {
      numbers.set(number);
    } else {
      others.add(id);
    }
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
