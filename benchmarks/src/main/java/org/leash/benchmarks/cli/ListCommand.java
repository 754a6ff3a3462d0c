package org.leash.benchmarks.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.leash.UnavailableException;
import org.leash.benchmarks.plan.KernelCase;
import org.leash.benchmarks.plan.Suite;
import org.leash.benchmarks.predict.GpuModel;
import org.leash.benchmarks.predict.Prediction;
import org.leash.binding.LeashLibrary;
import org.leash.device.Device;
import org.leash.device.DeviceId;
import org.leash.device.DeviceProperties;
import org.leash.files.TextTable;
import org.leash.kernel.Catalogue;
import org.leash.kernel.Variant;
import org.leash.kernel.panama.Choice;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists cases and variants of suites, and with {@code --predict} the times of CUDA variants. */
@Command(
    name = "list",
    description = {
      "Lists suites, their cases and variants, with the reason if one cannot run here. Column"
          + " 'auto': the measurement for which native-auto chooses the variant, on this GPU or"
          + " else on an H100.",
      "With --predict: for each case and CUDA variant the bytes read and written, and the time on"
          + " --gpu, by memory without cache hits, instructions and launches; nothing is measured."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:listed",
      "64:an option or its value is invalid",
      "69:the native library is unavailable"
    })
final class ListCommand implements Runnable {
  private enum Format {
    TEXT,
    CSV
  }

  private static final List<String> COLUMNS =
      List.of(
          "suite",
          "op",
          "dtype",
          "rows",
          "vocab",
          "distribution",
          "variant",
          "auto",
          "available",
          "reason");

  /** Properties of a GPU that the choice of a variant depends on. */
  private record Gpu(int computeCapability, long sharedBytesPerBlock, int maxCluster) {
    static final Gpu H100 = new Gpu(90, 227L << 10, 16);

    static Gpu of(DeviceProperties found) {
      return new Gpu(found.computeCapability(), found.sharedBytesPerBlock(), found.maxCluster());
    }
  }

  @Spec private CommandSpec spec;

  @Option(names = "--suite", description = "one of ${COMPLETION-CANDIDATES} (default: all)")
  private Suite suite;

  @Option(
      names = "--filter",
      paramLabel = "REGEX",
      description = "only cases and variants with a match in 'case / variant', as in run")
  private Pattern filter = Pattern.compile("");

  @Option(names = "--predict", description = "bytes and times of the CUDA variants")
  private boolean predict;

