package org.leash.benchmarks.run;

import java.util.List;
import org.leash.benchmarks.input.Inputs;
import org.leash.device.Buffer;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.StatisticsColumn;

/** The per-row inputs of all tasks, somewhere. */
record InputColumns(
    IntColumn targets,
    FloatColumn advantage,
    FloatColumn oldLogprob,
    FloatColumn weight,
    StatisticsColumn statistics,
    FloatColumn gradLogprob,
    FloatColumn gradEntropy) {

  /** Where they were drawn. */
  static InputColumns of(Inputs inputs) {
    return new InputColumns(
        inputs.targets(),
        inputs.advantage(),
        inputs.oldLogprob(),
        inputs.weight(),
        inputs.statistics(),
        inputs.gradLogprob(),
        inputs.gradEntropy());
  }

  /**
   * Copies in memory of a device, owned by it, with the drawn rows over and over.
   *
   * @param rows that the copies have
   */
  static InputColumns on(Device device, Inputs drawn, int rows) {
    IntColumn targets = device.ints(rows);
    int[] ids = new int[rows];
    for (int row = 0; row < rows; row++) {
      ids[row] = drawn.targets().get(row % drawn.rows());
    }
    targets.copyFrom(ids);
    StatisticsColumn statistics = device.statistics(rows);
    statistics.copyFrom(repeated(drawn.statistics().toArray(), 3 * rows));
    return new InputColumns(
        targets,
        repeated(device, drawn.advantage(), rows),
        repeated(device, drawn.oldLogprob(), rows),
        repeated(device, drawn.weight(), rows),
        statistics,
        repeated(device, drawn.gradLogprob(), rows),
        repeated(device, drawn.gradEntropy(), rows));
  }

  private static FloatColumn repeated(Device device, FloatColumn drawn, int rows) {
    FloatColumn column = device.floats(rows);
    column.copyFrom(repeated(drawn.toArray(), rows));
    return column;
  }

  private static float[] repeated(float[] values, int count) {
    float[] all = new float[count];
    for (int i = 0; i < count; i++) {
      all[i] = values[i % values.length];
    }
    return all;
  }

  void close() {
    List.<Buffer>of(targets, advantage, oldLogprob, weight, statistics, gradLogprob, gradEntropy)
        .forEach(Buffer::close);
  }
}
