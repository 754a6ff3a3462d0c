package org.leash.benchmarks.imports;

import java.nio.file.Path;
import java.util.Locale;
import java.util.function.BiConsumer;

/** Result files of other tools. */
public enum Format {
  /** {@code java -jar benchmarks.jar -rf json}: iterations become rounds of the forks. */
  JMH_JSON("jmh", JmhJson::read),
  /** Liger-Kernel's all_benchmark_data.csv: medians of its speed rows. */
  LIGER_CSV("", LigerCsv::read),
  /** nvbench's {@code --json}: cold GPU means, and batch means beside them. */
  NVBENCH_JSON("nvbench", NvbenchJson::read),
  /**
   * Measurements of torch.utils.benchmark, a line per raw time, with the columns label, sub_label,
   * description, num_threads, number_per_run and time_s.
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
   * @param impl name of the implementation; "" for the tool's or the file's
   * @param contract outputs computed; "" for the file's, or unknown
   * @throws org.leash.files.BadFileException the file is not of this format
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
