package org.leash.kernel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.leash.UnavailableException;
import org.leash.device.Device;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;
import org.leash.operation.Snapshot;

/**
 * The variants for a device, with the reasons for unavailable ones, and the source of kernels.
 * Thread-safe.
 *
 * <p>Making a kernel is cheap, reusing one cheaper.
 */
public final class Catalogue {
  private final Device device;
  private final Map<Variant, Provider> providers;

  private Catalogue(Device device, Map<Variant, Provider> providers) {
    this.device = device;
    this.providers = providers;
  }

  /**
   * The catalogue of a device.
   *
   * @throws IllegalArgumentException device is null
   */
  public static Catalogue of(Device device) {
    if (device == null) {
      throw new IllegalArgumentException("device is null; open one with Device.cpu()");
    }
    Map<Variant, Provider> providers = new LinkedHashMap<>();
    for (Provider provider : ServiceLoader.load(Provider.class, Provider.class.getClassLoader())) {
      for (Variant variant : provider.variants()) {
        if (variant.device() == device.properties().kind()) {
          providers.put(variant, provider);
        }
      }
    }
    return new Catalogue(device, providers);
  }

  /**
   * All variants for this kind of device, including unavailable ones, by operation and descending
   * preference.
   */
  public List<Variant> variants() {
    List<Variant> variants = new ArrayList<>(providers.keySet());
    variants.sort(
        Comparator.comparingInt((Variant variant) -> Operation.all().indexOf(variant.operation()))
            .thenComparing(Comparator.comparingInt(Variant::preference).reversed()));
    return variants;
  }

  /**
   * A kernel of the best available variant, for memory of this device.
   *
   * @throws UnavailableException no variant is available; the message states the reasons
   */
  public <A extends Arguments> Kernel<A> best(Operation<A> operation) {
    return make(operation, available(operation).getFirst());
  }

  /**
   * A kernel of the best available variant that supports these arguments: the type and length of
   * their rows, and the place of their memory. Java arrays need a Java variant.
   *
   * @throws UnavailableException no variant is available; the message states the reasons
   * @throws IllegalArgumentException every variant rejects the arguments; the message is that of
   *     the best variant
   * @throws IllegalStateException memory of the arguments has been freed
   */
  public <A extends Arguments> Kernel<A> best(A arguments) {
    if (arguments == null) {
      throw new IllegalArgumentException(
          "arguments is null; build it as TokenStatistics.of(logits)");
    }
    Operation<A> operation = Operation.of(arguments);
    A taken = new Snapshot<>(operation).take(arguments);
    IllegalArgumentException refusal = null;
    for (Variant variant : available(operation)) {
      ArgumentChecks checks = new ArgumentChecks(device, variant);
      try {
        checks.check(taken);
        return make(operation, variant);
      } catch (IllegalArgumentException e) {
        refusal = refusal == null ? e : refusal;
      } finally {
        checks.release();
      }
    }
    throw refusal;
  }

  private List<Variant> available(Operation<?> operation) {
    List<Variant> variants = variantsOf(operation);
    List<Variant> available = variants.stream().filter(Variant::available).toList();
    if (available.isEmpty()) {
      throw new UnavailableException(
          variants.stream()
              .map(variant -> variant.name() + ": " + variant.reason())
              .collect(
                  Collectors.joining("; ", "no variant of " + operation + " is available: ", "")));
    }
    return available;
  }

  /**
   * A kernel of a given variant.
   *
   * @param name the name of the variant, such as "native-avx2"
   * @throws IllegalArgumentException the operation has no variant of this name; the message lists
   *     its variants
   * @throws UnavailableException the variant is not available; the message states the reason
   */
  public <A extends Arguments> Kernel<A> kernel(Operation<A> operation, String name) {
    List<Variant> variants = variantsOf(operation);
    for (Variant variant : variants) {
      if (variant.name().equals(name)) {
        if (!variant.available()) {
          throw new UnavailableException(
              "%s by %s is not available: %s".formatted(operation, name, variant.reason()));
        }
        return make(operation, variant);
      }
    }
    throw new IllegalArgumentException(
        "%s has no variant \"%s\"; it has %s"
            .formatted(
                operation,
                name,
                variants.stream().map(Variant::name).collect(Collectors.joining(", "))));
  }

  /**
   * A printable table: operation, variant, dtypes, maximum vocab, and the description of the
   * variant or the reason why it is unavailable.
   */
  public String describe() {
    StringBuilder table = new StringBuilder();
    String format = "%-17s %-16s %-15s %11s  %s%n";
    table.append(format.formatted("operation", "variant", "dtypes", "max vocab", "here"));
    for (Variant variant : variants()) {
      table.append(
          format.formatted(
              variant.operation(),
              variant.name(),
              variant.dtypes().stream().sorted().map(Enum::name).collect(Collectors.joining(" ")),
              variant.maxVocab(),
              variant.available() ? variant.description() : "no: " + variant.reason()));
    }
    return table.toString();
  }

  private List<Variant> variantsOf(Operation<?> operation) {
    if (operation == null) {
      throw new IllegalArgumentException("operation is null; must be one of " + Operation.all());
    }
    return variants().stream().filter(variant -> variant.operation() == operation).toList();
  }

  private <A extends Arguments> Kernel<A> make(Operation<A> operation, Variant variant) {
    return providers.get(variant).kernel(device, operation, variant);
  }
}
