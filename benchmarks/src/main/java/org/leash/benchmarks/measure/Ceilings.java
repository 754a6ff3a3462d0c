package org.leash.benchmarks.measure;

import java.util.SplittableRandom;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.input.Workload;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.LogitDistribution;
import org.leash.device.DType;
import org.leash.device.Device;
import org.leash.device.Matrix;
import org.leash.kernel.panama.DeviceCeiling;

/**
 * Measures the ceilings of a device in the process that is timed, on random data in memory of the
 * same kind. Needs the native library.
 */
final class Ceilings {
  /** Size of a CPU's data in last-level caches, which then hold little of it. */
  private static final int CPU_CACHES = 4;

  private static final int CPU_REPETITIONS = 12;
  private static final int GPU_REPETITIONS = 40;

  /** Largest data of a GPU: the logits of a training step, many times any cache. */
  private static final long GPU_BYTES = 1L << 31;

  /** Share of a GPU's memory that the data may take. */
  private static final int GPU_SHARE = 64;

  private static final int ROW = 1 << 14;

  /** Distinct rows of random numbers, 32 MiB; further rows repeat them. */
  private static final int DRAWN_ROWS = 512;

  private final Device device;
  private final Row common;
  private final int repetitions;
  private final Sink sink;

  private Ceilings(Device device, String params, int fork, int repetitions, Sink sink) {
    this.device = device;
    this.common = Row.of(RunTable.CEILINGS).set("fork", fork).set("params", params);
    this.repetitions = repetitions;
    this.sink = sink;
  }

  /** Measures memory and exponentials of the CPU with a number of threads. */
  static void ofCpu(int threads, String params, int fork, Sink sink) {
    try (Device device = Device.cpu(threads)) {
      Ceilings ceilings = new Ceilings(device, params, fork, CPU_REPETITIONS, sink);
      ceilings.common.set("threads", threads);
      long rows = Workload.bytesBeyondCaches(device, CPU_CACHES) / Float.BYTES / ROW;
      try (Matrix data = ceilings.data(rows)) {
        ceilings.measureMemory(data);
        ceilings.append(DeviceCeiling.EXP, data, "Gexp/s");
      }
    }
  }

  /**
   * Measures memory of a GPU, and the shortest time between two events.
   *
   * @param params column of the cases that the ceilings bound
   */
  static void ofGpu(Device gpu, String params, int fork, Sink sink) {
    ofGpu(gpu, params, fork, sink, GPU_BYTES);
  }

  static void ofGpu(Device gpu, String params, int fork, Sink sink, long mostBytes) {
    Ceilings ceilings = new Ceilings(gpu, params, fork, GPU_REPETITIONS, sink);
    long bytes = Math.min(mostBytes, gpu.properties().memoryBytes() / GPU_SHARE);
    try (Matrix data = ceilings.data(Math.max(1, bytes / Float.BYTES / ROW))) {
      ceilings.measureMemory(data);
      DeviceCeiling.Nanos floor = DeviceCeiling.LAUNCH.measure(gpu, data, GPU_REPETITIONS);
      sink.append(
          ceilings.row("event_floor", 0, floor).set("rate", floor.median()).set("unit", "ns"));
    }
  }

  private Matrix data(long rows) {
    Matrix data = device.matrix(rows, ROW, DType.F32);
    long drawn = Math.min(DRAWN_ROWS, rows);
    float[] values = new float[ROW];
    for (int row = 0; row < drawn; row++) {
      LogitDistribution.NORMAL.fill(values, new SplittableRandom(KernelCase.SEED + row));
      data.fillRow(row, values);
    }
    for (long first = drawn; first < rows; first += drawn) {
      long count = Math.min(drawn, rows - first);
      device.copy(data.slice(0, count, ROW, ROW), data.slice(first * ROW, count, ROW, ROW));
    }
    return data;
  }

  private void measureMemory(Matrix data) {
    append(DeviceCeiling.READ, data, "GB/s");
    append(DeviceCeiling.COPY, data, "GB/s");
    append(DeviceCeiling.UPDATE, data, "GB/s");
  }

  /** Appends a rate, in 10⁹ units of work per second. */
  private void append(DeviceCeiling ceiling, Matrix data, String unit) {
    DeviceCeiling.Nanos nanos = ceiling.measure(device, data, repetitions);
    long bytes = data.byteSize();
    sink.append(
        row(ceiling.id(), bytes, nanos)
            .set("rate", ceiling.work(bytes) / nanos.best())
            .set("unit", unit));
  }

  private Row row(String kind, long bytes, DeviceCeiling.Nanos nanos) {
    return common
        .copy()
        .set("kind", kind)
        .set("bytes", bytes)
        .set("repetitions", repetitions)
        .set("best_ns", nanos.best())
        .set("median_ns", nanos.median());
  }
}
