package org.leash.benchmarks.imports;

import java.nio.file.Path;
import java.util.Locale;
import java.util.function.BiConsumer;

/** What can be imported. */
public enum Format {
  /** {@code java -jar benchmarks.jar -rf json}: JMH's iterations as rounds of its forks. */
  JMH_JSON("jmh", JmhJson::read),
  /** Liger-Kernel's all_benchmark_data.csv: the medians of its speed rows. */
  LIGER_CSV("", LigerCsv::read),
  /** nvbench's {@code --json}: cold GPU means, and batch means beside them. */
  NVBENCH_JSON("nvbench", NvbenchJson::read),
  /**
   * Measurements of torch.utils.benchmark, a line for each raw time, with the columns label,
   * sub_label, description, num_threads, number_per_run and time_s.
   */
  TORCH_CSV("torch", TorchCsv::read);

  private final String impl;
  private final BiConsumer<Path, Imported> reader;

  Format(String impl, BiConsumer<Path, Imported> reader) {
    this.impl = impl;
    this.reader = reader;
  }

  /**
   * Reads a file.
   *
   * @param impl what the implementation is called; "" for the tool's name, or what the file says
   * @param contract what was computed; "" if the file says it, or nobody knows
   * @throws org.leash.benchmarks.csv.BadDataException the file is not of this format
   */
  public Imported read(Path file, String impl, String contract) {
    Imported imported = new Imported(impl.isEmpty() ? this.impl : impl, contract);
    imported.fact("run.imported_format", toString());
    imported.fact("run.imported_file", file.getFileName().toString());
    reader.accept(file, imported);
    return imported;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
