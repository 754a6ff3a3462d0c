package org.leash.benchmarks.measure;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.plan.Identity;

/**
 * A second copy of a variant, named {@code VARIANT.clone}, that takes some percent longer, to test
 * a comparison: 0 for identical code, 3 for a slowdown of 3 %. The system property {@code
 * leash.bench.clone=VARIANT:PERCENT} adds it to every case; forks inherit it.
 */
final class SlowedClone implements Contender {
  private static final String PROPERTY = "leash.bench.clone";
  private static final Pattern SYNTAX = Pattern.compile("([^:]+):(\\d{1,3}(?:\\.\\d+)?)");

  /** Value of the property. */
  record Order(String variant, double percent) {
    String name() {
      return variant + ".clone";
    }
  }

  private final Contender original;
  private final Order order;

  SlowedClone(Contender original, Order order) {
    this.original = original;
    this.order = order;
  }

  /**
   * The order in the property.
   *
   * @throws IllegalArgumentException it is not VARIANT:PERCENT
   */
  static Optional<Order> ordered() {
    return Optional.ofNullable(System.getProperty(PROPERTY)).map(SlowedClone::parse);
  }

  static Order parse(String text) {
    Matcher parts = SYNTAX.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "-D%s=%s: expected VARIANT:PERCENT, such as native-avx2:3".formatted(PROPERTY, text));
    }
    return new Order(parts.group(1), Double.parseDouble(parts.group(2)));
  }

  @Override
  public Identity identity() {
    return new Identity(order.name(), original.identity().impl(), Identity.Role.CANDIDATE);
  }

  @Override
  public int launchesPerBlock() {
    return original.launchesPerBlock();
  }

  @Override
  public void poison() {
    original.poison();
  }

  @Override
  public void launch() {
    original.launch();
  }

  @Override
  public void restore() {
    original.restore();
  }

  @Override
  public List<Check> check() {
    return original.check();
  }

  /** Spins after the launches until they have taken the longer time. */
  @Override
  public double time(int launches) {
    long begin = System.nanoTime();
    double wanted = original.time(launches) * (1 + order.percent() / 100);
    double elapsed = System.nanoTime() - begin;
    while (elapsed < wanted) {
      Thread.onSpinWait();
      elapsed = System.nanoTime() - begin;
    }
    return order.percent() == 0 ? wanted : elapsed;
  }

  @Override
  public void close() {
    original.close();
  }
}
