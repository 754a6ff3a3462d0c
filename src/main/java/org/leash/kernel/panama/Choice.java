package org.leash.kernel.panama;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.leash.binding.LeashLibrary;
import org.leash.binding.Status;
import org.leash.binding.generated.Leash;
import org.leash.binding.generated.leash_choice;
import org.leash.device.DType;
import org.leash.operation.Operation;

/**
 * A line of the native library's table by which "native-auto" of a CUDA device chooses, whether
 * there is a GPU or not.
 *
 * @param variant name of the variant that is taken, such as "native-resident"
 * @param cluster blocks that hold a row together, where the line says so; 0: as few as may be
 * @param evidence the measurement that chose it, or {@link #UNMEASURED}
 */
public record Choice(String variant, int cluster, String evidence) {
  /** The evidence of a line that nothing but the byte model speaks for. */
  public static final String UNMEASURED = "unmeasured";

  /** The whole table, first the lines that are looked at first; empty without the library. */
  public static List<Choice> table() {
    if (!LeashLibrary.isLoaded()) {
      return List.of();
    }
    return IntStream.range(0, Leash.leash_choice_count()).mapToObj(Choice::read).toList();
  }

  /**
   * The line for logits of a shape on a device.
   *
   * @param computeCapability the device's, 90 for 9.0
   * @param sharedBytesPerBlock the most shared memory that a kernel can ask for there
   * @return empty without the library
   * @throws IllegalArgumentException no variant takes the logits there; the message says why
   */
  public static Optional<Choice> of(
      Operation<?> operation,
      DType dtype,
      long rows,
      long vocab,
      int computeCapability,
      long sharedBytesPerBlock) {
    if (!LeashLibrary.isLoaded()) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment index = arena.allocate(Leash.C_INT);
      Status.check(
          Leash.leash_choose(
              Ids.of(operation),
              Ids.of(dtype),
              rows,
              vocab,
              computeCapability,
              sharedBytesPerBlock,
              index));
      return Optional.of(read(index.get(Leash.C_INT, 0)));
    }
  }

  private static Choice read(int index) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment line = leash_choice.allocate(arena);
      Status.check(Leash.leash_choice_get(index, line));
      return new Choice(
          NativeProvider.NAME + "-" + leash_choice.variant(line).getString(0),
          leash_choice.cluster(line),
          leash_choice.evidence(line).getString(0));
    }
  }

  /** Whether a measurement supports the choice. */
  public boolean isMeasured() {
    return !evidence.equals(UNMEASURED);
  }

  /** "unmeasured", or "in clusters of 4: " and the measurement. */
  @Override
  public String toString() {
    return (cluster == 0 ? "" : "in clusters of " + cluster + ": ") + evidence;
  }
}
