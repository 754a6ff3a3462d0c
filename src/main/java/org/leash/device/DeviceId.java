package org.leash.device;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The identity of a device, by name: "cpu", "cuda" (the first GPU) or "cuda:1".
 *
 * @param kind the kind of device
 * @param ordinal the number among devices of its kind, from 0
 */
public record DeviceId(DeviceKind kind, int ordinal) {
  private static final Pattern NAME = Pattern.compile("(cpu|cuda)(?::(\\d{1,3}))?");

  /** The CPU. */
  public static final DeviceId CPU = new DeviceId(DeviceKind.CPU, 0);

  /**
   * Parses a name, ignoring case.
   *
   * @throws IllegalArgumentException the name is invalid
   */
  public static DeviceId parse(String name) {
    Matcher matcher = NAME.matcher(name.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is not a device; use cpu, or cuda:0 for the first GPU");
    }
    int ordinal = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
    return new DeviceId(DeviceKind.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)), ordinal);
  }

  /** Opens the device. See {@link Device#open(DeviceKind, int)}. */
  public Device open() {
    return Device.open(kind, ordinal);
  }

  /** The name: "cpu" or "cuda:0". */
  @Override
  public String toString() {
    return kind == DeviceKind.CPU && ordinal == 0
        ? "cpu"
        : kind.name().toLowerCase(Locale.ROOT) + ":" + ordinal;
  }
}
