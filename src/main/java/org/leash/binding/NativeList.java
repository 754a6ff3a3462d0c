package org.leash.binding;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.leash.binding.generated.Leash;

/** A list of {@code native/spec}, mapping names to the native library's ids. */
public enum NativeList {
  /** Operations, such as "token_statistics". */
  OPERATIONS(Leash.LEASH_LIST_OPERATIONS()),
  /** Element types, such as "bf16". */
  DTYPES(Leash.LEASH_LIST_DTYPES()),
  /** Surrogates of the policy loss, such as "ppo_clip". */
  LOSSES(Leash.LEASH_LIST_LOSSES()),
  /** Estimators of the KL divergence, such as "k3". */
  KL_ESTIMATORS(Leash.LEASH_LIST_KL_ESTIMATORS()),
  /** Treatments of rollout weights, such as "truncate". */
  ROLLOUTS(Leash.LEASH_LIST_ROLLOUTS());

  private final int list;

  NativeList(int list) {
    this.list = list;
  }

  /** The names of the entries, by id. Needs the native library. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    MemorySegment name = Leash.leash_name(list, 0);
    while (!name.equals(MemorySegment.NULL)) {
      names.add(name.getString(0));
      name = Leash.leash_name(list, names.size());
    }
    return names;
  }

  /**
   * The id of an entry. Needs the native library.
   *
   * @throws IllegalArgumentException the library has no such entry
   */
  public int id(String name) {
    int id = names().indexOf(name);
    if (id < 0) {
      throw new IllegalArgumentException(
          "the native library has no \"%s\"; its %s are %s".formatted(name, this, names()));
    }
    return id;
  }
}
