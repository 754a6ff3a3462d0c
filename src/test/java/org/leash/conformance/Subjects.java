package org.leash.conformance;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.DeviceId;
import org.leash.device.DeviceKind;
import org.leash.kernel.Arguments;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Kernel;
import org.leash.kernel.Operation;
import org.leash.kernel.Variant;

/** The variants under test, as the system properties of this package select them. */
final class Subjects {
  static final String DEVICE_PROPERTY = "leash.conformance.device";
  static final String VARIANTS_PROPERTY = "leash.conformance.variants";

  private static final DeviceId ID = DeviceId.parse(System.getProperty(DEVICE_PROPERTY, "cpu"));
  private static final List<String> WANTED =
      Arrays.asList(System.getProperty(VARIANTS_PROPERTY, "*").split(","));

  /**
   * Two threads also where there is one processor: what depends on the number of threads shall
   * show.
   */
  private static final Device DEVICE = isCpu() ? Device.cpu(2) : ID.open();

  private static final List<Subject> ALL = on(DEVICE);

  private Subjects() {}

  /** A name of variants with the operations that it has on a device. */
  record Subject(Device device, Catalogue catalogue, String name) {

    <A extends Arguments> Kernel<A> kernel(Operation<A> operation) {
      return catalogue.kernel(operation, name);
    }

    /** Whether there is such a variant of the operation for this problem. */
    boolean takes(Operation<?> operation, DType dtype, long vocab) {
      return catalogue.variants().stream()
          .anyMatch(
              variant ->
                  variant.operation() == operation
                      && variant.name().equals(name)
                      && variant.available()
                      && variant.dtypes().contains(dtype)
                      && variant.maxVocab() >= vocab);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** All of them, on a device that stays open. */
  static List<Subject> all() {
    return ALL;
  }

  /** The same variants on another CPU device. */
  static List<Subject> on(Device device) {
    Catalogue catalogue = Catalogue.of(device);
    Set<String> names = new LinkedHashSet<>();
    for (Variant variant : catalogue.variants()) {
      if (variant.available() && WANTED.stream().anyMatch(name -> matches(name, variant.name()))) {
        names.add(variant.name());
      }
    }
    if (names.isEmpty()) {
      throw new IllegalStateException(
          "%s = %s selects nothing that runs here:%n%s"
              .formatted(VARIANTS_PROPERTY, WANTED, catalogue.describe()));
    }
    return names.stream().map(name -> new Subject(device, catalogue, name)).toList();
  }

  static boolean isCpu() {
    return ID.kind() == DeviceKind.CPU;
  }

  private static boolean matches(String wanted, String name) {
    return wanted.endsWith("*")
        ? name.startsWith(wanted.substring(0, wanted.length() - 1))
        : name.equals(wanted);
  }
}
