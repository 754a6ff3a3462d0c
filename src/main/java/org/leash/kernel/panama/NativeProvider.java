package org.leash.kernel.panama;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.leash.binding.LeashLibrary;
import org.leash.binding.NativeList;
import org.leash.binding.Status;
import org.leash.binding.generated.Leash;
import org.leash.binding.generated.leash_variant;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.DeviceKind;
import org.leash.kernel.Kernel;
import org.leash.kernel.Provider;
import org.leash.kernel.Variant;
import org.leash.operation.Arguments;
import org.leash.operation.Operation;

/**
 * The native library's variants, as the library lists them, with "native-" before their names.
 * Without the library, each operation has one variant, "native", whose reason says why.
 */
public final class NativeProvider implements Provider {
  static final String NAME = "native";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Variant> variants() {
    return LeashLibrary.isLoaded()
        ? Loaded.VARIANTS
        : Operation.all().stream().map(NativeProvider::missing).toList();
  }

  /** Read once: the list of a library does not change, and every kernel looks its variant up. */
  private static final class Loaded {
    static final List<Variant> VARIANTS = read();
  }

  private static List<Variant> read() {
    List<Variant> variants = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = leash_variant.allocate(arena);
      for (int id = 0; id < Leash.leash_variant_count(); id++) {
        variants.add(read(id, entry));
      }
    }
    return List.copyOf(variants);
  }

  @Override
  public <A extends Arguments> Kernel<A> kernel(
      Device device, Operation<A> operation, Variant variant) {
    return new NativeKernel<>(device, handle(device), variant, new Call<>(operation, id(variant)));
  }

  static MemorySegment handle(Device device) {
    if (device.properties().kind() == DeviceKind.CUDA) {
      ChoiceFile.useNamed();
    }
    return device
        .nativeDevice()
        .orElseThrow(() -> new IllegalArgumentException("the device is not a native one"))
        .handle();
  }

  /** The library's number of a variant: its place in the list. */
  static int id(Variant variant) {
    return new NativeProvider().variants().indexOf(variant);
  }

  private static Variant read(int id, MemorySegment entry) {
    Status.check(Leash.leash_variant_get(id, entry));
    int operation = leash_variant.operation(entry);
    boolean cuda = leash_variant.device_kind(entry) == Leash.LEASH_DEVICE_CUDA();
    return new Variant(
        Operation.named(NativeList.OPERATIONS.names().get(operation)),
        NAME + "-" + leash_variant.name(entry).getString(0),
        cuda ? DeviceKind.CUDA : DeviceKind.CPU,
        Ids.dtypes(leash_variant.dtypes(entry)),
        leash_variant.max_vocab(entry),
        false,
        leash_variant.reads(entry),
        leash_variant.writes(entry),
        leash_variant.preference(entry),
        leash_variant.description(entry).getString(0),
        leash_variant.reason(entry).getString(0));
  }

  private static Variant missing(Operation<?> operation) {
    return new Variant(
        operation,
        NAME,
        DeviceKind.CPU,
        EnumSet.allOf(DType.class),
        Integer.MAX_VALUE,
        false,
        0,
        0,
        0,
        "C++ kernels",
        LeashLibrary.unavailable());
  }
}
