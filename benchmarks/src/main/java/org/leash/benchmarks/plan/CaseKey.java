package org.leash.benchmarks.plan;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.leash.benchmarks.csv.Key;
import org.leash.device.DeviceId;

/**
 * Keys of contenders, equal for comparable ones in any process, and the commands they follow from.
 */
public final class CaseKey {
  /** Column {@code params} of cases and ceilings on a GPU. */
  public static final String GPU_PARAMS = "streams=1";

  private CaseKey() {}

  /**
   * Key of a contender in a case.
   *
   * @param inPlace whether the output matrix overwrites the logits
   */
  public static Key of(
      Suite suite,
      ProcessSetting setting,
      KernelCase kernelCase,
      Identity identity,
      boolean inPlace) {
    boolean gpu = kernelCase.isOnGpu();
    String dtype = kernelCase.dtype().name().toLowerCase(Locale.ROOT);
    return new Key(
        List.of(
            suite.toString(),
            kernelCase.contract().operationId(),
            identity.variant(),
            identity.impl(),
            identity.role().id(),
            kernelCase.contract().outputs(),
            dtype,
            "f32",
            kernelCase.contract().writesMatrix() ? dtype : "f32",
            Integer.toString(kernelCase.rows()),
            Integer.toString(kernelCase.vocab()),
            Boolean.toString(inPlace),
            gpu ? GPU_PARAMS : setting.params(kernelCase.threads()),
            kernelCase.distribution().id(),
            Long.toString(KernelCase.SEED),
            "cold_rotate",
            gpu ? "event" : "wall_sync",
            (gpu ? KernelCase.GPU : DeviceId.CPU).toString()));
  }

  /** Key of a contender in a dispatch case. */
  public static Key of(
      Suite suite, ProcessSetting setting, DispatchCase dispatchCase, Identity identity) {
    KernelCase input = DispatchCase.TINY_INPUT;
    return new Key(
        List.of(
            suite.toString(),
            "dispatch",
            identity.variant(),
            identity.impl(),
            identity.role().id(),
            dispatchCase.contract(),
            "f32",
            "f32",
            "f32",
            Integer.toString(dispatchCase.rows()),
            Integer.toString(dispatchCase.rows() * input.vocab()),
            "false",
            setting.params(input.threads()),
            input.distribution().id(),
            Long.toString(KernelCase.SEED),
            "warm",
            "wall_sync",
            "cpu"));
  }

  /** Key of a case to be measured by another program, whose contenders add their identity. */
  public static Key forPeers(Suite suite, KernelCase kernelCase) {
    Identity none = new Identity("", "", Identity.Role.PEER);
    return of(suite, ProcessSetting.PLAIN, kernelCase, none, false);
  }

  /**
   * The command that measures one contender again: its filter matches the case's text and the
   * variant. Empty for imported rows.
   */
  public static String command(Key key) {
    if (Stream.of(Suite.values()).noneMatch(suite -> suite.toString().equals(key.get("suite")))) {
      return "";
    }
    String text =
        key.get("op").equals("dispatch")
            ? "dispatch"
            : "%s %s %sx%s %s, %s"
                .formatted(
                    key.get("op"),
                    key.get("dtype_in"),
                    key.get("rows"),
                    key.get("cols"),
                    key.get("input_dist"),
                    key.get("device").equals("cpu")
                        ? key.get("params").replaceAll(".*threads=(\\d+).*", "$1 thread")
                        : "gpu");
    return "leash-bench run --suite %s --filter '%s.* / %s$'"
        .formatted(key.get("suite"), text, key.get("variant"));
  }
}
