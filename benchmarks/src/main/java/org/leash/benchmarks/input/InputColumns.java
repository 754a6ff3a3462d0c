package org.leash.benchmarks.input;

import java.util.List;
import org.leash.device.Buffer;
import org.leash.device.Device;
import org.leash.device.FloatColumn;
import org.leash.device.IntColumn;
import org.leash.device.StatisticsColumn;

/** The per-row inputs of all contracts, in memory of one device. */
public record InputColumns(
    IntColumn targets,
    FloatColumn advantage,
    FloatColumn oldLogprob,
    FloatColumn weight,
    StatisticsColumn statistics,
    FloatColumn gradLogprob,
    FloatColumn gradEntropy)
    implements AutoCloseable {

  /** Columns of zeros. */
  static InputColumns allocate(Device device, int rows) {
    return new InputColumns(
        device.ints(rows),
        device.floats(rows),
        device.floats(rows),
        device.floats(rows),
        device.statistics(rows),
        device.floats(rows),
        device.floats(rows));
  }

  /** Copies in memory of a device, in which the rows repeat until there are enough. */
  InputColumns repeated(Device device, int rows) {
    InputColumns copy = allocate(device, rows);
    int[] ids = new int[rows];
    for (int row = 0; row < rows; row++) {
      ids[row] = targets.get(row % targets.rows());
    }
    copy.targets.copyFrom(ids);
    repeat(advantage, copy.advantage);
    repeat(oldLogprob, copy.oldLogprob);
    repeat(weight, copy.weight);
    copy.statistics.copyFrom(repeated(statistics.toArray(), 3 * rows));
    repeat(gradLogprob, copy.gradLogprob);
    repeat(gradEntropy, copy.gradEntropy);
    return copy;
  }

  private static void repeat(FloatColumn from, FloatColumn to) {
    to.copyFrom(repeated(from.toArray(), (int) to.rows()));
  }

  private static float[] repeated(float[] values, int count) {
    float[] all = new float[count];
    for (int i = 0; i < count; i++) {
      all[i] = values[i % values.length];
    }
    return all;
  }

  @Override
  public void close() {
    List.<Buffer>of(targets, advantage, oldLogprob, weight, statistics, gradLogprob, gradEntropy)
        .forEach(Buffer::close);
  }
}
