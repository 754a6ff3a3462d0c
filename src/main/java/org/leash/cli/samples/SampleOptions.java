package org.leash.cli.samples;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.leash.analysis.ProblemSamples;
import org.leash.files.BadFileException;
import org.leash.samples.SampleFile;
import org.leash.samples.SampleFile.Content;
import org.leash.samples.SampleFile.OnBadRecord;
import org.leash.samples.SampleFormat;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options for reading files of samples. */
final class SampleOptions {
  /** Smaller files are read too fast for a progress bar. */
  private static final long BYTES_WORTH_A_BAR = 64 << 20;

  private static final int MOST_NAMED = 20;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--problem",
      paramLabel = "FIELD",
      defaultValue = "problem",
      description = "field with the name of the problem (default: ${DEFAULT-VALUE})")
  private String problem;

  @Option(
      names = "--correct",
      paramLabel = "FIELD",
      defaultValue = "correct",
      description =
          "field with the correctness of the answer, true or false, 1 or 0 (default:"
              + " ${DEFAULT-VALUE})")
  private String correct;

  @Option(
      names = "--answer",
      paramLabel = "FIELD",
      description = "field of the answer, for metrics that need it")
  private String answer;

  @Option(
      names = "--chain",
      paramLabel = "FIELD",
      description = "field with the correctness of the chain of thought, for CoT-pass@k")
  private String chain;

  @Option(
      names = "--sample",
      paramLabel = "FIELD",
      description = "field that identifies the samples of a problem; duplicates become errors")
  private String sample;

  @Option(
      names = "--where",
      paramLabel = "FIELD=VALUE",
      description = "use only records with this value in this field; repeatable")
  private Map<String, String> where = Map.of();

  @Option(
      names = "--on-error",
      paramLabel = "fail|skip",
      defaultValue = "fail",
      description =
          "whether an invalid record, or a problem of only one model, ends the command or is"
              + " skipped and counted (default: ${DEFAULT-VALUE})")
  private OnBadRecord onError;

  boolean hasAnswers() {
    return answer != null;
  }

  boolean hasChains() {
    return chain != null;
  }

  /** Reads a file, with a progress bar if it is large, and reports skipped records. */
  Content read(Path file, Map<String, String> furtherWhere) {
    Map<String, String> all = new TreeMap<>(where);
    all.putAll(furtherWhere);
    SampleFormat format = new SampleFormat(problem, correct, answer, chain, sample, all);
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new UncheckedIOException(new IOException("cannot read file " + file));
    }
    Content content = readWithProgress(file, format);
    PrintWriter err = command.commandLine().getErr();
    content.complaints().forEach(complaint -> err.println("leash: " + complaint));
    if (content.skipped() > 0) {
      err.printf(
          Locale.ROOT,
          "leash: %s: skipped %d records, used %d%n",
          file,
          content.skipped(),
          content.records());
    }
    if (content.problems().isEmpty()) {
      throw new IllegalArgumentException(
          file + " has no samples" + (all.isEmpty() ? "" : " where " + all));
    }
    return content;
  }

  /**
   * The problems of a file for which another model also has samples. Other problems are an error,
   * or are skipped and counted.
   */
  List<ProblemSamples> shared(Path file, Content content, String otherModel, Content other) {
    List<ProblemSamples> shared = new ArrayList<>(content.problems());
    shared.removeIf(problem -> !other.lines().containsKey(problem.problem()));
    List<String> alone =
        content.problems().stream()
            .map(ProblemSamples::problem)
            .filter(problem -> !other.lines().containsKey(problem))
            .toList();
    if (alone.isEmpty()) {
      return shared;
    }
    List<String> complaints =
        alone.stream()
            .limit(MOST_NAMED)
            .map(
                problem ->
                    String.format(
                        Locale.ROOT,
                        "%s, line %d: problem %s has no samples of the %s model",
                        file,
                        content.lines().get(problem),
                        problem,
                        otherModel))
            .toList();
    if (onError == OnBadRecord.FAIL) {
      throw new BadFileException(
          String.format(
              Locale.ROOT,
              "%s (one of %d such problems); --on-error skip ignores them",
              complaints.getFirst(),
              alone.size()));
    }
    PrintWriter err = command.commandLine().getErr();
    complaints.forEach(complaint -> err.println("leash: " + complaint));
    err.printf(
        Locale.ROOT,
        "leash: %s: skipped %d problems, used %d%n",
        file,
        alone.size(),
        shared.size());
    return shared;
  }

  private Content readWithProgress(Path file, SampleFormat format) {
    long bytes;
    try {
      bytes = Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (bytes < BYTES_WORTH_A_BAR) {
      return SampleFile.read(file, format, onError, read -> {});
    }
    try (ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName(file.getFileName().toString())
            .setInitialMax(bytes)
            .setUnit(" MB", 1_000_000)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(500)
            .build()) {
      LongConsumer progress = bar::stepTo;
      return SampleFile.read(file, format, onError, progress);
    }
  }
}
