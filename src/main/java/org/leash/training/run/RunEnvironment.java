package org.leash.training.run;

import java.util.List;
import org.leash.device.Device;
import org.leash.device.DeviceProperties;
import org.leash.environment.Fact;
import org.leash.environment.Facts;

/** The software, machine and device of a run, for env.csv. */
final class RunEnvironment {
  private RunEnvironment() {}

  /**
   * The facts.
   *
   * @param variant of the kernels
   */
  static List<Fact> of(Device device, String variant) {
    Facts facts = new Facts();
    String version = Trainer.class.getPackage().getImplementationVersion();
    if (version != null) {
      facts.put("leash.version", version);
    }
    DeviceProperties properties = device.properties();
    return facts
        .source()
        .java()
        .operatingSystem()
        .put("device", device)
        .put("device.name", properties.name())
        .put("device.instruction_sets", properties.instructionSets())
        .put("device.threads", properties.threads())
        .put("device.memory", properties.memoryBytes(), "bytes")
        .put("kernel/variant", variant)
        .list();
  }
}
