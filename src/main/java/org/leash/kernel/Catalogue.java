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

/**
 * What runs on a device, what does not and why, and the kernels themselves. Thread-safe.
 *
 * <p>Kernels are cheap to make and cheaper to keep.
 */
public final class Catalogue {
  private final Device device;
  private final Map<Variant, Provider> providers;

  private Catalogue(Device device, Map<Variant, Provider> providers) {
    this.device = device;
    this.providers = providers;
  }

  /** The catalogue of a device. */
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
   * All variants for this kind of device, the best of each operation first, those included that are
   * not available.
   */
  public List<Variant> variants() {
    List<Variant> variants = new ArrayList<>(providers.keySet());
    variants.sort(
        Comparator.comparingInt((Variant variant) -> Operation.all().indexOf(variant.operation()))
            .thenComparing(Comparator.comparingInt(Variant::preference).reversed()));
    return variants;
  }

  /**
   * The kernel of the preferred variant that is available, for memory of this device.
   *
   * @throws UnavailableException no variant is available; the message says why
   */
  public <A extends Arguments> Kernel<A> best(Operation<A> operation) {
    return make(operation, available(operation).getFirst());
  }

  /**
   * The kernel of the preferred variant that is available and takes these arguments: the type and
   * length of their rows, and the memory they lie in. Java arrays take a Java variant.
   *
   * @throws UnavailableException no variant is available; the message says why
   * @throws IllegalArgumentException the arguments are illegal for every variant; the message is
   *     that of the preferred one
   * @throws IllegalStateException their memory has been freed
   */
  public <A extends Arguments> Kernel<A> best(A arguments) {
    if (arguments == null) {
      throw new IllegalArgumentException(
          "arguments is null; build it as TokenStatistics.of(logits)");
    }
    Operation<A> operation = Operation.of(arguments);
    IllegalArgumentException refusal = null;
    for (Variant variant : available(operation)) {
      try {
        new ArgumentChecks(device, variant).check(arguments);
        return make(operation, variant);
      } catch (IllegalArgumentException e) {
        refusal = refusal == null ? e : refusal;
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
   * The kernel of a variant.
   *
   * @param name the variant's name, such as "native-avx2"
   * @throws IllegalArgumentException there is no variant of that name; the message names those that
   *     there are
   * @throws UnavailableException it does not run on this machine; the message says why
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
   * A table for people: operation, variant, dtypes, longest row, and whether it runs here or why
   * not.
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
      throw new IllegalArgumentException("operation is null; it is one of " + Operation.all());
    }
    return variants().stream().filter(variant -> variant.operation() == operation).toList();
  }

  private <A extends Arguments> Kernel<A> make(Operation<A> operation, Variant variant) {
    return providers.get(variant).kernel(device, operation, variant);
  }
}