  @Option(
      names = "--gpu",
      paramLabel = "GPU",
      defaultValue = "h100",
      description = "of predictions: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private GpuModel model;

  @Option(
      names = "--gbps",
      paramLabel = "RATE",
      description =
          "memory rate in GB/s, reads and writes together (default: about 90 %% of the data"
              + " sheet's)")
  private Double gbps;

  @Option(
      names = "--format",
      paramLabel = "text|csv",
      defaultValue = "text",
      description = "default: ${DEFAULT-VALUE}")
  private Format format;

  @Override
  public void run() {
    if (gbps != null && (!(gbps > 0) || Double.isInfinite(gbps))) {
      throw new IllegalArgumentException("--gbps is " + gbps + "; it must be positive");
    }
    if (predict && !LeashLibrary.isLoaded()) {
      throw new UnavailableException(LeashLibrary.unavailable());
    }
    List<List<String>> lines = new ArrayList<>();
    lines.add(predict ? Prediction.COLUMNS : COLUMNS);
    for (Suite each : suite == null ? List.of(Suite.values()) : List.of(suite)) {
      if (predict && each == Suite.GPU) {
        lines.addAll(predictions(each));
      } else if (!predict) {
        lines.addAll(contenders(each));
      }
    }
    if (lines.size() == 1) {
      throw new IllegalArgumentException(
          predict && suite != null && suite != Suite.GPU
              ? "--predict is for CUDA variants; --suite gpu has them"
              : "no case matches --filter '" + filter + "'");
    }
    print(lines, spec.commandLine().getOut());
  }

  private List<List<String>> predictions(Suite each) {
    return each.cases().stream()
        .flatMap(
            kernelCase ->
                Prediction.of(kernelCase, model, gbps == null ? model.gbps() : gbps).stream())
        .filter(p -> matches(p.kernelCase(), p.variant().name()))
        .map(Prediction::fields)
        .toList();
  }

  private List<List<String>> contenders(Suite each) {
    List<List<String>> lines = new ArrayList<>();
    try (Device device = new DeviceId(each.device(), 0).open()) {
      Gpu gpu = Gpu.of(device.properties());
      List<Variant> variants = Catalogue.of(device).variants();
      for (KernelCase kernelCase : each.cases()) {
        for (Contender contender : contenders(each, kernelCase, variants)) {
          add(lines, each, kernelCase, contender, gpu, contender.obstacle(kernelCase));
        }
      }
    } catch (UnavailableException e) {
      for (KernelCase kernelCase : each.cases()) {
        for (Contender contender : contenders(each, kernelCase, kernelCase.cudaVariants())) {
          add(lines, each, kernelCase, contender, Gpu.H100, e.getMessage());
        }
      }
    }
    return lines;
  }

  /** A variant, or what native-auto could choose in the suite tune. */
  private record Contender(String label, Variant variant, boolean isVariant) {
    String obstacle(KernelCase kernelCase) {
      return kernelCase.obstacle(variant).orElse("");
    }

    boolean isOf(Choice choice) {
      return label.equals(isVariant ? choice.variant() : choice.label());
    }
  }

  private static List<Contender> contenders(
      Suite each, KernelCase kernelCase, List<Variant> variants) {
    List<Variant> eligible =
        variants.stream()
            .filter(variant -> variant.operation() == kernelCase.contract().operation())
            .toList();
    List<Choice> candidates = each.candidates(kernelCase);
    if (candidates.isEmpty()) {
      return eligible.stream()
          .map(variant -> new Contender(variant.name(), variant, true))
          .toList();
    }
    return candidates.stream()
        .flatMap(
            candidate ->
                eligible.stream()
                    .filter(variant -> variant.name().equals(candidate.variant()))
                    .map(variant -> new Contender(candidate.label(), variant, false)))
        .toList();
  }

  /** The evidence if native-auto chooses a contender for a case; "" if it chooses another. */
  private static String auto(KernelCase kernelCase, Contender contender, Gpu gpu) {
    return kernelCase
        .choice(gpu.computeCapability(), gpu.sharedBytesPerBlock(), gpu.maxCluster())
        .filter(contender::isOf)
        .map(Choice::toString)
        .orElse("");
  }

  private void add(
      List<List<String>> lines,
      Suite each,
      KernelCase kernelCase,
      Contender contender,
      Gpu gpu,
      String obstacle) {
    if (matches(kernelCase, contender.label())) {
      lines.add(
          List.of(
              each.toString(),
              kernelCase.contract().operationId(),
              kernelCase.dtype().toString().toLowerCase(Locale.ROOT),
              Integer.toString(kernelCase.rows()),
              Integer.toString(kernelCase.vocab()),
              kernelCase.distribution().id(),
              contender.label(),
              kernelCase.isOnGpu() ? auto(kernelCase, contender, gpu) : "",
              Boolean.toString(obstacle.isEmpty()),
              obstacle));
    }
  }

  private boolean matches(KernelCase kernelCase, String variant) {
    return filter.matcher(kernelCase + " / " + variant).find();
  }

  private void print(List<List<String>> lines, PrintWriter out) {
    switch (format) {
      case CSV -> lines.forEach(line -> out.println(CSVFormat.RFC4180.format(line.toArray())));
      case TEXT -> printAligned(lines, out);
    }
    out.flush();
  }

  private static void printAligned(List<List<String>> lines, PrintWriter out) {
    TextTable table = new TextTable();
    lines.forEach(line -> table.line(line.stream().map(TextTable.Cell::left).toList()));
    out.print(table.render());
  }
}
