package org.leash.training;

/**
 * Random numbers as a function of a key and a position: the finaliser of SplitMix64 (Steele, Lea
 * and Flood, OOPSLA 2014, figure 17) over a counter. The whole state is two longs, so a stream can
 * be resumed bit for bit. Streams of different names are independent.
 *
 * <p>Not thread-safe.
 */
public final class RandomStream {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1p-53;

  /** Numbers drawn by {@link #nextGaussian}. */
  static final int PER_GAUSSIAN = 2;

  private final long key;
  private long position;

  /**
   * The state of a stream.
   *
   * @param key identifies the stream
   * @param position numbers drawn so far
   */
  public record State(long key, long position) {}

  /** The stream of a purpose, from its start. */
  public RandomStream(long seed, String purpose) {
    this(new State(mix(mix(seed + GOLDEN) + GOLDEN * hash(purpose)), 0));
  }

  /** The stream in a state that {@link #state()} gave. */
  public RandomStream(State state) {
    this.key = state.key();
    this.position = state.position();
  }

  /** The present state. */
  public State state() {
    return new State(key, position);
  }

  /** Any of the 2^64 longs. */
  public long nextLong() {
    return mix(key + GOLDEN * ++position);
  }

  /** Uniform in [0, 1), a multiple of 2^-53. */
  public double nextDouble() {
    return (nextLong() >>> 11) * UNIT;
  }

  /**
   * Uniform in [0, bound), but for a bias below bound / 2^63.
   *
   * @param bound at least 1
   */
  public int nextInt(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound = " + bound + ": take at least 1");
    }
    return (int) Math.multiplyHigh(nextLong() >>> 1, (long) bound << 1);
  }

  /** Standard normal, by the method of Box and Muller; draws {@value #PER_GAUSSIAN} numbers. */
  public double nextGaussian() {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    return radius * StrictMath.cos(2 * Math.PI * nextDouble());
  }

  /** Puts values into random order (Fisher and Yates). */
  public void shuffle(int[] values) {
    for (int i = values.length - 1; i > 0; i--) {
      int other = nextInt(i + 1);
      int moved = values[i];
      values[i] = values[other];
      values[other] = moved;
    }
  }

  private static long hash(String purpose) {
    long hash = 1;
    for (int i = 0; i < purpose.length(); i++) {
      hash = mix(hash + purpose.charAt(i));
    }
    return hash;
  }

  private static long mix(long bits) {
    long mixed = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
