package org.leash.conformance;

import java.util.List;
import java.util.Locale;
import org.leash.device.DType;

/**
 * The parameters of a {@link Problem}; their text is the name of the test.
 *
 * @param padding elements between rows, poisoned
 * @param distributions of the rows, in turn
 * @param masked whether every third row is masked, with infinities and illegal targets behind the
 *     mask
 * @param strayTargets whether every fifth row has a target out of range
 * @param policy number of a policy, see {@link Policies}
 */
record Spec(
    DType dtype,
    int rows,
    int vocab,
    int padding,
    List<Distribution> distributions,
    Temperatures temperatures,
    boolean masked,
    boolean strayTargets,
    int policy,
    long seed) {

  /** The source of the temperatures. */
  enum Temperatures {
    /** 1. */
    ONE,
    /** One for the call. */
    CALL,
    /** One for each row. */
    ROWS,
    /** One for each row; some are 0, negative, infinite or NaN. */
    ROWS_SOME_BAD
  }

  /** Plain rows: no padding, no mask, temperature 1. */
  static Spec of(DType dtype, int rows, int vocab, List<Distribution> distributions) {
    return new Spec(
        dtype,
        rows,
        vocab,
        0,
        distributions.stream().filter(d -> d.fits(dtype)).toList(),
        Temperatures.ONE,
        false,
        false,
        0,
        31L * vocab + rows);
  }

  Spec withPadding(int elements) {
    return new Spec(
        dtype,
        rows,
        vocab,
        elements,
        distributions,
        temperatures,
        masked,
        strayTargets,
        policy,
        seed);
  }

  Spec withTemperatures(Temperatures source) {
    return new Spec(
        dtype, rows, vocab, padding, distributions, source, masked, strayTargets, policy, seed);
  }

  Spec withMask() {
    return new Spec(
        dtype, rows, vocab, padding, distributions, temperatures, true, strayTargets, policy, seed);
  }

  Spec withStrayTargets() {
    return new Spec(
        dtype, rows, vocab, padding, distributions, temperatures, masked, true, policy, seed);
  }

  Spec withPolicy(int number) {
    return new Spec(
        dtype,
        rows,
        vocab,
        padding,
        distributions,
        temperatures,
        masked,
        strayTargets,
        number,
        seed);
  }

  Spec withSeed(long number) {
    return new Spec(
        dtype,
        rows,
        vocab,
        padding,
        distributions,
        temperatures,
        masked,
        strayTargets,
        policy,
        number);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s %d x %d+%d %s T=%s%s%s policy %d %s seed %d",
        dtype,
        rows,
        vocab,
        padding,
        distributions.size() > 3 ? distributions.size() + " distributions" : distributions,
        temperatures,
        masked ? " masked" : "",
        strayTargets ? " stray targets" : "",
        policy,
        Policies.number(policy).loss().surrogate().name().toLowerCase(Locale.ROOT),
        seed);
  }
}
