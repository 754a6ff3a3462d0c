package org.leash.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.DeviceId;
import org.leash.device.DeviceKind;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Kernel;
import org.leash.kernel.Variant;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;

/** The variants under test, selected by the system properties of this package. */
final class Subjects {
  static final String DEVICE_PROPERTY = "leash.conformance.device";
  static final String VARIANTS_PROPERTY = "leash.conformance.variants";
  static final String SHAPES_PROPERTY = "leash.conformance.shapes";
  static final String OPERATIONS_PROPERTY = "leash.conformance.operations";
  static final String DTYPES_PROPERTY = "leash.conformance.dtypes";

  private static final List<DeviceId> IDS =
      Arrays.stream(System.getProperty(DEVICE_PROPERTY, "cpu").split(","))
          .map(DeviceId::parse)
          .toList();
  private static final List<String> WANTED =
      Arrays.asList(System.getProperty(VARIANTS_PROPERTY, "*").split(","));

  private static final List<String> OPERATIONS =
      selected(OPERATIONS_PROPERTY, Operation.all().stream().map(Operation::id).toList());
  private static final List<String> DTYPES =
      selected(DTYPES_PROPERTY, Arrays.stream(DType.values()).map(Subjects::nameOf).toList());

  private static final boolean SMALL = System.getProperty(SHAPES_PROPERTY, "all").equals("small");

  private static final List<Subject> ALL = opened();

  private Subjects() {}

  /** The variants with a given name, one per operation, on a device. */
  record Subject(Device device, Catalogue catalogue, String name) {

    <A extends Arguments> Kernel<A> kernel(Operation<A> operation) {
      return catalogue.kernel(operation, name);
    }

    /** Whether the operation has this variant, supports the problem, and both are selected. */
    boolean takes(Operation<?> operation, DType dtype, long vocab) {
      if (!OPERATIONS.contains(operation.id()) || !DTYPES.contains(nameOf(dtype))) {
        return false;
      }
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
      int ordinal = device.properties().ordinal();
      return ordinal == 0 ? name : name + " on " + device;
    }
  }

  /** All subjects, on a device that stays open. */
  static List<Subject> all() {
    return ALL;
  }

  /**
   * Two threads even on one processor, to detect dependence on the number of threads. Of several
   * GPUs, the first runs all variants, the others only those that depend on the size of the shared
   * memory.
   */
  private static List<Subject> opened() {
    if (isCpu()) {
      return on(Device.cpu(2));
    }
    List<Subject> subjects = new ArrayList<>();
    for (DeviceId id : IDS) {
      on(id.open()).stream()
          .filter(subject -> id.equals(IDS.get(0)) || subject.name().endsWith("resident"))
          .forEach(subjects::add);
    }
    return List.copyOf(subjects);
  }

  /** The same variants on another device. */
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

  private static String nameOf(DType dtype) {
    return dtype.name().toLowerCase(Locale.ROOT);
  }

  private static List<String> selected(String property, List<String> known) {
    String value = System.getProperty(property, "");
    List<String> names = value.isEmpty() ? known : Arrays.asList(value.split(","));
    for (String name : names) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "%s has '%s'; choose from %s".formatted(property, name, known));
      }
    }
    return names;
  }

  static boolean isCpu() {
    return IDS.get(0).kind() == DeviceKind.CPU;
  }

  /** Whether shapes must be small enough for an emulator. */
  static boolean areShapesSmall() {
    return SMALL;
  }

  private static boolean matches(String wanted, String name) {
    return wanted.endsWith("*")
        ? name.startsWith(wanted.substring(0, wanted.length() - 1))
        : name.equals(wanted);
  }
}
