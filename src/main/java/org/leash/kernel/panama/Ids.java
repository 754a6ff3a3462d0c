package org.leash.kernel.panama;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.leash.binding.NativeList;
import org.leash.device.DType;
import org.leash.loss.Kl;
import org.leash.loss.Rollout;
import org.leash.loss.Surrogate;
import org.leash.operation.Operation;

/** The native library's ids of what Java knows by name, looked up once. Needs the library. */
final class Ids {
  private static final Map<DType, Integer> DTYPES = of(NativeList.DTYPES, DType.class);
  private static final Map<Surrogate, Integer> LOSSES = of(NativeList.LOSSES, Surrogate.class);
  private static final Map<Kl, Integer> KL_ESTIMATORS = of(NativeList.KL_ESTIMATORS, Kl.class);
  private static final Map<Rollout, Integer> ROLLOUTS = of(NativeList.ROLLOUTS, Rollout.class);

  private Ids() {}

  private static <E extends Enum<E>> Map<E, Integer> of(NativeList list, Class<E> type) {
    Map<E, Integer> ids = new EnumMap<>(type);
    for (E constant : type.getEnumConstants()) {
      ids.put(constant, list.id(constant.name().toLowerCase(Locale.ROOT)));
    }
    return ids;
  }

  static int of(Operation<?> operation) {
    return NativeList.OPERATIONS.id(operation.id());
  }

  static int of(DType dtype) {
    return DTYPES.get(dtype);
  }

  /** The dtypes of the bits {@code 1 << id}. */
  static Set<DType> dtypes(int bits) {
    return Arrays.stream(DType.values())
        .filter(dtype -> ((bits >>> of(dtype)) & 1) == 1)
        .collect(Collectors.toUnmodifiableSet());
  }

  static int bits(Set<DType> dtypes) {
    return dtypes.stream().mapToInt(dtype -> 1 << of(dtype)).sum();
  }

  static int of(Surrogate surrogate) {
    return LOSSES.get(surrogate);
  }

  static int of(Kl kl) {
    return KL_ESTIMATORS.get(kl);
  }

  static int of(Rollout rollout) {
    return ROLLOUTS.get(rollout);
  }
}
