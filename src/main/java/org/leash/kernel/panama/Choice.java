package org.leash.kernel.panama;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.leash.binding.LeashLibrary;
import org.leash.binding.NativeList;
import org.leash.binding.Status;
import org.leash.binding.generated.Leash;
import org.leash.binding.generated.leash_choice;
import org.leash.device.DType;
import org.leash.operation.Operation;

/**
 * An entry of the native library's table by which "native-auto" of a CUDA device chooses: the first
 * that matches a call and whose variant supports it. Entries set by {@link #use} or read from the
 * file that the system property {@code leash.choices} names ({@link ChoiceFile}) go before those
 * compiled in. The table applies to all devices of the process; its methods are thread-safe.
 *
 * @param operation the operation; empty: any
 * @param dtypes dtypes of the logits
 * @param minVocab least elements of a row, at least 1
 * @param maxVocab most elements of a row
 * @param maxRows most rows
 * @param minComputeCapability of the device, 90 for 9.0
 * @param maxComputeCapability of the device
 * @param variant name of the variant, such as "native-resident"
 * @param cluster for native-resident: blocks that share a row, a power of 2 up to 16; 0: the fewest
 *     that can hold it
 * @param evidence the measurement behind the choice, or {@link #UNMEASURED} and a reason
 */
public record Choice(
    Optional<Operation<?>> operation,
    Set<DType> dtypes,
    long minVocab,
    long maxVocab,
    long maxRows,
    int minComputeCapability,
    int maxComputeCapability,
    String variant,
    int cluster,
    String evidence) {
  /** Begins the evidence of an entry that is an estimate. */
  public static final String UNMEASURED = "unmeasured";

  private static final String PREFIX = NativeProvider.NAME + "-";

  /** In the place of an operation: any. */
  private static final int ANY = -1;

  /** Copies the dtypes. */
  public Choice {
    dtypes = Set.copyOf(dtypes);
  }

  /** The table, in the order in which entries are tried; empty without the library. */
  public static List<Choice> table() {
    if (!LeashLibrary.isLoaded()) {
      return List.of();
    }
    ChoiceFile.useNamed();
    return IntStream.range(0, Leash.leash_choice_count()).mapToObj(Choice::read).toList();
  }

  /**
   * The entry for logits of a shape on a device, whether there is a GPU or not.
   *
   * @param computeCapability the device's, 90 for 9.0
   * @param sharedBytesPerBlock the most shared memory that a kernel can ask for there
   * @param maxCluster the most blocks of a cluster there
   * @return empty without the library
   * @throws IllegalArgumentException no variant takes the logits there; the message says why
   */
  public static Optional<Choice> of(
      Operation<?> operation,
      DType dtype,
      long rows,
      long vocab,
      int computeCapability,
      long sharedBytesPerBlock,
      int maxCluster) {
    if (!LeashLibrary.isLoaded()) {
      return Optional.empty();
    }
    ChoiceFile.useNamed();
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
              maxCluster,
              index));
      return Optional.of(read(index.get(Leash.C_INT, 0)));
    }
  }

  /**
   * Puts entries before those compiled in, in place of those put there earlier or read from a file.
   * Applies to later calls. Needs the library.
   *
   * @param entries none: only those compiled in remain
   * @throws IllegalArgumentException an entry is invalid; the message names it and its value, and
   *     the table stays as it was
   */
  public static void use(List<Choice> entries) {
    ChoiceFile.useNamed();
    set(entries);
  }

  static void set(List<Choice> entries) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment array = leash_choice.allocateArray(entries.size(), arena);
      for (int i = 0; i < entries.size(); i++) {
        entries.get(i).write(leash_choice.asSlice(array, i), arena);
      }
      Status.check(Leash.leash_choices_set(array, entries.size()));
    }
  }

  private void write(MemorySegment entry, Arena arena) {
    leash_choice.operation(entry, operation.map(Ids::of).orElse(ANY));
    leash_choice.dtypes(entry, Ids.bits(dtypes));
    leash_choice.min_vocab(entry, minVocab);
    leash_choice.max_vocab(entry, maxVocab);
    leash_choice.max_rows(entry, maxRows);
    leash_choice.min_compute_capability(entry, minComputeCapability);
    leash_choice.max_compute_capability(entry, maxComputeCapability);
    // Another provider's name is left whole, so that the library rejects it.
    boolean ours = variant.startsWith(PREFIX);
    leash_choice.variant(
        entry, arena.allocateFrom(ours ? variant.substring(PREFIX.length()) : variant));
    leash_choice.cluster(entry, cluster);
    leash_choice.evidence(entry, arena.allocateFrom(evidence));
  }

  private static Choice read(int index) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = leash_choice.allocate(arena);
      Status.check(Leash.leash_choice_get(index, entry));
      int operation = leash_choice.operation(entry);
      return new Choice(
          operation == ANY
              ? Optional.empty()
              : Optional.of(Operation.named(NativeList.OPERATIONS.names().get(operation))),
          Ids.dtypes(leash_choice.dtypes(entry)),
          leash_choice.min_vocab(entry),
          leash_choice.max_vocab(entry),
          leash_choice.max_rows(entry),
          leash_choice.min_compute_capability(entry),
          leash_choice.max_compute_capability(entry),
          PREFIX + leash_choice.variant(entry).getString(0),
          leash_choice.cluster(entry),
          leash_choice.evidence(entry).getString(0));
    }
  }

  /** Whether a measurement supports the choice. */
  public boolean isMeasured() {
    return !evidence.startsWith(UNMEASURED);
  }

  /** The variant, and the size of its clusters if the entry sets it: "native-resident_c4". */
  public String label() {
    return cluster == 0 ? variant : variant + "_c" + cluster;
  }

  /** The evidence, after "in clusters of 4: " if the entry sets their size. */
  @Override
  public String toString() {
    return (cluster == 0 ? "" : "in clusters of " + cluster + ": ") + evidence;
  }
}
