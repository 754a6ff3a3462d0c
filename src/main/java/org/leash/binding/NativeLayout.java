package org.leash.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.leash.binding.generated.Leash;
import org.leash.binding.generated.leash_layout_entry;

/**
 * The layout of a struct of {@code leash.h} as compiled into the native library. Used to write the
 * structs of operations, so that a new operation needs no new binding.
 *
 * @param name name of the struct, such as "leash_entropy_args"
 * @param bytes size of the struct
 * @param pointers number of pointers, including nested structs
 * @param offsets offsets of the fields in bytes, by name
 */
public record NativeLayout(String name, long bytes, int pointers, Map<String, Long> offsets) {

  /**
   * Looks up a struct. Needs the native library.
   *
   * @throws IllegalArgumentException the library has no such struct
   */
  public static NativeLayout of(String name) {
    Map<String, Long> offsets = new HashMap<>();
    long bytes = 0;
    int pointers = 0;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = leash_layout_entry.allocate(arena);
      for (int i = 0; i < Leash.leash_layout_count(); i++) {
        Status.check(Leash.leash_layout_get(i, entry));
        if (!leash_layout_entry.structure(entry).getString(0).equals(name)) {
          continue;
        }
        String field = leash_layout_entry.field(entry).getString(0);
        if (field.isEmpty()) {
          bytes = leash_layout_entry.bytes(entry);
        } else {
          offsets.put(field, leash_layout_entry.offset(entry));
          pointers += Math.toIntExact(leash_layout_entry.pointers(entry));
        }
      }
    }
    if (bytes == 0) {
      throw new IllegalArgumentException("the native library has no struct " + name);
    }
    return new NativeLayout(name, bytes, pointers, Map.copyOf(offsets));
  }

  /**
   * Offset of a field in bytes.
   *
   * @throws IllegalArgumentException the struct has no such field
   */
  public long offset(String field) {
    Long offset = offsets.get(field);
    if (offset == null) {
      throw new IllegalArgumentException(
          "%s has no field \"%s\"; its fields are %s".formatted(name, field, offsets.keySet()));
    }
    return offset;
  }
}
